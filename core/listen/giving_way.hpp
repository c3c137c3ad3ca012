// Decides which connection is closed for another one when all places are taken.
#pragma once

#include "core/listen/stage.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace jobtally::listen {

// What a connection that holds a place is doing, and since when.
struct Occupant {
    std::uint64_t session = 0;  // its number
    Phase phase = Phase::idle;
    Stage::Clock::time_point since;

    // True if nothing of a request has come, or if its head is still incomplete after a second,
    // which does not happen to honest senders.
    bool gives_way(Stage::Clock::time_point now) const {
        return is_idle(phase) || (phase == Phase::head && now - since > std::chrono::seconds(1));
    }
    // Those that have sent nothing go first, and among equals the one that has been there longest.
    bool goes_before(const Occupant& other) const {
        if (is_idle(phase) != is_idle(other.phase)) return is_idle(phase);
        return since < other.since;
    }
};

// The number of the session to close; none where no one gives way.
inline std::optional<std::uint64_t> who_gives_way(const std::vector<Occupant>& occupants,
                                                  Stage::Clock::time_point now) {
    const Occupant* first = nullptr;
    for (const auto& one : occupants) {
        if (one.gives_way(now) && (first == nullptr || one.goes_before(*first))) first = &one;
    }
    return first == nullptr ? std::nullopt : std::optional(first->session);
}

}  // namespace jobtally::listen
