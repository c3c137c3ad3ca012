// Measures, compares with the thresholds, and puts the worst value first.
#include "core/probe/check.hpp"

#include "core/answers/rates.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/rhythm/downtime.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace jobtally::probe {

namespace {

using table::ProbeState;

ProbeState state_of(const Measured& one, const CheckOptions& options) {
    if (options.critical && options.critical->alerts(one.value)) return ProbeState::critical;
    if (options.warning && options.warning->alerts(one.value)) return ProbeState::warning;
    return options.warning || options.critical ? ProbeState::ok : one.state;
}

void raise(ProbeState& state, ProbeState other) {
    if (table::badness(other) > table::badness(state)) state = other;
}

// Values that are as bad as each other are ordered by name, then id, so that the same store gives
// the same bytes.
void put_worst_first(std::vector<Measured>& measured, bool low_is_bad) {
    const auto name_and_id = [](const Measured& one) {
        const auto& definition = one.item.definition;
        return std::pair(table::text_in(definition, 1), table::text_in(definition, 0));
    };
    std::sort(measured.begin(), measured.end(), [&](const Measured& a, const Measured& b) {
        const int worse = table::badness(a.item.state) - table::badness(b.item.state);
        if (worse != 0) return worse > 0;
        if (a.value != b.value) return (a.value < b.value) == low_is_bad;
        return name_and_id(a) < name_and_id(b);
    });
}

std::string with_window(std::string text, const CheckOptions& options) {
    return options.when.empty() ? text : text + " " + options.when;
}

std::string why_nothing(const std::vector<Measured>& left_out, const CheckOptions& options) {
    if (left_out.empty()) {
        return with_window(fmt::format("no {}", options.metric->subject), options);
    }
    if (!options.by_definition) {
        return with_window(
            fmt::format("not enough data: {} of the {} {} asked for", *left_out.front().runs,
                        options.min_runs, options.metric->subject),
            options);
    }
    return with_window(fmt::format("not enough data: no definition has {} {}", options.min_runs,
                                   options.metric->subject),
                       options);
}

// Takes out the values that are made of too few jobs, and returns them.
std::vector<Measured> take_out_small(std::vector<Measured>& measured, std::int64_t min_runs) {
    const auto small = std::stable_partition(
        measured.begin(), measured.end(),
        [&](const Measured& one) { return one.runs.value_or(min_runs) >= min_runs; });
    std::vector<Measured> taken(small, measured.end());
    measured.erase(small, measured.end());
    return taken;
}

void tell_unmatched(const query::Scope& scope, table::Probe& probe) {
    for (const auto& [pattern, nearest] : scope.unmatched()) {
        if (pattern.starts_with('!')) continue;
        probe.remarks.push_back(fmt::format("no definition matches \"{}\"", pattern));
        raise(probe.state, ProbeState::unknown);
    }
    for (const auto& [pattern, nearest] : scope.unknown_sources()) {
        if (pattern.starts_with('!')) continue;
        probe.remarks.push_back(fmt::format("no report came from \"{}\"", pattern));
        raise(probe.state, ProbeState::unknown);
    }
}

bool is_odd(const store::FactBatch& batch, std::size_t i) {
    return batch.status[i] == model::Status::other;
}

// What was known before stands in for the values that a window lacks, unless a run is overdue. It
// is in doubt where one came since of which nobody knows how it ended.
class LastKnown {
  public:
    LastKnown(const query::Scope& scope, const CheckOptions& options)
        : m_scope(scope),
          m_options(options),
          m_known(scope.last_known(options.by_definition, counted_columns, options.metric->counts)),
          m_odd(answers::rates(scope.last_known(options.by_definition, counted_columns, is_odd),
                               options.by_definition ? query::By::definition : query::By::none)),
          m_values(options.metric->measure(m_known, options.by_definition, options.expected)) {}

    // For the one value of everything together.
    void put_one(std::vector<Measured>& measured, table::Probe& probe) const {
        if (m_values.empty()) return;
        if (const auto due = due_one()) {
            probe.remarks.push_back(fmt::format("\"{}\" is {}", name_or_id(due->label, due->id),
                                                rhythm::name_of(due->state)));
            return;
        }
        measured = m_values;
        measured.front().is_stand_in = true;
        const auto last = answers::rates(m_known, query::By::none).total.last_created_at;
        measured.front().is_in_doubt = m_odd.total.last_created_at > last;
        probe.remarks.push_back(with_window("no run", m_options) + ", the last: " + text(*last));
        if (measured.front().is_in_doubt) probe.remarks.push_back(in_doubt_text);
        probe.when.clear();
    }

    // For the definitions that have no value. Those that have ended or are disabled, and reports
    // without a definition, which are of different jobs, stay out.
    void put_for_each(std::vector<Measured>& measured) const {
        std::set<std::string> there;
        for (const auto& one : measured) there.insert(id_of(one.item.definition));
        auto values = m_values;
        std::erase_if(values, [&](const Measured& one) {
            return there.contains(id_of(one.item.definition));
        });
        if (values.empty()) return;
        std::map<std::string, const rhythm::MissedRow*> rows;
        const auto expected = rhythm::missed_at_the_end(m_scope, m_options.expected).rows;
        for (const auto& row : expected) rows.emplace(row.id, &row);
        const auto odd = odd_since_known();
        for (auto& one : values) {
            const auto row = rows.find(id_of(one.item.definition));
            if (row == rows.end() || row->second->is_over()) continue;
            one.is_overdue = row->second->is_problem();
            one.is_stand_in = true;
            if (one.is_overdue) {
                one.item.value = {};
                one.item.phrase = rhythm::name_of(row->second->state);
            } else {
                one.item.phrase += ", last run " + text(row->second->last_created_at);
                one.is_in_doubt = odd.contains(row->first);
                if (one.is_in_doubt) one.item.phrase.append(", ").append(in_doubt_text);
            }
            measured.push_back(std::move(one));
        }
    }

