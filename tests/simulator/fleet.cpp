// Plans slots on a calendar, lets chance run them.
#include "tests/simulator/fleet.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace jobtally::simulator {

namespace {

using std::chrono::days;
using std::chrono::local_days;

constexpr local_days last_day{std::chrono::year{2026} / 11 / 20};

double chance(Random& random) {
    return std::uniform_real_distribution<double>(0, 1)(random);
}
bool happens(Random& random, double probability) {
    return chance(random) < probability;
}
Micros between(Random& random, Micros low, Micros high) {
    return low + static_cast<Micros>(chance(random) * static_cast<double>(high - low));
}
Micros scaled(Micros length, double by) {
    return static_cast<Micros>(static_cast<double>(length) * by);
}

Micros instant(const time::Zone& clock, local_days on, Micros time_of_day) {
    const time::LocalTime wall{on.time_since_epoch() + time::Duration{time_of_day}};
    return time::micros(clock.to_utc(wall));
}

// How many days of history a kind gets, and how far apart its runs are.
struct Scale {
    int days;
    Micros typical;
};

Scale scale_of(Kind kind) {
    switch (kind) {
        case Kind::quarter_hourly:
            return {12, 15 * minute};
        case Kind::hourly:
            return {40, hour};
        case Kind::every_four_hours:
            return {150, 4 * hour};
        case Kind::times_a_day:
            return {250, 5 * hour};
        case Kind::daily:
            return {500, day};
        case Kind::weekdays:
            return {500, day};
        case Kind::weekly:
            return {1000, 7 * day};
        case Kind::first_of_month:
        case Kind::last_of_month:
            return {1800, 30 * day};
        case Kind::office_hours:
            return {90, hour};
        case Kind::after_the_last:
            return {120, 7 * hour};
        case Kind::poisson:
        case Kind::heavy_tailed:
        case Kind::uniform_gaps:
        case Kind::bursts:
        case Kind::office_poisson:
            return {200, day};
    }
    return {200, day};
}

// Slots at given times of the days that `is_on` accepts.
template <class IsOn>
std::vector<Micros> on_days(const Definition& definition, local_days first,
                            const std::vector<Micros>& times, IsOn is_on) {
    std::vector<Micros> slots;
    for (auto on = first; on <= last_day; on += days{1}) {
        if (!is_on(on)) continue;
        for (const Micros at : times) slots.push_back(instant(definition.clock, on, at));
    }
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    return slots;
}

std::vector<Micros> even_times(Micros first, Micros step, Micros end = day) {
    std::vector<Micros> times;
    for (Micros at = first; at < end; at += step) times.push_back(at);
    return times;
}

std::vector<Micros> scattered_times(Random& random) {
    const int count = static_cast<int>(between(random, 2, 6));
    std::vector<Micros> times;
    while (static_cast<int>(times.size()) < count) {
        const Micros at = between(random, 0, 24 * 12) * 5 * minute;
        const auto is_near = [&](Micros other) {
            const Micros apart = std::abs(at - other);
            return std::min(apart, day - apart) < 3 * hour;
        };
        if (std::none_of(times.begin(), times.end(), is_near)) times.push_back(at);
    }
    return times;
}

std::vector<Micros> planned_slots(const Definition& definition, Random& random) {
    const auto every_day = [](local_days) { return true; };
    const auto working = [](local_days on) {
        const std::chrono::weekday weekday{on};
        return weekday != std::chrono::Saturday && weekday != std::chrono::Sunday;
    };
    const auto first = last_day - days{scale_of(definition.kind).days};
    const Micros at = between(random, 0, 24 * 60) * minute;
    switch (definition.kind) {
        case Kind::quarter_hourly:
            return on_days(definition, first, even_times(at % (15 * minute), 15 * minute),
                           every_day);
        case Kind::hourly:
            return on_days(definition, first, even_times(at % hour, hour), every_day);
        case Kind::every_four_hours:
            return on_days(definition, first, even_times(at % (4 * hour), 4 * hour), every_day);
        case Kind::times_a_day:
            return on_days(definition, first, scattered_times(random), every_day);
        case Kind::weekdays:
            return on_days(definition, first, {at}, working);
        case Kind::office_hours:
            return on_days(definition, first, even_times(8 * hour + at % hour, hour, 18 * hour),
                           working);
        case Kind::weekly: {
            const auto weekday = std::chrono::weekday{static_cast<unsigned>(at / minute % 7)};
            return on_days(definition, first, {at},
                           [&](local_days on) { return std::chrono::weekday{on} == weekday; });
        }
        case Kind::first_of_month:
            return on_days(definition, first, {at}, [](local_days on) {
                return std::chrono::year_month_day{on}.day() == std::chrono::day{1};
            });
        case Kind::last_of_month:
            return on_days(definition, first, {at}, [](local_days on) {
                return std::chrono::year_month_day{on + days{1}}.day() == std::chrono::day{1};
            });
        default:
            return on_days(definition, first, {at}, every_day);
    }
}

Micros jitter_of(const Definition& definition, Random& random) {
    const Micros typical = definition.typical;
    switch (definition.jitter) {
        case Jitter::seconds:
            return between(random, 0, 5 * second);
        case Jitter::minutes:
            return between(random, 0, std::min(scaled(typical, 0.05), 20 * minute));
        case Jitter::tail: {
            const double mean = static_cast<double>(std::min(scaled(typical, 0.01), 5 * minute));
            return static_cast<Micros>(std::exponential_distribution<double>(1 / mean)(random));
        }
        case Jitter::third:
            return between(random, 0, std::min(typical / 3, 8 * hour));
    }
    return 0;
}

// Log-normal about a median.
struct Duration {
    Micros median;
    double sigma;
    Micros draw(Random& random) const {
        return scaled(median, std::lognormal_distribution<double>(0, sigma)(random));
    }
};

Duration duration_of(const Definition& definition, Random& random) {
    const Micros longest = std::min(scaled(definition.typical, 0.03), hour);
    return {between(random, std::min(longest, 2 * second), longest), 0.1 + 0.3 * chance(random)};
}

void lose(PlannedRun& run, const std::vector<Downtime>& down) {
    for (const auto& span : down) {
        if (run.arrives_at >= span.from && run.arrives_at < span.to) run.is_lost = true;
    }
}

// Stretches of slots in which nothing ran: pauses, a season, the end.
void take_breaks(std::vector<PlannedRun>& runs, Random& random) {
    const auto stop = [&](std::size_t from, std::size_t count) {
        for (std::size_t i = from; i < std::min(runs.size(), from + count); ++i) {
            runs[i].ran = false;
        }
    };
    const auto somewhere = [&] {
        return static_cast<std::size_t>(between(random, 0, static_cast<Micros>(runs.size())));
    };
    if (happens(random, 0.3)) {  // drawn one by one: compilers evaluate arguments in other orders
        const auto count = static_cast<std::size_t>(between(random, 3, 40));
        stop(somewhere(), count);
    }
    if (happens(random, 0.3)) {  // the last quarter or less: it has died
        const auto from = runs.size() - runs.size() / 4 * somewhere() / runs.size();
        stop(from, runs.size());
    }
    if (!happens(random, 0.2)) return;
    for (auto& run : runs) {  // Christmas
        const auto date = std::chrono::year_month_day{
            std::chrono::floor<days>(time::instant_from_micros(run.slot))};
        const auto of_year =
            static_cast<unsigned>(date.month()) * 100 + static_cast<unsigned>(date.day());
        if (of_year >= 1222 || of_year <= 103) run.ran = false;
    }
}

void start_by_hand(std::vector<PlannedRun>& runs, const Definition& definition,
                   const Duration& duration, double share, Random& random) {
    const std::size_t planned = runs.size();
    for (std::size_t i = 0; i < planned; ++i) {
        if (!runs[i].ran || !happens(random, share)) continue;
        PlannedRun extra;
        extra.created_at = runs[i].created_at + between(random, 0, definition.typical);
        extra.slot = extra.created_at;
        extra.arrives_at = extra.created_at + duration.draw(random);
        extra.ran = extra.is_extra = true;
        runs.push_back(extra);
    }
    std::sort(runs.begin(), runs.end(),
              [](const PlannedRun& a, const PlannedRun& b) { return a.slot < b.slot; });
}

bool is_rhythm(Kind kind) {
    return std::find(std::begin(random_kinds), std::end(random_kinds), kind) ==
           std::end(random_kinds);
}

std::vector<Micros> random_times(const Definition& definition, Random& random) {
    const Micros end = instant({}, last_day, 0);
    Micros at = instant({}, last_day - days{scale_of(definition.kind).days}, 0);
    const double mean = static_cast<double>(definition.typical);
    std::vector<Micros> times;
    while (at < end) {
        double gap = mean * -std::log(1 - chance(random));  // poisson
        if (definition.kind == Kind::heavy_tailed) {
            gap = mean * std::lognormal_distribution<double>(-1, 1.4)(random);
        } else if (definition.kind == Kind::uniform_gaps) {
            gap = mean * 2 * chance(random);
        } else if (definition.kind == Kind::bursts) {
            gap = happens(random, 0.75) ? gap / 50 : gap * 3;
        }
        at += static_cast<Micros>(gap);
        const auto on = std::chrono::floor<days>(time::instant_from_micros(at));
        const Micros of_day = at - time::micros(time::Instant{on});
        const unsigned weekday = std::chrono::weekday{on}.iso_encoding();
        const bool office = weekday <= 5 && of_day >= 8 * hour && of_day < 18 * hour;
        if (definition.kind == Kind::office_poisson && !office) continue;
        times.push_back(at);
    }
    return times;
}

void run_at_random(Definition& definition, Random& random) {
    // From a few minutes to some days apart, and history to match.
    definition.typical = scaled(hour, std::exp(between(random, 0, 1000) / 1000.0 * 4));
    if (definition.kind == Kind::office_poisson) definition.typical /= 3;
    const Duration duration = duration_of(definition, random);
    for (const Micros at : random_times(definition, random)) {
        definition.runs.push_back({at, at, at + duration.draw(random), true, false, true});
    }
}

// So long after the last run began, each time with its own delay; what is skipped shifts all.
std::vector<Micros> chained_slots(Definition& definition, Random& random) {
    definition.typical = scaled(hour, 2 + 20 * chance(random));
    std::vector<Micros> slots;
    Micros at = instant({}, last_day - days{scale_of(definition.kind).days}, 0);
    while (at < instant({}, last_day, 0)) {
        slots.push_back(at);
        at += definition.typical + jitter_of(definition, random);
    }
    return slots;
}

Micros normal_lag_of(const Definition& definition, const Duration& duration, Random& random) {
    std::vector<Micros> lags(4000);
    for (auto& lag : lags) {
        lag = duration.draw(random);
        lag += jitter_of(definition, random);
    }
    std::sort(lags.begin(), lags.end());
    return lags[lags.size() * 999 / 1000];
}

}  // namespace

