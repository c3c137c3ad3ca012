// What incidents are found in: the runs of all definitions, and the slots without one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::incidents {

enum class Kind : std::uint8_t { good, failed, missed, slow };

// A run, or the slots that passed without one. Times are microseconds; both are those of the first
// slot where there was no run. There is one for every run of a history, so it is kept small.
struct Moment {
    std::uint32_t definition = 0;
    Kind kind = Kind::good;
    std::int64_t created_at = 0;
    std::int64_t ended_at = 0;
    // Good: how many runs up to this one. Missed: slots. Failed: operations that failed, 0 and
    // more.
    std::int64_t count = 1;

    bool is_bad() const { return kind != Kind::good; }
};

// The places of moments by their end; of equal ends the lower place comes first. At most 2^32.
std::vector<std::uint32_t> places_by_end(std::span<const Moment> moments);

}  // namespace jobtally::incidents
