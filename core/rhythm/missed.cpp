// Judges every definition and puts the most urgent first.
#include "core/rhythm/missed.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/query/grouping.hpp"
#include "core/query/run_minutes.hpp"
#include "core/rhythm/expectation.hpp"
#include "core/rhythm/gaps.hpp"
#include "core/rhythm/known_then.hpp"

#include <algorithm>

namespace jobtally::rhythm {

namespace {

constexpr std::size_t part = 4;  // definitions that a thread takes at a time

const store::Definition& definition_of(const query::Scope& scope, std::size_t key) {
    return *scope.catalogue().definition(static_cast<std::int32_t>(key));
}

MissedRow row_of(const query::Scope& scope, const query::RunHistory& history,
                 const query::RunMinutes& minutes, std::size_t key, const MissedOptions& all,
                 const time::Zone& zone) {
    const auto& definition = definition_of(scope, key);
    std::optional<MissedOptions> own;
    for (const auto& off : definition.disabled) {
        if (*off.until > all.now) break;
        if (!own) own.emplace(all);
        own->disabled.push_back(off);
    }
    if (definition.disabled_since) {
        if (!own) own.emplace(all);
        own->disabled_since = definition.disabled_since;
    }
    const MissedOptions& options = own ? *own : all;
    const auto runs = history.of(key);
    const auto* configured = configured_for(definition, options);
    const auto newest = runs.last(std::min(runs.size(), runs_looked_at));
    const auto past_minutes = minutes.of(key);
    const query::Past past{past_minutes, minutes.long_runs(key)};
    const auto expectation = expectation_of(newest, past, configured, options, zone);
    MissedRow row;
    row.id = definition.id;
    row.label = definition.label;
    if (const auto* type = scope.catalogue().word(history.type(key))) row.type = *type;
    row.reports = history.reports(key);
    row.runs = std::ssize(runs);
    row.typical_interval = expectation.typical_interval;
    row.last_created_at = time::instant_from_micros(runs.back().created_at);
    row.expected_by = expectation.expected_by;
    row.overdue = expectation.overdue;
    row.ended_at = expectation.ended_at;
    row.state = expectation.state;
    if (expectation.rhythm) row.rhythm = expectation.rhythm->schedule->text(zone);
    row.is_configured = configured != nullptr;
    row.listener_down = expectation.listener_down;
    if (options.runs_of_gaps > 0) {
        row.gaps = gaps_of(runs, past, expectation, configured != nullptr, options, zone);
    }
    if (options.told_at) row.then = known_then(runs, past, expectation, configured, options, zone);
    if (definition.enabled == false) {
        row.state = Punctuality::disabled;
        row.expected_by.reset();
        row.overdue.reset();
        row.ended_at.reset();
        for (Gap& gap : row.gaps) gap.is_over = true;
    }
    return row;
}

// Zones are for one thread: each has a copy, and the schedules that hold one, which are the
// configured ones, stay in the caller's.
std::vector<MissedRow> judged(const query::Scope& scope, const query::RunHistory& history,
                              const query::RunMinutes& minutes,
                              const std::vector<std::size_t>& keys, const MissedOptions& options) {
    std::vector<MissedRow> rows(keys.size());
    const auto is_configured = [&](std::size_t key) {
        return configured_for(definition_of(scope, key), options) != nullptr;
    };
    for_parts(keys.size(), part, [&](std::size_t begin, std::size_t end) {
        if (options.abandoned != nullptr && *options.abandoned) throw Error("abandoned");
        const time::Zone zone = scope.selection().zone;
        for (std::size_t i = begin; i < end; ++i) {
            if (!is_configured(keys[i]))
                rows[i] = row_of(scope, history, minutes, keys[i], options, zone);
        }
    });
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (!is_configured(keys[i])) continue;
        rows[i] = row_of(scope, history, minutes, keys[i], options, scope.selection().zone);
    }
    return rows;
}

}  // namespace

const ConfiguredSchedule* configured_for(const store::Definition& definition,
                                         const MissedOptions& options) {
    const auto& configured = options.configured;
    auto found = configured.find(definition.id);
    if (found == configured.end() && definition.label) found = configured.find(*definition.label);
    return found == configured.end() ? nullptr : &found->second;
}

std::string_view name_of(Punctuality state) {
    constexpr std::string_view names[] = {"missed",    "stuck",   "late",  "on-time",
                                          "irregular", "too-few", "ended", "disabled"};
    return names[static_cast<std::size_t>(state)];
}

std::vector<MissedRow> judge_definitions(const query::Scope& scope, const MissedOptions& options) {
    const auto most = std::max(runs_looked_at, options.runs_of_gaps);
    const auto history = query::RunHistory::newest(scope, options.now, most, options.told_at);
    const query::RunMinutes minutes(scope, history,
                                    {options.now - past_looked_at, options.now + time::Duration{1}},
                                    runs_looked_at);
    const query::Grouping grouping(query::By::definition, scope);
    const auto holds = [&](std::size_t key) { return !history.of(key).empty(); };
    return judged(scope, history, minutes, grouping.in_order(holds), options);
}

MissedAnswer missed(const query::Scope& scope, const MissedOptions& options) {
    MissedAnswer answer{query::window_of(scope.selection()), judge_definitions(scope, options), {}};
    for (const auto& row : answer.rows) ++answer.count[static_cast<std::size_t>(row.state)];
    const auto urgency = [](const MissedRow& row) {
        return std::pair(row.state, -row.overdue.value_or(time::Duration{0}));
    };
    std::stable_sort(
        answer.rows.begin(), answer.rows.end(),
        [&](const MissedRow& a, const MissedRow& b) { return urgency(a) < urgency(b); });
    return answer;
}

MissedAnswer missed_at_the_end(const query::Scope& asked, MissedOptions options) {
    query::Selection selection = asked.selection();
    if (selection.span.until) options.now = std::min(options.now, *selection.span.until);
    selection.span = {};
    return missed(query::Scope(asked.store(), std::move(selection)), options);
}

}  // namespace jobtally::rhythm
