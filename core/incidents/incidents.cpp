#include "core/incidents/incidents.hpp"

#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/query/twins.hpp"
#include "core/rhythm/expectation.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

namespace jobtally::incidents {

namespace {

using query::Run;
using table::Audience;
using table::Cell;

void add_runs(std::vector<Moment>& moments, std::size_t definition, std::span<const Run> runs,
              const std::vector<store::Sequence>& slow) {
    const std::unordered_set<store::Sequence> is_slow(slow.begin(), slow.end());
    for (const Run& run : runs) {
        const Kind kind = !run.succeeded()                 ? Kind::failed
                          : is_slow.contains(run.sequence) ? Kind::slow
                                                           : Kind::good;
        moments.push_back({static_cast<std::uint32_t>(definition), kind, run.created_at,
                           run.ended_at(),
                           kind == Kind::failed ? std::max<std::int64_t>(run.failed, 0) : 1});
    }
}

// Whether nobody waits for a run any more where the last one failed, and none is of the window.
bool is_given_up(std::span<const Run> runs, bool is_off, const rhythm::MissedOptions& options) {
    const bool is_own =
        std::any_of(runs.begin(), runs.end(), [](const Run& run) { return run.in_window; });
    if (is_own || runs.back().succeeded()) return false;
    if (is_off) return true;
    const std::int64_t last = runs.back().created_at;
    const time::Duration interval{(last - runs.front().created_at) / std::ssize(runs)};
    return rhythm::ended_at(time::instant_from_micros(last), interval, options).has_value();
}

rhythm::MissedOptions as_of_the_end(const query::Scope& scope, rhythm::MissedOptions options) {
    options.now = std::min(options.now, scope.selection().span.until.value_or(options.now));
    return options;
}

using Keys = std::unordered_set<std::size_t>;

// How long a run takes: the middle one; 0 without runs.
time::Duration usual_length(std::span<const Run> runs) {
    if (runs.empty()) return time::Duration{0};
    std::vector<std::int64_t> lengths;
    for (const Run& run : runs) lengths.push_back(run.ended_at() - run.created_at);
    const auto middle = lengths.begin() + std::ssize(lengths) / 2;
    std::nth_element(lengths.begin(), middle, lengths.end());
    return time::Duration{std::max<std::int64_t>(*middle, 0)};
}

// Slots whose report may be lost, because we were down, say nothing. Of a long gap the last moment
// stands for all that are not kept.
void add_slots(std::vector<Moment>& moments, std::uint32_t definition, const rhythm::Gap& gap,
               time::Duration length, time::Instant now) {
    const auto add = [&](time::Instant slot, std::int64_t count) {
        const auto end = std::max(slot, std::min(slot + length, gap.to.value_or(now)));
        moments.push_back({definition, Kind::missed, time::micros(slot), time::micros(end), count});
    };
    for (const auto slot : gap.slots) add(slot, 1);
    const auto more = gap.missed_runs - gap.lost_runs - std::ssize(gap.slots);
    if (more > 0) add(gap.last_due, more);
}

// A definition without runs had run before the gap.
void add_gaps(std::vector<Moment>& moments, const query::Scope& scope,
              const rhythm::MissedAnswer& missed, const query::RunHistory& history,
              const Keys& given_up, time::Instant now) {
    std::unordered_map<std::string, std::uint32_t> keys;
    for (const auto& definition : scope.catalogue().definitions()) {
        keys.emplace(definition.id, static_cast<std::uint32_t>(definition.key));
    }
    const auto& span = scope.selection().span;
    for (const auto& row : missed.rows) {
        const std::uint32_t definition = keys[row.id];
        if (given_up.contains(definition)) continue;
        if (row.gaps.empty()) continue;
        const auto runs = history.of(definition);
        const auto length = usual_length(runs);
        for (const auto& gap : row.gaps) {
            if (gap.slots.empty() || gap.is_over || (span.until && gap.from >= *span.until))
                continue;
            if (runs.empty()) {
                if (gap.to && span.since && *gap.to <= *span.since) continue;
                const std::int64_t last = time::micros(gap.from);
                moments.push_back({definition, Kind::good, last, last, row.runs});
            } else if (time::micros(gap.due) < runs.front().created_at) {
                continue;
            }
            add_slots(moments, definition, gap, length, now);
        }
    }
}

// Jobs without a definition, which go by their names and are numbered from 0.
struct Named {
    std::vector<std::string> names{};
    std::vector<Moment> moments{};

