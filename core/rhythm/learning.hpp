// The schedule that explains a stretch of runs best, and a history cut where another one does.
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
    // `instants` are microseconds, ascending. Both arguments must outlive this.
    OnClocks(std::span<const std::int64_t> instants, const time::Zone& local);
    OnClocks(const OnClocks&) = delete;
    OnClocks& operator=(const OnClocks&) = delete;

    Times utc() const { return {m_instants, m_instants, &m_utc}; }
    Times local() const { return is_one() ? utc() : Times{m_instants, m_walls, &m_local}; }
    Times of(const time::Zone& clock) const { return clock.name() == "UTC" ? utc() : local(); }
    bool is_one() const { return m_walls.empty(); }
    std::size_t size() const { return m_instants.size(); }

  private:
    std::span<const std::int64_t> m_instants;
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

// None where no schedule explains the runs [first, first + count) far better than chance does;
// `cost` nats more are asked of it. The count is at least 3.
std::optional<Found> search(const OnClocks& runs, std::size_t first, std::size_t count,
                            double cost = 0);
bool goes_by_a_clock(const Candidate& candidate);

// The runs [begin, end) follow one schedule, or none.
struct Regime {
    std::size_t begin = 0, end = 0;
    std::optional<Found> found{};
};

// From the oldest to the newest, without gaps, covering all runs; at least 3 runs.
// The cut is the one of the shortest description of all runs: dynamic programming over the
// schedules that explain some stretch of the history, where a change costs what it takes to name
// its place and the new schedule. After A. Viterbi, "Error Bounds for Convolutional Codes", IEEE
// Transactions on Information Theory 13 (1967), 260-269; nats as in evidence.hpp.
// `past` are the runs of the weeks up to the newest of `runs`, as in rests.hpp; it may be empty.
// The schedule that they tell is described with them, so that it costs nothing here, and the runs
// are taken to begin with it.
std::vector<Regime> regimes_of(const OnClocks& runs, const OnClocks& past);
// Of all runs, described by their regimes.
double nats_of(const OnClocks& runs, const std::vector<Regime>& regimes);

}  // namespace jobtally::rhythm
