// The kinds of rhythm that schedulers have, and what each plans: the times of every local day.
#pragma once

#include "tests/simulator/random.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace jobtally::simulator {

// The times of a day on the definition's clock, ascending, since its midnight.
using Plan = std::function<std::vector<Micros>(std::chrono::local_days)>;

struct Plans {
    Plan plan;
    std::optional<Plan> later{};  // where the schedule changes
};

// How the runs come of the slots.
enum class Shape : std::uint8_t {
    plain,
    fan_out,     // 2 to 5 runs a slot, within minutes
    retries,     // some runs fail and are started again within minutes
    tailed,      // after another job's end: a one-sided tail of delay
    after_last,  // so long after the last run began; there is no plan
    after_end,   // so long after the last run ended, which takes its time
    chance,      // no rhythm
};

enum class Life : std::uint8_t { steady, changed, to_local, paused, outage, retired };

enum class Clock : std::uint8_t { either, utc, local };

struct Kind {
    std::string_view name;
    int days = 0;                      // of history
    Plans (*draw)(Random&) = nullptr;  // null without a plan
    Shape shape = Shape::plain;
    Life life = Life::steady;
    Clock clock = Clock::either;
    double (*gap)(Random&) = nullptr;  // without a rhythm: the next gap, in means
    bool is_office = false;            // and then only in office hours

    bool has_rhythm() const { return shape != Shape::chance; }
    bool is_chain() const { return shape == Shape::after_last || shape == Shape::after_end; }
};

std::span<const Kind> all_kinds();

}  // namespace jobtally::simulator
