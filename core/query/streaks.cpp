// Places successes into the gaps between failures, and walks the gaps.
#include "core/query/streaks.hpp"

#include "core/query/id_order.hpp"

#include <algorithm>
#include <tuple>

namespace jobtally::query {

// Goes through the failures and successes of one definition in their order.
class StreakFold::Walk {
  public:
    Walk(Streak& streak, std::vector<Recoveries>& recoveries)
        : m_streak(streak), m_recoveries(recoveries) {}

    void failure(std::int64_t created_at) {
        if (m_streak.current == 0) m_streak.failing_since = created_at;
        m_streak.longest = std::max(m_streak.longest, ++m_streak.current);
    }
    void success(std::int64_t ended_at, std::int32_t group) {
        if (m_streak.current == 0) return;
        Recoveries& recoveries = m_recoveries[static_cast<std::size_t>(group)];
        ++recoveries.count;
        recoveries.micros += ended_at - m_streak.failing_since;
        m_streak.current = 0;
        m_streak.failing_since = store::unknown_value;
    }

  private:
    Streak& m_streak;
    std::vector<Recoveries>& m_recoveries;
};

StreakFold::StreakFold(std::size_t definitions, std::size_t groups)
    : m_begin(definitions + 1), m_tied(definitions), m_streaks(definitions), m_recoveries(groups) {}

void StreakFold::take(const store::FactBatch& batch, std::span<const std::int32_t> groups) {
    // Room for all of them first: looking at it in each push_back costs more than the copy.
    const auto room = [&](std::vector<Event>& events, model::Status status) {
        const std::size_t had = events.size();
        events.resize(had + static_cast<std::size_t>(
                                std::count(batch.status.begin(), batch.status.end(), status)));
        return events.data() + had;
    };
    Event* failure = room(m_failures, model::Status::failure);
    Event* success = room(m_successes, model::Status::success);
    for (std::size_t i = 0; i < batch.size; ++i) {
        if (!model::is_finished(batch.status[i])) continue;
        const std::int64_t updated = batch.updated_at[i];
        Event*& to = batch.status[i] == model::Status::success ? success : failure;
        *to++ = {batch.created_at[i],
                 updated == store::unknown_value ? batch.created_at[i] : updated, batch.sequence[i],
                 batch.definition[i], groups[i]};
    }
}

void StreakFold::settle(const store::Store& store) {
    sort_failures();
    place_successes();
    for (std::size_t definition = 0; definition < m_streaks.size(); ++definition) {
        if (!m_tied[definition]) walk_gaps(definition);
    }
    walk_tied(store);
}

void StreakFold::sort_failures() {
    std::vector<std::size_t> count(m_streaks.size());
    for (const Event& failure : m_failures) ++count[static_cast<std::size_t>(failure.definition)];
    for (std::size_t i = 0; i < count.size(); ++i) m_begin[i + 1] = m_begin[i] + count[i] + 2;
    m_times.resize(m_begin.back());
    m_cursor.resize(count.size());
    for (std::size_t i = 0; i < count.size(); ++i) {
        m_times[m_begin[i]] = INT64_MIN;
        m_times[m_begin[i + 1] - 1] = INT64_MAX;
        m_cursor[i] = m_begin[i];
    }
    for (const Event& failure : m_failures) {
        m_times[++m_cursor[static_cast<std::size_t>(failure.definition)]] = failure.created_at;
    }
    for (std::size_t i = 0; i < count.size(); ++i) {
        const auto begin = m_times.begin() + static_cast<std::ptrdiff_t>(m_begin[i]);
        const auto end = m_times.begin() + static_cast<std::ptrdiff_t>(m_begin[i + 1]);
        if (!std::is_sorted(begin, end)) std::sort(begin, end);
        m_cursor[i] = m_begin[i];
    }
    m_firsts.resize(m_times.size());
}

// The gap whose times the success lies between. Successes come nearly in order, so it is mostly the
// last one's gap or the next.
std::size_t StreakFold::gap_of(const Event& success) {
    const auto definition = static_cast<std::size_t>(success.definition);
    const std::int64_t at = success.created_at;
    std::size_t gap = m_cursor[definition];
    if (at > m_times[gap] && at >= m_times[gap + 1]) ++gap;
    if (at <= m_times[gap] || at >= m_times[gap + 1]) {
        const auto begin = m_times.begin() + static_cast<std::ptrdiff_t>(m_begin[definition]);
        const auto end = m_times.begin() + static_cast<std::ptrdiff_t>(m_begin[definition + 1]);
        gap = static_cast<std::size_t>(std::lower_bound(begin, end, at) - m_times.begin()) - 1;
    }
    m_cursor[definition] = gap;
    return gap;
}

void StreakFold::place_successes() {
    for (const Event& success : m_successes) {
        const std::size_t gap = gap_of(success);
        First& first = m_firsts[gap];
        const bool tied =
            success.created_at == m_times[gap + 1] || success.created_at == first.created_at;
        if (tied) m_tied[static_cast<std::size_t>(success.definition)] = 1;
        if (success.created_at < first.created_at) {
            first = {success.created_at, success.ended_at, success.group};
        }
    }
}

void StreakFold::walk_gaps(std::size_t definition) {
    Walk walk(m_streaks[definition], m_recoveries);
    for (std::size_t i = m_begin[definition] + 1; i + 1 < m_begin[definition + 1]; ++i) {
        walk.failure(m_times[i]);
        const First& first = m_firsts[i];
        if (first.created_at != INT64_MAX) walk.success(first.ended_at, first.group);
    }
}

void StreakFold::walk_tied(const store::Store& store) {
    std::vector<Ordered> events;
    const auto gather = [&](const std::vector<Event>& from, bool failed) {
        for (const Event& event : from) {
            if (m_tied[static_cast<std::size_t>(event.definition)])
                events.push_back({event, failed});
        }
    };
    gather(m_failures, true);
    gather(m_successes, false);
    sort_by_place_and_id(
        events, store,
        [](const Ordered& ordered) {
            return std::tuple(ordered.event.definition, ordered.event.created_at);
        },
        [](const Ordered& ordered) { return ordered.event.sequence; });
    for (const Ordered& ordered : events) {
        const Event& event = ordered.event;
        Walk walk(m_streaks[static_cast<std::size_t>(event.definition)], m_recoveries);
        if (ordered.failed) {
            walk.failure(event.created_at);
        } else {
            walk.success(event.ended_at, event.group);
        }
    }
}

}  // namespace jobtally::query