    void add(const judge::Names& known, const query::RunHistory& history,
             const rhythm::MissedOptions& options) {
        for (const auto& [name, runs] : judge::by_name(known, history.of(0))) {
            if (is_given_up(runs, false, options)) continue;
            add_runs(moments, names.size(), runs, {});
            names.push_back(name);
        }
    }
};

// Those of the definitions of a scope follow what is there.
void add_moments(std::vector<Moment>& moments, const query::Scope& scope,
                 const rhythm::MissedAnswer& missed, const query::RunHistory& history,
                 const std::vector<judge::Findings>& findings,
                 const rhythm::MissedOptions& options) {
    const auto first = std::ssize(moments);
    Keys given_up;
    std::size_t known = moments.size();
    for (const auto& found : findings) known += history.of(found.definition).size();
    moments.reserve(known + known / 16);
    for (const auto& found : findings) {
        if (found.definition == 0) continue;  // Named has these
        const auto runs = history.of(found.definition);
        const auto key = static_cast<store::DefinitionKey>(found.definition);
        const bool is_off = scope.catalogue().definition(key)->enabled == false;
        if (is_given_up(runs, is_off, options)) {
            given_up.insert(found.definition);
        } else {
            add_runs(moments, found.definition, runs, found.slow);
        }
    }
    const auto runs = std::ssize(moments);  // in their order
    add_gaps(moments, scope, missed, history, given_up, options.now);
    const auto before = [](const Moment& a, const Moment& b) {
        return std::pair(a.definition, a.created_at) < std::pair(b.definition, b.created_at);
    };
    std::stable_sort(moments.begin() + runs, moments.end(), before);
    std::inplace_merge(moments.begin() + first, moments.begin() + runs, moments.end(), before);
}

std::vector<std::int64_t> finished_by_definition(const query::Scope& scope) {
    using store::FactColumn;
    std::vector<std::int64_t> finished(
        static_cast<std::size_t>(scope.catalogue().max_definition()) + 1);
    scope.scan(FactColumn::definition | FactColumn::status, [&](const store::FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto key = static_cast<std::size_t>(batch.definition[i]);
            finished[key] += model::is_finished(batch.status[i]) ? 1 : 0;
        }
    });
    return finished;
}

// The definitions in parts that have no more than `runs_at_once`, or one definition. How far a
// window of another time reaches back depends on all.
std::vector<query::Selection> in_parts(const query::Selection& selection,
                                       const std::vector<std::int64_t>& finished,
                                       std::int64_t runs_at_once) {
    const auto end = static_cast<store::DefinitionKey>(finished.size());
    std::vector<query::Selection> parts{selection};
    parts.back().keys = {0, end};
    if (selection.span.since && selection.at != store::WhichTime::created) return parts;
    std::int64_t runs = 0;
    for (store::DefinitionKey key = 0; key < end; ++key) {
        const std::int64_t more = finished[static_cast<std::size_t>(key)];
        if (runs > 0 && runs + more > runs_at_once) {
            parts.back().keys->second = key;
            parts.push_back(selection);
            parts.back().keys = {key, end};
            runs = 0;
        }
        runs += more;
    }
    return parts;
}

// Puts parts of their ids behind names that several have.
void tell_apart(std::vector<std::string>& names, const std::vector<std::string>& ids) {
    std::unordered_map<std::string, std::vector<std::size_t>> bearers;
    for (std::size_t i = 0; i < names.size(); ++i) bearers[names[i]].push_back(i);
    for (const auto& [name, same] : bearers) {
        if (same.size() < 2 || name.empty()) continue;
        std::vector<std::string> own;
        for (const std::size_t i : same) own.push_back(ids[i]);
        own = query::short_ids(own);
        for (std::size_t k = 0; k < own.size(); ++k)
            names[same[k]] = fmt::format("{} ({})", name, own[k]);
    }
}

// How many runs to look at for the gaps of a window with so many. A gap may lie across its
// beginning, and what was expected then is told by those before it.
std::size_t with_those_before(std::int64_t runs_of_window) {
    constexpr std::size_t runs_before = 100;
    return std::max(rhythm::runs_looked_at, static_cast<std::size_t>(runs_of_window) + runs_before);
}

IncidentsAnswer answer_of(const query::Scope& scope, std::vector<Moment> moments,
                          const Named& named, judge::Budget budget) {
    const auto& selection = scope.selection();
    IncidentsAnswer answer{query::window_of(selection), selection.zone, {}, {}, {}};
    const auto definitions = static_cast<std::size_t>(scope.catalogue().max_definition()) + 1;
    answer.names.resize(definitions);
    answer.ids.resize(definitions + named.names.size());
    for (const auto& definition : scope.catalogue().definitions()) {
        const auto key = static_cast<std::size_t>(definition.key);
        answer.ids[key] = definition.id;
        answer.names[key] = name_or_id(definition.label, definition.id);
    }
    tell_apart(answer.names, answer.ids);
    answer.names.insert(answer.names.end(), named.names.begin(), named.names.end());
    for (Moment moment : named.moments) {
        moment.definition += static_cast<std::uint32_t>(definitions);
        moments.push_back(moment);
    }
    answer.incidents = find_incidents(moments, budget.of_incidents(), selection.span);
    return answer;
}

std::string time_text(std::int64_t micros, const time::Zone& zone, const std::string& day) {
    const auto text = time::format_local(time::instant_from_micros(micros), zone, false);
    return text.starts_with(day) ? text.substr(day.size() + 1, 5) : text.substr(0, 16);
}

}  // namespace

