// Walks the slots of each stretch of history and counts those without a run.
#include "core/rhythm/gaps.hpp"

#include "core/base/parallel.hpp"
#include "core/query/grouping.hpp"
#include "core/rhythm/downtime.hpp"
#include "core/rhythm/expectation.hpp"

#include <algorithm>
#include <iterator>

namespace jobtally::rhythm {

namespace {

using query::Run;
using time::Instant;

constexpr std::int64_t most_slots = 1'000'000;  // that are counted in one gap, at most

class GapWalk {
  public:
    GapWalk(const MissedOptions& options, bool is_configured, std::vector<Gap>& found)
        : m_options(options), m_is_configured(is_configured), m_found(found) {}

    // Between the runs, and after the last one where `is_newest`.
    void walk(const Rhythm& rhythm, std::span<const Run> runs, const Gap& of, bool is_newest) {
        for (std::size_t i = 1; i < runs.size(); ++i) {
            const Instant run = time::instant_from_micros(runs[i].created_at);
            add(rhythm, time::instant_from_micros(runs[i - 1].created_at), run, of);
        }
        if (is_newest) {
            add(rhythm, time::instant_from_micros(runs.back().created_at), std::nullopt, of);
        }
    }

  private:
    void add(const Rhythm& rhythm, Instant from, std::optional<Instant> to, const Gap& of) {
        Gap gap = of;
        Instant slot = rhythm.slot_after_run(from);
        gap.due = slot;
        for (; gap.missed_runs < most_slots; ++gap.missed_runs) {
            const Instant next = rhythm.slot_after(slot);
            // A run stands for the last slot before it, or for the next slot where it comes early.
            if (to ? next > *to + rhythm.early : slot + rhythm.late >= m_options.now) break;
            gap.lost_runs += lost_until(m_options.down, rhythm, slot) ? 1 : 0;
            slot = next;
        }
        if (gap.missed_runs < rhythm.patience) return;
        gap.from = from;
        gap.to = to;
        gap.length = to.value_or(m_options.now) - from;
        gap.is_over |=
            !to && !m_is_configured && ended_at(from, rhythm.typical_interval(from), m_options);
        gap.listener_down = down_within(m_options.down, from, to.value_or(m_options.now));
        m_found.push_back(std::move(gap));
    }

    const MissedOptions& m_options;
    bool m_is_configured;
    std::vector<Gap>& m_found;
};

// Judges each stretch of the history by its own rhythm, so that where the rhythm has changed, the
// old one does not make gaps in the new one. The stretches are counted back from the newest run;
// two neighbours share the run between them.
void walk_history(GapWalk& walk, std::span<const Run> runs, const ConfiguredSchedule* configured,
                  const time::Zone& zone, const Gap& of) {
    if (configured != nullptr) {
        return walk.walk(configured_rhythm(*configured, runs), runs, of, true);
    }
    for (std::size_t end = runs.size(); end >= least_runs;) {
        const std::size_t begin = end > runs_looked_at ? end - runs_looked_at : 0;
        for (const auto& stretch : learn_stretches(runs.subspan(begin, end - begin), zone)) {
            // Two neighbours share the run between them.
            const bool is_first = stretch.runs.data() == &runs[begin];
            const std::span<const Run> with_last(stretch.runs.data() - (is_first ? 0 : 1),
                                                 stretch.runs.size() + (is_first ? 0 : 1));
            const bool is_newest = &stretch.runs.back() == &runs.back();
            if (stretch.rhythm) walk.walk(*stretch.rhythm, with_last, of, is_newest);
        }
        if (begin == 0) break;
        end = begin + 1;
    }
}

// The definitions of the selection, over all times.
query::Scope whole_history(const query::Scope& scope) {
    query::Selection selection = scope.selection();
    selection.span = {};
    return {scope.store(), std::move(selection)};
}

}  // namespace

GapsAnswer gaps(const query::Scope& scope, const MissedOptions& options, std::size_t most_runs) {
    const query::Scope whole = whole_history(scope);
    const auto history = query::RunHistory::newest(whole, options.now, most_runs);
    const query::Grouping grouping(query::By::definition, whole);
    const auto keys = grouping.in_order([&](std::size_t key) { return !history.of(key).empty(); });
    std::vector<std::vector<Gap>> found(keys.size());
    // Zones are for one thread, and the configured schedules hold theirs.
    const auto find = [&](std::size_t i, const time::Zone& zone, bool is_configured) {
        const auto& definition = *whole.catalogue().definition(static_cast<std::int32_t>(keys[i]));
        const auto* configured = configured_for(definition, options);
        if ((configured != nullptr) != is_configured) return;
        const auto runs = history.of(keys[i]);
        Gap of{definition.id, definition.label, std::nullopt, {}, {}, std::nullopt};
        if (const auto* type = whole.catalogue().word(history.type(keys[i]))) of.type = *type;
        of.runs = std::ssize(runs);
        GapWalk walk(options, is_configured, found[i]);
        walk_history(walk, runs, configured, zone, of);
        for (auto& gap : found[i]) gap.is_over |= !gap.to && definition.enabled == false;
    };
    constexpr std::size_t part = 32;  // definitions that a thread takes at a time
    for_parts(keys.size(), part, [&](std::size_t begin, std::size_t end) {
        const time::Zone zone = whole.selection().zone;
        for (std::size_t i = begin; i < end; ++i) find(i, zone, false);
    });
    for (std::size_t i = 0; i < keys.size(); ++i) find(i, whole.selection().zone, true);
    GapsAnswer answer{query::window_of(scope.selection()), {}};
    for (auto& gaps : found) std::move(gaps.begin(), gaps.end(), std::back_inserter(answer.gaps));
    const auto& span = scope.selection().span;
    std::erase_if(answer.gaps, [&](const Gap& gap) {
        const bool is_before = span.since && gap.to && *gap.to <= *span.since;
        return is_before || (span.until && gap.from >= *span.until);
    });
    std::stable_sort(answer.gaps.begin(), answer.gaps.end(),
                     [](const Gap& a, const Gap& b) { return a.from < b.from; });
    return answer;
}

table::ResultTable gaps_table(const GapsAnswer& answer) {
    table::ResultTable table;
    table.rows_key = "gaps";
    table.window = answer.window;
    table.empty_note = "no gaps";
    table.columns = query::grouping_columns(
        query::By::definition, {{"gap_from", "last run before"},
                                {"gap_to", "next run"},
                                {"gap_seconds", "length"},
                                {"missed_runs", "runs missed"},
                                {.key = "lost_runs", .title = "while we were down", .gives_way = 8},
                                {"listener_down_seconds", "down", table::Audience::machines}});
    for (const auto& gap : answer.gaps) {
        table.rows.push_back({gap.id, table::cell_or_unknown(gap.label),
                              table::cell_or_unknown(gap.type), gap.from,
                              table::cell_or_unknown(gap.to), gap.length, gap.missed_runs,
                              gap.lost_runs, gap.listener_down});
    }
    return table;
}

}  // namespace jobtally::rhythm
