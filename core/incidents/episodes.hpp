// Bad moments of a definition that follow each other.
#pragma once

#include "core/incidents/moment.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace jobtally::incidents {

inline constexpr std::uint32_t no_episode = UINT32_MAX;

// Slow ones apart from the others: [first, end).
struct Episode {
    std::size_t first, end;
    std::optional<std::int64_t> over_at;  // the end of the run that ended it
    bool is_used = false;
};

struct Episodes {
    std::vector<Episode> all;
    std::vector<std::uint32_t> of;  // of each moment, or no_episode
};

// `moments` are grouped by definition, and within by created_at.
Episodes episodes_of(std::span<const Moment> moments);

// Whether it was over before that time, by a run that is no failure.
bool was_over_before(std::int64_t micros, const Episode& episode, std::span<const Moment> moments);

}  // namespace jobtally::incidents
