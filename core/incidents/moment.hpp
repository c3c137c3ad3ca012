// What incidents are found in: the runs of all definitions, and the slots without one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::incidents {

enum class Kind : std::uint8_t { good, failed, missed, slow };

// A run, or a slot that passed without one, which ends when a run of usual length would have. Times
// are microseconds. There is one for every run of a history, so it is kept small.
struct Moment {
    std::uint32_t definition = 0;
    Kind kind = Kind::good;
    std::int64_t created_at = 0;
    std::int64_t ended_at = 0;
    // Good: how many runs up to this one. Missed: slots up to this one. Failed: operations that
    // failed, 0 and more.
    std::int64_t count = 1;

    bool is_bad() const { return kind != Kind::good; }
};

// The places of moments by their end; of equal ends the lower place comes first. At most 2^32.
std::vector<std::uint32_t> places_by_end(std::span<const Moment> moments);

// Moments in the order of their ends. What scans look at most is together, so that they need not
// look for each moment elsewhere.
class MomentsByEnd {
  public:
    struct Step {
        std::uint32_t definition : 30, is_bad : 1;
        std::uint32_t follows_a_bad_one : 1;  // of its definition
    };
    // `moments` are grouped by definition, which are fewer than 2^30, and must outlive this.
    explicit MomentsByEnd(std::span<const Moment> moments);

    std::size_t size() const { return m_places.size(); }
    std::size_t place(std::size_t at) const { return m_places[at]; }
    Step step(std::size_t at) const { return m_steps[at]; }
    std::int64_t ended_at(std::size_t at) const { return m_moments[m_places[at]].ended_at; }
    // The first that ended after that time.
    std::size_t after(std::int64_t micros) const;

  private:
    std::span<const Moment> m_moments;
    std::vector<std::uint32_t> m_places;
    std::vector<Step> m_steps;
};

}  // namespace jobtally::incidents
