// Walks the slots of each stretch of history and counts those without a run.
#include "core/rhythm/gaps.hpp"

#include "core/query/grouping.hpp"
#include "core/query/run_minutes.hpp"
#include "core/rhythm/downtime.hpp"
#include "core/rhythm/known_then.hpp"

#include <algorithm>
#include <utility>

namespace jobtally::rhythm {

namespace {

using query::Run;
using time::Instant;

constexpr std::int64_t most_slots = 1'000'000;  // at most so many are counted in one gap
constexpr std::size_t most_kept = 500;          // of them

class GapWalk {
  public:
    GapWalk(std::span<const Run> all, const MissedOptions& options, const time::Zone& zone,
            bool is_configured)
        : m_all(all), m_options(options), m_zone(zone), m_is_configured(is_configured) {}

    // Between the runs, and after the last one where `is_newest`. `past` tells the rests.
    void walk(const Rhythm& rhythm, std::span<const Run> runs, const query::Past& past,
              bool is_newest) {
        const bool may_rest = !past.minutes.empty();
        const auto usual =
            may_rest ? rhythm.typical_interval(begun(runs.front())) : time::Duration{0};
        for (std::size_t i = 1; i < runs.size(); ++i) {
            auto gap = gap_by(rhythm, runs[i - 1], &runs[i]);
            const bool is_long = 2 * (begun(runs[i]) - begun(runs[i - 1])) > 3 * usual;
            if (may_rest && is_long) gap = greater(gap, gap_as_known(runs[i], past));
            if (gap) m_found.push_back(*gap);
        }
        if (!is_newest) return;
        if (const auto gap = gap_by(rhythm, runs.back(), nullptr)) m_found.push_back(*gap);
    }

    std::vector<Gap> found() { return std::move(m_found); }

  private:
    static Instant begun(const Run& run) { return time::instant_from_micros(run.created_at); }

    static std::optional<Gap> greater(const std::optional<Gap>& a, const std::optional<Gap>& b) {
        return b && (!a || b->missed_runs > a->missed_runs) ? b : a;
    }

    // Before `next`, by the rhythm as it was known then, where it has a new rest since.
    std::optional<Gap> gap_as_known(const Run& next, const query::Past& past) const {
        const auto before = m_all.first(static_cast<std::size_t>(&next - m_all.data()));
        const auto rhythm = known_before_new_rest(before, next, past, m_zone, m_options.down);
        return rhythm ? gap_by(*rhythm, before.back(), &next) : std::nullopt;
    }

    std::optional<Gap> gap_by(const Rhythm& rhythm, const Run& last, const Run* next_run) const {
        const Instant from = begun(last);
        const Instant first = slot_while_enabled(rhythm, rhythm.slot_after_run(from), m_options);
        Gap gap{from, first, first, {}, {}};
        if (next_run) {
            gap.to = begun(*next_run);
            gap.known_over = time::instant_from_micros(next_run->ended_at());
        }
        const auto& to = gap.to;
        Instant first_known = time::end_of_time;  // of the missed runs
        for (Instant slot = first, next; gap.missed_runs < most_slots; slot = next) {
            next = slot_while_enabled(rhythm, rhythm.slot_after(slot), m_options);
            if (to ? has_run(rhythm, gap, slot, next) : rhythm.due_by(slot) >= m_options.now) break;
            if (!to && m_options.disabled_since && slot >= *m_options.disabled_since) break;
            // A run may still go on when a later one has ended.
            const Instant overdue = slot + rhythm.late_at(slot);
            if (to && overdue >= m_options.now) continue;
            first_known = std::min(first_known, overdue);
            if (to && overdue > *gap.known_over) gap.known_later.emplace(slot, overdue);
            count(gap, rhythm, slot);
        }
        if (gap.missed_runs < rhythm.patience) return std::nullopt;
        if (to) gap.known_over = std::max(*gap.known_over, first_known);
        std::erase_if(gap.known_later,
                      [&](const auto& one) { return one.second <= *gap.known_over; });
        gap.length = to.value_or(m_options.now) - from;
        gap.is_over =
            !to && !m_is_configured && ended_at(from, rhythm.typical_interval(from), m_options);
        gap.listener_down = down_within(m_options.down, from, to.value_or(m_options.now));
        return gap;
    }

    // Whether the run after the gap is that of `slot`: the last slot before it, or the next one
    // where it comes early. Times that are counted from the last run drift, so that the nearest one
    // counts, but none is missed only because a run was late.
    bool has_run(const Rhythm& rhythm, const Gap& gap, Instant slot, Instant next) const {
        if (next <= *gap.to + rhythm.early) return false;
        const auto half = (next - slot) / 2;
        if (rhythm.schedule->has_fixed_slots() || *gap.to < slot + half) return true;
        if (lost_until(m_options.down, rhythm, slot)) return false;
        const auto overdue = *gap.known_over - (slot + rhythm.late);
        return overdue - down_within(m_options.down, slot, *gap.known_over) <= half;
    }

