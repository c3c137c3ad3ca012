// Places successes into the gaps between failures, and walks the gaps.
#include "core/answers/streaks.hpp"

#include "core/query/id_order.hpp"

#include <algorithm>
#include <atomic>
#include <tuple>

namespace jobtally::answers {

// Goes through the failures and successes of one definition in their order.
class StreakFold::Walk {
  public:
    Walk(StreakFigures& streak, std::vector<Recoveries>& recoveries)
        : m_streak(streak), m_recoveries(recoveries) {}

    void failure(std::int64_t created_at) {
        if (m_streak.current == 0) m_streak.failing_since = created_at;
        m_streak.longest = std::max(m_streak.longest, ++m_streak.current);
    }
    void success(std::int64_t ended_at, std::int32_t group) {
        if (m_streak.current == 0) return;
        Recoveries& recoveries = m_recoveries[static_cast<std::size_t>(group)];
        ++recoveries.count;
        if (ended_at >= m_streak.failing_since) {
            ++recoveries.known;
            recoveries.micros += ended_at - m_streak.failing_since;
        }
        m_streak.current = 0;
        m_streak.failing_since = store::unknown_value;
    }

  private:
    StreakFigures& m_streak;
    std::vector<Recoveries>& m_recoveries;
};

void StreakFold::take_failures(const store::FactBatch& batch,
                               std::span<const std::int32_t> groups) {
    Event* const failures = m_failures.room(batch.size);
    std::size_t count = 0;
    for (std::size_t i = 0; i < batch.size; ++i) {
        if (batch.status[i] != model::Status::failure || batch.created_at[i] > m_last_created)
            continue;
        failures[count++] = {batch.created_at[i], 0, batch.sequence[i], batch.definition[i],
                             groups[i]};
    }
    m_failures.kept(count);
}

void StreakFold::take_successes(std::size_t worker, const store::FactBatch& batch,
                                std::span<const std::int32_t> groups) {
    auto& cursors = m_cursors[worker];
    for (std::size_t i = 0; i < batch.size; ++i) {
        if (batch.status[i] != model::Status::success) continue;
        const std::int64_t at = batch.created_at[i];
        if (at > m_last_created) continue;
        const auto definition = static_cast<std::size_t>(batch.definition[i]);
        const std::size_t gap = gap_of(definition, at, cursors[definition]);
        if (!may_matter(gap, at)) continue;
        const std::int64_t updated = batch.updated_at[i];
        const std::lock_guard lock(*m_lock);
        place_success(gap, {at, updated == store::unknown_value ? at : updated, batch.sequence[i],
                            batch.definition[i], groups[i]});
    }
}

void StreakFold::settle(const store::Store& store) {
    order_shared_times(store);
    for (std::size_t definition = 0; definition < m_definitions; ++definition) {
        walk_definition(definition);
    }
}

std::span<const std::int64_t> StreakFold::times_of(std::size_t definition) const {
    const std::size_t begin = m_begin[definition];
    return std::span(m_times).subspan(begin, m_begin[definition + 1] - begin);
}

std::size_t StreakFold::first_at_or_after(std::size_t definition, std::int64_t at) const {
    const auto times = times_of(definition);
    const auto found = std::lower_bound(times.begin(), times.end(), at);
    return m_begin[definition] + static_cast<std::size_t>(found - times.begin());
}

void StreakFold::sort_failures(std::size_t workers) {
    std::vector<std::size_t> place(m_definitions);
    m_failures.for_each(
        [&](const Event& failure) { ++place[static_cast<std::size_t>(failure.definition)]; });
    m_begin.assign(m_definitions + 1, 0);
    for (std::size_t i = 0; i < m_definitions; ++i) m_begin[i + 1] = m_begin[i] + place[i] + 2;
    m_times.resize(m_begin.back());
    place.assign(m_begin.begin(), m_begin.end() - 1);
    m_failures.for_each([&](const Event& failure) {
        m_times[++place[static_cast<std::size_t>(failure.definition)]] = failure.created_at;
    });
    for (std::size_t i = 0; i < m_definitions; ++i) {
        m_times[m_begin[i]] = INT64_MIN;
        m_times[m_begin[i + 1] - 1] = INT64_MAX;
        const auto begin = m_times.begin() + static_cast<std::ptrdiff_t>(m_begin[i]);
        const auto end = m_times.begin() + static_cast<std::ptrdiff_t>(m_begin[i + 1]);
        if (!std::is_sorted(begin, end)) std::sort(begin, end);
    }
    m_cursors.assign(workers, {m_begin.begin(), m_begin.end() - 1});
    m_lock = std::make_unique<std::mutex>();
    m_firsts.assign(m_times.size(), {INT64_MAX, 0, 0, 0, 0});
    m_shared.resize(m_times.size());
    m_streaks.resize(m_definitions);
    m_recoveries.resize(m_groups);
}

// The gap that holds a success of this time: after the last failure before it. Successes come
// nearly in order, so it is mostly the gap of the one before, which is the cursor, or the next.
std::size_t StreakFold::gap_of(std::size_t definition, std::int64_t at, std::size_t& cursor) const {
    if (at > m_times[cursor + 1]) ++cursor;
    if (at <= m_times[cursor] || at > m_times[cursor + 1])
        cursor = first_at_or_after(definition, at) - 1;
    return cursor;
}

// Nearly all successes come after one that is known to be earlier; they need no lock.
bool StreakFold::may_matter(std::size_t gap, std::int64_t at) {
    const std::atomic_ref first(m_firsts[gap].created_at);
    return at <= first.load(std::memory_order_relaxed) || at == m_times[gap + 1];
}

void StreakFold::place_success(std::size_t gap, const Event& success) {
    if (success.created_at == m_times[gap + 1]) {  // before or after that failure: the ids say
        m_shared[gap + 1] = 1;
        m_ordered.push_back({success, false});
        return;
    }
    Event& first = m_firsts[gap];
    if (success.created_at == first.created_at) {
        m_ordered.push_back({first, false});
        m_ordered.push_back({success, false});
    } else if (success.created_at < first.created_at) {
        std::atomic_ref(first.created_at).store(success.created_at, std::memory_order_relaxed);
        first.ended_at = success.ended_at;
        first.sequence = success.sequence;
        first.definition = success.definition;
        first.group = success.group;
    }
}

// A success no longer matters if an earlier one of the same gap was found after it.
bool StreakFold::leaves_order_open(const Event& success) const {
    const auto definition = static_cast<std::size_t>(success.definition);
    const std::size_t next = first_at_or_after(definition, success.created_at);
    return m_shared[next] || m_firsts[next - 1].created_at == success.created_at;
}

void StreakFold::order_shared_times(const store::Store& store) {
    std::erase_if(m_ordered,
                  [&](const Ordered& ordered) { return !leaves_order_open(ordered.event); });
    if (m_ordered.empty()) return;
    m_failures.for_each([&](const Event& failure) {
        const auto definition = static_cast<std::size_t>(failure.definition);
        const std::size_t place = first_at_or_after(definition, failure.created_at);
        if (m_shared[place]) m_ordered.push_back({failure, true});
    });
    query::sort_by_place_and_id(
        m_ordered, store,
        [](const Ordered& ordered) {
            return std::tuple(ordered.event.definition, ordered.event.created_at);
        },
        [](const Ordered& ordered) { return ordered.event.sequence; });
}

void StreakFold::walk_definition(std::size_t definition) {
    Walk walk(m_streaks[definition], m_recoveries);
    for (std::size_t i = m_begin[definition] + 1; i + 1 < m_begin[definition + 1]; ++i) {
        if (m_shared[i]) {
            walk_ordered(walk, definition, m_times[i]);
            while (m_times[i + 1] == m_times[i]) ++i;
        } else {
            walk.failure(m_times[i]);
        }
        const Event& first = m_firsts[i];
        if (first.created_at == INT64_MAX) continue;
        if (!walk_ordered(walk, definition, first.created_at)) {
            walk.success(first.ended_at, first.group);
        }
    }
}

// Definitions and times must be walked in the order of m_ordered. False if m_ordered has no event
// at this time. A success that is there twice counts once, because after the first there is no
// streak that it could end.
bool StreakFold::walk_ordered(Walk& walk, std::size_t definition, std::int64_t at) {
    const auto place = std::tuple(static_cast<std::int32_t>(definition), at);
    bool any = false;
    for (; m_next_ordered < m_ordered.size(); ++m_next_ordered) {
        const auto& [event, failed] = m_ordered[m_next_ordered];
        const auto own = std::tuple(event.definition, event.created_at);
        if (own > place) break;
        if (own < place) continue;
        any = true;
        if (failed) {
            walk.failure(event.created_at);
        } else {
            walk.success(event.ended_at, event.group);
        }
    }
    return any;
}

}  // namespace jobtally::answers
