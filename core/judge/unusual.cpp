// Tests the factor and the difference first, because that is cheap and they are rarely great
// enough, and only then the robust distance.
#include "core/judge/unusual.hpp"

#include "core/judge/robust_distance.hpp"
#include "core/query/percentile.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace jobtally::judge {

using query::Run;

namespace {

constexpr double mostly = 2.0 / 3;  // see Cause

std::int64_t at_least_one(std::int64_t value) {
    return std::max<std::int64_t>(value, 1);
}

bool passes(const Comparison& comparison, Floors floors) {
    const double factor = comparison.factor();
    return std::max(factor, 1 / factor) >= floors.factor &&
           std::abs(comparison.value - comparison.usual) >= floors.difference;
}

// How many of the values are as far off, on the same side.
std::size_t as_far_off(std::span<const std::int64_t> sorted, std::int64_t value, bool above) {
    const auto found = above ? std::lower_bound(sorted.begin(), sorted.end(), value)
                             : std::upper_bound(sorted.begin(), sorted.end(), value);
    return static_cast<std::size_t>(above ? sorted.end() - found : found - sorted.begin());
}

bool has_records(const Run& run) {
    return run.operations != 0;  // unknown counts as some
}

}  // namespace

std::string_view name_of(Unusual kind) {
    constexpr std::string_view names[] = {"slower", "faster", "more", "fewer", "empty"};
    return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Peers peers) {
    constexpr std::string_view names[] = {"all", "same_hour", "same_weekday"};
    return names[static_cast<std::size_t>(peers)];
}

std::string_view name_of(Cause cause) {
    constexpr std::string_view names[] = {"", "records", "per_record", "both"};
    return names[static_cast<std::size_t>(cause)];
}

Cause cause_of(double duration_factor, std::optional<double> operations_factor) {
    if (!operations_factor || duration_factor == 1) return Cause::unknown;
    const double share = std::log(*operations_factor) / std::log(duration_factor);
    if (share >= mostly) return Cause::records;
    return share <= 1 - mostly ? Cause::per_record : Cause::both;
}

double Comparison::factor() const {
    return static_cast<double>(at_least_one(value)) / static_cast<double>(at_least_one(usual));
}

Comparison compare_with(PastValues::Comparable before, std::int64_t value, Floors floors,
                        bool in_full) {
    const auto sorted = before.sorted;
    Comparison found{value,
                     query::median_of_sorted(sorted),
                     static_cast<std::int64_t>(sorted.size()),
                     before.peers,
                     {},
                     0};
    const bool above = value > found.usual;
    const bool far = passes(found, floors) && as_far_off(sorted, value, above) <=
                                                  std::max<std::size_t>(1, sorted.size() / 50);
    if (far || in_full) found.distance = robust_distance(sorted, value);
    if (!far || (found.distance && std::abs(*found.distance) < far_off(sorted.size()))) {
        return found;
    }
    found.direction = above ? 1 : -1;
    return found;
}

bool EmptyRun::is_unusual() const {
    if (!can_be_judged() || 2 * empty >= runs) return false;
    if (empty < 2 || 20 * empty < runs) return true;
    const double chance = static_cast<double>(empty + 1) / static_cast<double>(runs + 2);
    return std::pow(chance, static_cast<double>(in_a_row)) < 0.001;
}

Judgement RunJudge::judge(std::size_t place, bool in_full) {
    move_to(place);
    const Run& run = m_runs[place];
    Judgement judgement;
    if (!run.succeeded()) return judgement;
    const ClockPlace clock = clock_place(run.created_at, m_zone);
    const auto duration = run.duration();
    PastValues& durations = durations_like(run);
    if (duration && durations.size() >= enough_runs) {
        judgement.duration =
            compare_with(durations.comparable(clock), *duration, duration_floors, in_full);
    }
    if (run.operations > 0 && m_operations.size() >= enough_runs) {
        judgement.operations = compare_with(m_operations.comparable(clock), run.operations,
                                            operations_floors, in_full);
        const int direction = judgement.operations->direction;
        if (direction != 0) judgement.volume = direction > 0 ? Unusual::more : Unusual::fewer;
    }
    if (run.operations == 0) {
        judgement.empty = empty_run(place);
        if (judgement.empty->is_unusual()) judgement.volume = Unusual::empty;
    }
    const bool odd_pace = judgement.duration && judgement.duration->direction != 0;
    if (odd_pace || in_full) put_pace(judgement, run);
    return judgement;
}

