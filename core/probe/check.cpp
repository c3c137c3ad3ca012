// Measures, compares with the thresholds, and puts the worst value first.
#include "core/probe/check.hpp"

#include "core/base/error.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace jobtally::probe {

namespace {

using table::ProbeState;

ProbeState state_of(double value, const CheckOptions& options) {
    if (options.critical && options.critical->alerts(value)) return ProbeState::critical;
    if (options.warning && options.warning->alerts(value)) return ProbeState::warning;
    return ProbeState::ok;
}

void raise(ProbeState& state, ProbeState other) {
    if (table::badness(other) > table::badness(state)) state = other;
}

// Values that are as bad as each other are ordered by name, then id, so that the same store gives
// the same bytes.
void put_worst_first(std::vector<Measured>& measured, bool low_is_bad) {
    const auto text = [](const Measured& one, std::size_t cell) {
        const auto& cells = one.item.definition;
        const auto* known = cells.empty() ? nullptr : std::get_if<std::string>(&cells[cell]);
        return known != nullptr ? *known : std::string();
    };
    const auto name_and_id = [&](const Measured& one) {
        return std::pair(text(one, 1), text(one, 0));
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
}

std::optional<std::string> text_of(const std::optional<Threshold>& range) {
    return range ? std::optional(range->text()) : std::nullopt;
}

}  // namespace

table::Probe check(const query::Scope& scope, const CheckOptions& options) {
    const Metric& metric = *options.metric;
    if (options.by_definition && !metric.of_definitions) {
        throw UsageError(fmt::format("{} can't be told by definition", metric.name),
                         "leave out `--by definition`");
    }
    auto measured = metric.measure(scope, options.by_definition, options.expected);
    const auto left_out = take_out_small(measured, options.min_runs);
    for (auto& one : measured) one.item.state = state_of(one.value, options);
    put_worst_first(measured, metric.low_is_bad);
    table::Probe probe;
    probe.window = query::window_of(scope.selection());
    probe.metric = metric.key;
    probe.when = options.when;
    probe.warning = text_of(options.warning);
    probe.critical = text_of(options.critical);
    probe.by_definition = options.by_definition;
    probe.state = measured.empty() ? options.no_data : measured.front().item.state;
    if (measured.empty()) probe.remarks.push_back(why_nothing(left_out, options));
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