std::string_view name_of(Kind kind) {
    constexpr std::string_view names[] = {
        "every 15 minutes", "hourly",  "every 4 hours",      "2 to 5 times a day", "daily",
        "weekdays",         "weekly",  "first of the month", "last of the month",  "office hours",
        "after the last",   "poisson", "heavy-tailed",       "uniform gaps",       "bursts",
        "office poisson"};
    return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Jitter jitter) {
    constexpr std::string_view names[] = {"seconds", "minutes", "long tail", "a third"};
    return names[static_cast<std::size_t>(jitter)];
}

Definition make_definition(Kind kind, Random& random, const time::Zone& local,
                           const std::vector<Downtime>& down) {
    Definition definition;
    definition.kind = kind;
    definition.typical = scale_of(kind).typical;
    definition.name = fmt::format("{} {}", name_of(kind), random() % 100000);
    definition.later_name = definition.name + (happens(random, 0.2) ? " (new)" : "");
    if (happens(random, 0.5)) definition.clock = local;
    definition.jitter = static_cast<Jitter>(between(random, 0, 4));
    if (!is_rhythm(kind)) {
        run_at_random(definition, random);
        for (auto& run : definition.runs) lose(run, down);
        return definition;
    }
    const bool is_chained = kind == Kind::after_the_last;
    if (is_chained && definition.jitter == Jitter::third) definition.jitter = Jitter::minutes;
    const auto slots =
        is_chained ? chained_slots(definition, random) : planned_slots(definition, random);
    const Duration duration = duration_of(definition, random);
    const double skipped = happens(random, 0.6) ? 0.05 : 0.005;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        PlannedRun run;
        run.slot = slots[i];
        // A chain's next slot already has the delay in it.
        run.created_at = slots[i] + (is_chained ? 0 : jitter_of(definition, random));
        run.arrives_at = run.created_at + duration.draw(random);
        run.ran = !happens(random, skipped);
        definition.runs.push_back(run);
    }
    take_breaks(definition.runs, random);
    if (!is_chained) {
        start_by_hand(definition.runs, definition, duration, happens(random, 0.3) ? 0.02 : 0,
                      random);
    }
    for (auto& run : definition.runs) lose(run, down);
    definition.normal_lag = normal_lag_of(definition, duration, random);
    return definition;
}

std::vector<Downtime> make_downtimes(Random& random) {
    std::vector<Downtime> down;
    Micros at = instant({}, last_day - days{1800}, 0);
    while (at < instant({}, last_day, 0)) {
        at += between(random, 5 * day, 60 * day);
        const Micros length = happens(random, 0.7) ? between(random, 10 * second, 10 * minute)
                                                   : between(random, hour, 30 * hour);
        down.push_back({at, at + length});
        at += length;
    }
    return down;
}

}  // namespace jobtally::simulator