void RunJudge::put_pace(Judgement& judgement, const Run& run) const {
    const auto duration = run.duration();
    if (duration && run.operations > 0) {
        judgement.micros_per_record =
            static_cast<double>(*duration) / static_cast<double>(run.operations);
        judgement.usual_micros_per_record = usual_micros_per_record();
    }
    if (!judgement.duration || judgement.duration->direction == 0) return;
    judgement.pace = judgement.duration->direction > 0 ? Unusual::slower : Unusual::faster;
    if (judgement.operations) {
        judgement.cause = cause_of(judgement.duration->factor(), judgement.operations->factor());
    }
    if (judgement.cause == Cause::records && judgement.volume) judgement.pace.reset();
}

std::optional<std::int64_t> RunJudge::usual_operations_with_empty() {
    std::vector<std::int64_t> known;
    for (std::size_t i = m_begin; i < m_end; ++i) {
        if (m_runs[i].succeeded() && m_runs[i].operations >= 0) {
            known.push_back(m_runs[i].operations);
        }
    }
    if (known.empty()) return std::nullopt;
    return query::median(std::move(known));
}

void RunJudge::move_to(std::size_t place) {
    const std::int64_t now = m_runs[place].created_at;
    const auto is_too_old = [&](std::size_t i) {
        return place - i > history_reach.runs || now - m_runs[i].created_at > history_reach.micros;
    };
    while (m_begin < m_end && is_too_old(m_begin)) take(m_runs[m_begin++], false);
    while (m_begin < place && m_begin == m_end && is_too_old(m_begin)) m_end = ++m_begin;
    while (m_end < place) take(m_runs[m_end++], true);
}

void RunJudge::take(const Run& run, bool comes) {
    if (!run.succeeded()) return;
    const ClockPlace clock = clock_place(run.created_at, m_zone);
    const auto put = [&](PastValues& values, std::int64_t value) {
        if (comes) {
            values.add(clock, value);
        } else {
            values.remove(clock, value);
        }
    };
    if (const auto duration = run.duration()) put(durations_like(run), *duration);
    if (run.operations > 0) put(m_operations, run.operations);
}

PastValues& RunJudge::durations_like(const Run& run) {
    return has_records(run) ? m_durations : m_durations_of_empty;
}

EmptyRun RunJudge::empty_run(std::size_t place) const {
    EmptyRun found;
    bool in_a_row = true;
    for (std::size_t i = place; i-- > m_begin;) {
        if (!m_runs[i].succeeded() || m_runs[i].operations < 0) continue;
        const bool empty = m_runs[i].operations == 0;
        in_a_row = in_a_row && empty;
        if (in_a_row) {
            ++found.in_a_row;
        } else {
            ++found.runs;
            found.empty += empty ? 1 : 0;
        }
    }
    return found;
}

std::optional<double> RunJudge::usual_micros_per_record() const {
    std::vector<double> known;
    known.reserve(m_end - m_begin);
    for (std::size_t i = m_begin; i < m_end; ++i) {
        const Run& run = m_runs[i];
        const auto duration = run.duration();
        if (!run.succeeded() || !duration || run.operations <= 0) continue;
        known.push_back(static_cast<double>(*duration) / static_cast<double>(run.operations));
    }
    if (known.size() < enough_runs) return std::nullopt;
    return query::median(std::move(known));
}

}  // namespace jobtally::judge