    void count(Gap& gap, const Rhythm& rhythm, Instant slot) const {
        if (gap.missed_runs++ == 0) gap.due = slot;
        gap.last_due = slot;
        if (const auto up_again = lost_until(m_options.down, rhythm, slot)) {
            ++gap.lost_runs;
            ++gap.lost_by_end[*up_again];
        } else if (gap.slots.size() < most_kept) {
            gap.slots.push_back(slot);
        }
    }

    std::span<const Run> m_all;
    const MissedOptions& m_options;
    const time::Zone& m_zone;
    bool m_is_configured;
    std::vector<Gap> m_found;
};

// Of the weeks up to runs[end - 1], or the first weeks that there are.
query::PastRuns past_of(std::span<const Run> runs, std::size_t end) {
    const std::int64_t length = std::chrono::microseconds(past_looked_at).count();
    const std::int64_t from = std::max(runs.front().created_at, runs[end - 1].created_at - length);
    const auto at = [&](std::int64_t instant) {
        return std::lower_bound(
            runs.begin(), runs.end(), instant,
            [](const Run& run, std::int64_t value) { return run.created_at < value; });
    };
    const std::span<const Run> past(at(from), at(from + length));
    if (past.size() < runs_looked_at) return {};
    const auto newest = past.last(runs_looked_at);
    return {query::minutes_of(past), query::long_runs_of(past, query::long_by(newest))};
}

}  // namespace

// Judges each stretch of the history by its own rhythm, so that where the rhythm has changed, the
// old one does not make gaps in the new one. The stretches are counted back from the newest run;
// two neighbours share the run between them.
std::vector<Gap> gaps_of(std::span<const Run> runs, query::Past past, const Expectation& newest,
                         bool is_configured, const MissedOptions& options, const time::Zone& zone) {
    GapWalk walk(runs, options, zone, is_configured);
    if (is_configured) walk.walk(*newest.rhythm, runs, {}, true);
    std::vector<Stretch> stretches = newest.stretches;
    query::PastRuns past_of_older;
    for (std::size_t end = runs.size(); !is_configured && end >= least_runs;) {
        const std::size_t begin = end > runs_looked_at ? end - runs_looked_at : 0;
        if (end < runs.size()) {
            past_of_older = past_of(runs, end);
            past = {past_of_older.minutes, past_of_older.long_runs};
            stretches = learn_stretches(runs.subspan(begin, end - begin), past, zone, options.down);
        }
        for (const auto& stretch : stretches) {
            const bool is_first = stretch.runs.data() == &runs[begin];
            const std::span<const Run> with_last(stretch.runs.data() - (is_first ? 0 : 1),
                                                 stretch.runs.size() + (is_first ? 0 : 1));
            const bool is_newest = &stretch.runs.back() == &runs.back();
            if (stretch.rhythm) walk.walk(*stretch.rhythm, with_last, past, is_newest);
        }
        if (begin == 0) break;
        end = begin + 1;
    }
    auto found = walk.found();
    std::stable_sort(found.begin(), found.end(),
                     [](const Gap& a, const Gap& b) { return a.from < b.from; });
    return found;
}

GapsAnswer gaps(const query::Scope& scope, MissedOptions options) {
    options.runs_of_gaps = runs_of_history;
    query::Selection whole = scope.selection();
    const time::TimeSpan span = std::exchange(whole.span, {});
    GapsAnswer answer{query::window_of(scope.selection()), {}};
    for (const auto& row : judge_definitions({scope.store(), std::move(whole)}, options)) {
        for (const Gap& gap : row.gaps) {
            const bool is_before = span.since && gap.to && *gap.to <= *span.since;
            if (is_before || (span.until && gap.from >= *span.until)) continue;
            answer.gaps.push_back({row.id, row.label, row.type, gap});
        }
    }
    std::stable_sort(answer.gaps.begin(), answer.gaps.end(),
                     [](const GapRow& a, const GapRow& b) { return a.gap.from < b.gap.from; });
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
    for (const auto& [id, label, type, gap] : answer.gaps) {
        table.rows.push_back({id, table::cell_or_unknown(label), table::cell_or_unknown(type),
                              gap.from, table::cell_or_unknown(gap.to), gap.length, gap.missed_runs,
                              gap.lost_runs, gap.listener_down});
    }
    return table;
}

}  // namespace jobtally::rhythm