std::int64_t IncidentsAnswer::lasting() const {
    return std::count_if(incidents.begin(), incidents.end(),
                         [](const Incident& incident) { return !incident.ended_at; });
}

rhythm::MissedAnswer missed_with_gaps(const query::Scope& scope, rhythm::MissedOptions options,
                                      const query::RunHistory& history) {
    std::int64_t most = 0;
    for (const std::size_t definition : history.definitions()) {
        if (history.reports(definition) <= most) continue;  // nor does the window have more
        const auto runs = history.of(definition);
        most = std::max<std::int64_t>(
            most,
            std::count_if(runs.begin(), runs.end(), [](const Run& run) { return run.in_window; }));
    }
    options.runs_of_gaps = with_those_before(most);
    return rhythm::missed_at_the_end(scope, std::move(options));
}

IncidentsAnswer incidents(const query::Scope& scope, const rhythm::MissedOptions& options,
                          const rhythm::MissedAnswer& missed, const query::RunHistory& history,
                          const std::vector<judge::Findings>& findings, const judge::Names& names,
                          judge::Budget budget) {
    const auto at_end = as_of_the_end(scope, options);
    std::vector<Moment> moments;
    Named named;
    add_moments(moments, scope, missed, history, findings, at_end);
    named.add(names, history, at_end);
    return answer_of(scope, std::move(moments), named, budget);
}

IncidentsAnswer incidents(const query::Scope& scope, rhythm::MissedOptions options,
                          judge::Budget budget, std::int64_t runs_at_once) {
    const auto finished = finished_by_definition(scope);
    const auto most = *std::max_element(finished.begin(), finished.end());
    options.runs_of_gaps = with_those_before(most);
    const auto at_end = as_of_the_end(scope, options);
    std::vector<Moment> moments;
    Named named;
    const auto all = std::accumulate(finished.begin(), finished.end(), std::int64_t{0});
    moments.reserve(static_cast<std::size_t>(all + all / 16));
    for (auto& selection : in_parts(scope.selection(), finished, runs_at_once)) {
        const query::Scope part(scope.store(), std::move(selection));
        const auto missed = rhythm::missed_at_the_end(part, options);
        const auto history = query::RunHistory::around_window(part, judge::history_reach);
        add_moments(moments, part, missed, history,
                    judge::find_all(history, part.selection().zone, budget), at_end);
        named.add(judge::read_names(part, history.of(0)), history, at_end);
    }
    return answer_of(scope, std::move(moments), named, budget);
}

