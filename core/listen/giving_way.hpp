// Decides which connection is closed for another one when all places are taken.
#pragma once

#include "core/listen/sockets/channel.hpp"
#include "core/listen/stage.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace jobtally::listen {

// That of the stage; but under TLS who has not begun the handshake is silent, and who has done it,
// or has sent a part of a record, has sent a part of a head.
inline Phase phase_of(const Stage& stage, const Channel& channel, bool is_fresh) {
    if (stage.phase() == Phase::opening && !channel.has_begun()) return Phase::idle;
    if (stage.phase() != Phase::idle) return stage.phase();
    const bool is_half = channel.has_half_record() || (is_fresh && channel.has_begun());
    return is_half ? Phase::head : Phase::idle;
}

// What a connection that holds a place is doing, and since when.
struct Occupant {
    using Time = Stage::Clock::time_point;
    enum class Rank { answered, half_head, silent, opening, stays };

    std::uint64_t session = 0;  // its number
    Phase phase = Phase::idle;
    Time since;
    bool is_fresh = true;  // it has not had an answer yet

    // Each has the time that an honest peer takes at most. That is a moment for the first bytes,
    // which come right behind the connection; for taking the last answer; and for bytes that have
    // been read but not looked at. Longer ones would keep those waiting who stand behind a crowd of
    // silent peers. It is a second for a head, and `handshake` for the opening.
    Rank rank(Time now, std::chrono::milliseconds handshake) const {
        constexpr std::chrono::milliseconds moment{100};
        const auto age = now - since;
        const bool is_answered = phase == Phase::lingering || (phase == Phase::idle && !is_fresh);
        if (is_answered && age > moment) return Rank::answered;
        if (phase == Phase::head && age > std::chrono::seconds(1)) return Rank::half_head;
        if (phase == Phase::idle && age > moment) return Rank::silent;
        if (phase == Phase::opening && age > handshake) return Rank::opening;
        return Rank::stays;
    }
};

// The number of the session to close: of the first rank that is there, the one that has stood
// longest. `has_input(number)` says whether bytes wait in its socket: then it stays, unless they
// come after its last answer. None where no one gives way.
template <class HasInput>
std::optional<std::uint64_t> who_gives_way(const std::vector<Occupant>& occupants,
                                           Occupant::Time now, std::chrono::milliseconds handshake,
                                           HasInput has_input) {
    using Rank = Occupant::Rank;
    struct Candidate {
        Rank rank;
        const Occupant* occupant;
    };
    std::vector<Candidate> candidates;
    for (const auto& one : occupants) {
        const auto rank = one.rank(now, handshake);
        if (rank != Rank::stays) candidates.push_back({rank, &one});
    }
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
        return a.rank != b.rank ? a.rank < b.rank : a.occupant->since < b.occupant->since;
    });
    for (const auto& [rank, one] : candidates) {
        if (one->phase == Phase::lingering || !has_input(one->session)) return one->session;
    }
    return std::nullopt;
}

// What the access log says of the connection that is closed.
inline const char* why_it_gives_way(Phase phase, bool is_fresh) {
    if (phase == Phase::head)
        return "it gave way to another connection before its head was complete";
    return is_fresh ? "it gave way to another connection; it had sent nothing"
                    : "it gave way to another connection after its answer";
}

}  // namespace jobtally::listen