  private:
    static std::string id_of(const query::GroupKey& key) { return table::text_in(key, 0); }
    // The ids of definitions of which a run of unknown status came after what was known.
    std::set<std::string> odd_since_known() const {
        std::map<std::string, std::optional<time::Instant>> known;
        for (const auto& row : answers::rates(m_known, query::By::definition).rows)
            known[id_of(row.key)] = row.last_created_at;
        std::set<std::string> odd;
        for (const auto& row : m_odd.rows) {
            if (row.last_created_at > known[id_of(row.key)]) odd.insert(id_of(row.key));
        }
        return odd;
    }
    std::string text(time::Instant at) const {
        return time::format_local(at, m_scope.selection().zone, false);
    }

    // The most urgent definition whose run is overdue: while nothing of it has come, what was known
    // before says nothing of it.
    std::optional<rhythm::MissedRow> due_one() const {
        const auto rows = rhythm::missed_at_the_end(m_scope, m_options.expected).rows;
        if (rows.empty() || !rows.front().is_problem()) return std::nullopt;
        return rows.front();
    }

    const query::Scope& m_scope;
    const CheckOptions& m_options;
    query::Scope m_known;
    answers::RatesAnswer m_odd;
    std::vector<Measured> m_values;
};

// Where no listener is up, or what came is not understood, nobody knows whether what was well still
// is.
void judge(std::vector<Measured>& measured, const query::Scope& scope, const CheckOptions& options,
           table::Probe& probe) {
    const auto& selection = scope.selection();
    const auto& known = options.expected;
    const auto down = rhythm::down_since(
        known.down, std::min(known.now, selection.span.until.value_or(known.now)));
    bool matters = measured.empty();
    for (auto& one : measured) {
        one.item.state = one.is_overdue ? options.no_data : state_of(one, options);
        const bool is_deaf = down && (options.metric->needs_listener || one.is_stand_in);
        if (one.item.state != ProbeState::ok || !(is_deaf || one.is_in_doubt)) continue;
        one.item.state = options.no_data;
        matters = matters || is_deaf;
    }
    if (down && matters) {
        probe.remarks.push_back("no listener has been up since " +
                                time::format_local(*down, selection.zone, false));
    }
}

std::optional<std::string> text_of(const std::optional<Threshold>& range) {
    return range ? std::optional(range->text()) : std::nullopt;
}

}  // namespace

table::Probe check(const query::Scope& scope, const CheckOptions& options) {
    const Metric& metric = *options.metric;
    if (options.by_definition && !metric.of_definitions) {
        throw UsageError(fmt::format("{} is not available by definition", metric.name),
                         "leave out `--by definition`");
    }
    auto measured = metric.measure(scope, options.by_definition, options.expected);
    table::Probe probe;
    probe.window = query::window_of(scope.selection());
    probe.metric = metric.key;
    probe.when = options.when;
    probe.warning = text_of(options.warning);
    probe.critical = text_of(options.critical);
    probe.by_definition = options.by_definition;
    const bool has_stand_in = options.last_known_stands && options.min_runs <= 1 &&
                              metric.counts != nullptr && scope.selection().span.since;
    if (has_stand_in && options.by_definition) LastKnown(scope, options).put_for_each(measured);
    if (has_stand_in && !options.by_definition && measured.empty())
        LastKnown(scope, options).put_one(measured, probe);
    const auto left_out = take_out_small(measured, options.min_runs);
    judge(measured, scope, options, probe);
    put_worst_first(measured, metric.low_is_bad);
    probe.state = measured.empty() ? options.no_data : measured.front().item.state;
    if (measured.empty())
        probe.remarks.insert(probe.remarks.begin(), why_nothing(left_out, options));
    for (auto& one : measured) probe.items.push_back(std::move(one.item));
    tell_unmatched(scope, probe);
    return probe;
}

ProbeStep probe_step(const std::optional<store::ProbeRecord>& said, table::ProbeState state,
                     std::int64_t confirm, time::Instant now) {
    const std::string seen = table::state_text(state);
    const store::ProbeRecord before =
        said.value_or(store::ProbeRecord{table::state_text(table::ProbeState::ok), now, {}, 0});
    store::ProbeRecord after = before;
    after.pending.reset();
    after.pending_runs = 0;
    if (seen != before.state) {
        const auto runs = before.pending == seen ? before.pending_runs + 1 : 1;
        if (runs >= confirm) return {true, store::ProbeRecord{seen, now, {}, 0}};
        after.pending = seen;
        after.pending_runs = runs;
    }
    if (said == after) return {};
    return {false, after};
}

}  // namespace jobtally::probe