std::string what_happened(const IncidentsAnswer& answer, const Incident& incident) {
    if (!incident.is_shared) {
        return fmt::format("\"{}\" failed {}", answer.names[incident.definitions.front()],
                           counted(incident.failed, "time", "times"));
    }
    std::vector<std::string_view> what;
    if (incident.failed > 0) what.emplace_back("failed");
    if (incident.missed > 0) what.emplace_back("did not run");
    // A few slow runs among many failures are no news.
    constexpr std::int64_t one_in = 10;
    const auto bad = incident.failed + incident.missed + incident.slow;
    if (what.empty() || incident.slow * one_in > bad) what.emplace_back("were slow");
    const std::string_view last = what.back();
    what.pop_back();
    const bool says_well = !incident.ended_at && incident.well > 0;
    return fmt::format(
        "{} of {} {}{}{}{}", count_text(std::ssize(incident.definitions)),
        counted(incident.active, "definition", "definitions"), fmt::join(what, ", "),
        what.empty() ? "" : " or ", last,
        says_well ? fmt::format(", {}", counted(incident.well, "works again", "work again")) : "");
}

std::string when_text(const IncidentsAnswer& answer, const Incident& incident) {
    const auto& until = answer.window.span.until;
    const auto end = !incident.ended_at && until ? *until - time::Duration{1}
                                                 : time::instant_from_micros(incident.last_bad_at);
    const auto day = time::format_local(end, answer.zone, false).substr(0, 10);
    const auto from = time_text(incident.began_at, answer.zone, day);
    if (!incident.ended_at) return "since " + from;
    const bool is_of_one_day = from.size() == std::string_view("hh:mm").size();
    return fmt::format("{} to {}", from,
                       time_text(incident.last_bad_at, answer.zone, is_of_one_day ? day : "none"));
}

table::ResultTable incidents_table(const IncidentsAnswer& answer) {
    table::ResultTable table;
    table.rows_key = "incidents";
    table.window = answer.window;
    table.empty_note = "no incidents";
    table.columns = {{"incident", "incident", Audience::machines, true},
                     {"began_at", "began"},
                     {.key = "ended_at", .title = "works again", .gives_way = 2},
                     {.key = "sentence", .title = "what", .gives_way = 0},
                     {.key = "definitions", .title = "definitions", .gives_way = 3},
                     {.key = "finished", .title = "runs", .gives_way = 8},
                     {.key = "failed", .title = "failed runs", .gives_way = 5},
                     {.key = "missed", .title = "missed runs", .gives_way = 4},
                     {.key = "operations_failed", .title = "records failed", .gives_way = 7},
                     {"kind", "kind", Audience::machines},
                     {"definition_ids", "definition ids", Audience::machines}};
    std::int64_t number = 0;
    for (const Incident& incident : answer.incidents) {
        std::vector<std::string> ids;
        for (const std::size_t definition : incident.definitions) {
            if (!answer.ids[definition].empty()) ids.push_back(answer.ids[definition]);
        }
        table.rows.push_back(
            {++number, time::instant_from_micros(incident.began_at),
             incident.ended_at ? Cell{time::instant_from_micros(*incident.ended_at)} : Cell{},
             what_happened(answer, incident), std::ssize(incident.definitions), incident.finished,
             incident.failed, incident.missed, incident.operations_failed,
             std::string(incident.is_shared ? "shared" : "single"), std::move(ids)});
    }
    return table;
}

}  // namespace jobtally::incidents
