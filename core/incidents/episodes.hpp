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

    // Makes an episode of what was before that moment of its own.
    void cut_before(std::size_t moment);
    // What is bad within an incident is part of it, unless it goes on after that; what was before
    // the incident is not. False where it is used already, or not part of it.
    bool use(std::size_t moment, std::int64_t began_at, std::int64_t last_bad_at,
             std::span<const Moment> moments);
};

// `moments` are grouped by definition, and within by created_at.
Episodes episodes_of(std::span<const Moment> moments);

// When the last of them ended, which need not have begun last.
std::int64_t last_end(const Episode& episode, std::span<const Moment> moments);

// Whether it was over before that time, by a run that is no failure.
bool was_over_before(std::int64_t micros, const Episode& episode, std::span<const Moment> moments);

}  // namespace jobtally::incidents
