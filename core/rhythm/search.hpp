// The schedule that explains a stretch of runs best.
#pragma once

#include "core/rhythm/evidence.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace jobtally::rhythm {

// The same runs on the two clocks that are tried.
class OnClocks {
  public:
    // `instants` are microseconds, ascending; `hidden` is as in downtime.hpp. What is referred to
    // must outlive this.
    OnClocks(std::span<const std::int64_t> instants, const time::Zone& local,
             std::span<const time::TimeSpan> hidden = {});
    OnClocks(const OnClocks&) = delete;
    OnClocks& operator=(const OnClocks&) = delete;

    Times utc() const { return {m_instants, m_instants, &m_utc, m_hidden}; }
    Times local() const {
        return is_one() ? utc() : Times{m_instants, m_walls, &m_local, m_hidden};
    }
    Times of(const time::Zone& clock) const { return clock.name() == "UTC" ? utc() : local(); }
    bool is_one() const { return m_walls.empty(); }
    std::size_t size() const { return m_instants.size(); }

  private:
    std::span<const std::int64_t> m_instants;
    std::span<const time::TimeSpan> m_hidden;
    const time::Zone& m_local;
    time::Zone m_utc;
    std::vector<std::int64_t> m_walls;
};

// Nats: two clocks closer than this can't be told apart.
inline constexpr double clocks_alike = 3;

struct Weighed {
    Candidate candidate;
    Evidence evidence;
    double gain = 0;  // nats over chance
};

struct Found {
    Weighed best;
    // Set where the best goes by the local clock and UTC explains the runs as well.
    std::optional<Weighed> other_clock{};
};

// The nats of the runs from `begin` to `end`, without what is missing before the first of them.
double nats_between(const OnClocks& runs, std::size_t begin, std::size_t end, const Weighed& found);
// Takes the other clock where the runs from `begin` on, to the newest, tell that it rules.
void choose_clock(Found& found, const OnClocks& runs, std::size_t begin);

// None where no schedule explains the runs [first, first + count) far better than chance does;
// `cost` nats more are asked of it. The count is at least 3.
std::optional<Found> search(const OnClocks& runs, std::size_t first, std::size_t count,
                            double cost = 0);
bool goes_by_a_clock(const Candidate& candidate);

}  // namespace jobtally::rhythm
