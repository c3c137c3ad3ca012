// Sums that can't overflow and means that are rounded once.
#pragma once

#include "core/time/instant.hpp"

#include <cstdint>
#include <optional>

namespace jobtally::query {

__extension__ using Wide = __int128;

// For counts of 0 and more: a sum beyond 2^63-1 stays there.
inline void add_count(std::int64_t& sum, std::int64_t count) {
    if (__builtin_add_overflow(sum, count, &sum)) sum = INT64_MAX;
}

inline std::int64_t clamped(Wide value) {
    if (value > INT64_MAX) return INT64_MAX;
    return value < INT64_MIN ? INT64_MIN : static_cast<std::int64_t>(value);
}

// sum / count in whole microseconds, halves away from zero; none of nothing.
inline std::optional<time::Duration> mean_duration(Wide sum, std::int64_t count) {
    if (count == 0) return std::nullopt;
    const Wide half = count / 2;
    return time::Duration{clamped((sum < 0 ? sum - half : sum + half) / count)};
}

}  // namespace jobtally::query
