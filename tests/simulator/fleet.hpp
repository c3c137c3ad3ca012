// Invented definitions whose truth is known: what was planned, what ran, what of it was reported.
// Nothing here looks at how the learner works; it shares with it only the time zones of core/time.
#pragma once

#include "core/time/zone.hpp"
#include "tests/simulator/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::simulator {

enum class Jitter : std::uint8_t { seconds, minutes, tail, third };
std::string_view name_of(Jitter jitter);

struct Slot {
    Micros at = 0;
    Micros arrives_at = 0;  // when its first report came, or would have come
    Micros settled_at = 0;  // when its last one came
    bool ran = true;        // false: skipped, or amid a pause
    bool is_lost = false;   // no report came of it, or would have come: the listener was down
};

struct SimulatedRun {
    Micros created_at = 0;
    Micros arrives_at = 0;
    Micros slot = 0;       // that it belongs to; created_at where someone started it by hand
    bool is_lost = false;  // its report came while the listener was down
    bool failed = false;
};

struct Span {
    Micros from = 0, to = 0;
    bool overlaps(Micros begin, Micros end) const { return begin < to && from <= end; }
};

struct Definition {
    const Kind* kind = nullptr;
    Jitter jitter = Jitter::seconds;
    time::Zone clock;  // that its times are on
    std::string id;
    std::string name, later_name;    // renamed half-way where they differ
    std::vector<Slot> slots;         // in their order; of a chain, those after the runs that it had
    std::vector<SimulatedRun> runs;  // by created_at
    std::vector<Micros> abandoned;   // the slots that the schedule of before would have had
    std::optional<Micros> changed_at, retired_at;
    Micros normal_lag = 0;  // 999 of 1000 first reports come sooner after their slot
    Micros typical = 0;     // the median distance of slots
    Micros longest = 0;     // the greatest one

    // A job that has been silent for longer counts as ended. Slow kinds are given more time,
    // because their typical distance can be understood in several ways.
    Micros ends_after() const;
};

struct Fleet {
    time::Zone zone;
    std::vector<Span> down;  // when no report could arrive
    std::vector<Definition> definitions;
    Micros end = 0;  // of all histories
};

// All of it follows from the seed; equally many definitions of each kind whose name holds `only`.
// Every other fleet has a listener that is sometimes down.
Fleet make_fleet(std::uint64_t seed, int definitions, std::string_view only);

}  // namespace jobtally::simulator
