// Invented definitions whose truth is known: what was planned, what ran, what of it was reported.
// Nothing here looks at how the learner works; it shares with it only the calendar of core/time.
#pragma once

#include "core/time/zone.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::simulator {

using Random = std::mt19937_64;
using Micros = std::int64_t;
inline constexpr Micros second = 1'000'000, minute = 60 * second, hour = 60 * minute,
                        day = 24 * hour;

enum class Kind : std::uint8_t {
    quarter_hourly,
    hourly,
    every_four_hours,
    times_a_day,  // two to five, at any minute
    daily,
    weekdays,
    weekly,
    first_of_month,
    last_of_month,
    office_hours,    // hourly from Monday to Friday, 08 to 18
    after_the_last,  // so long after the last run began: no clock
    poisson,
    heavy_tailed,
    uniform_gaps,    // from nothing to twice the mean
    bursts,          // some close together, then nothing for long
    office_poisson,  // at random moments of working days
};
// Each must reach the bar by itself.
inline constexpr Kind rhythms[] = {
    Kind::quarter_hourly, Kind::hourly,        Kind::every_four_hours, Kind::times_a_day,
    Kind::daily,          Kind::weekdays,      Kind::weekly,           Kind::first_of_month,
    Kind::last_of_month,  Kind::after_the_last};
// Nobody can know on the first evening that the night is off.
inline constexpr Kind hard_rhythms[] = {Kind::office_hours};
inline constexpr Kind random_kinds[] = {Kind::poisson, Kind::heavy_tailed, Kind::uniform_gaps,
                                        Kind::bursts, Kind::office_poisson};
std::string_view name_of(Kind kind);

enum class Jitter : std::uint8_t { seconds, minutes, tail, third };
std::string_view name_of(Jitter jitter);

struct PlannedRun {
    Micros slot = 0;        // when it should begin
    Micros created_at = 0;  // when it began, if it did
    Micros arrives_at = 0;  // created_at and its duration
    bool ran = false;       // false: skipped, paused, or the definition was dead by then
    bool is_lost = false;   // it ran, but its report came while the listener was down
    bool is_extra = false;  // someone started it by hand: it was not planned
};

struct Definition {
    Kind kind = Kind::daily;
    Jitter jitter = Jitter::seconds;
    time::Zone clock;  // that its times are on
    std::string name;
    std::string later_name;        // renamed half-way where it differs
    std::vector<PlannedRun> runs;  // by slot; extras by created_at
    Micros normal_lag = 0;         // 999 of 1000 reports come sooner after their slot
    Micros typical = 0;            // from slot to slot
};

struct Downtime {
    Micros from = 0, to = 0;
};

// All of it follows from the random numbers. `local` is the clock of half of the definitions, the
// others are on UTC. All end at about 2026-11-20, with clock changes on the way.
Definition make_definition(Kind kind, Random& random, const time::Zone& local,
                           const std::vector<Downtime>& down);
std::vector<Downtime> make_downtimes(Random& random);

}  // namespace jobtally::simulator
