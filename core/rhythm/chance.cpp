// Log likelihoods of runs at random.
#include "core/rhythm/evidence.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace jobtally::rhythm {

namespace {

constexpr double shortest_gap = 1;         // seconds; to be more exact than that proves nothing
constexpr double widest_lognormal = 0.65;  // the least sigma of the random log-normal gaps

}  // namespace

double nats_a_gap(std::span<const std::int64_t> gaps, double least_lognormal) {
    const double count = static_cast<double>(gaps.size());
    double sum = 0, log_sum = 0, log_squares = 0;
    for (const std::int64_t micros : gaps) {
        const double gap = std::max(shortest_gap, static_cast<double>(micros) / second_micros);
        sum += gap;
        const double log = std::log(gap);
        log_sum += log;
        log_squares += log * log;
    }
    const double exponential = -std::log(sum / count) - 1;
    const double mean = log_sum / count;
    const double variance = std::max(0.0, log_squares / count - mean * mean);
    const double exact = shortest_gap * std::numbers::sqrt2 / std::exp(mean);  // of both its ends
    const double sigma = std::max({least_lognormal, exact, std::sqrt(variance)});
    const double lognormal =
        -mean - std::log(sigma * std::sqrt(2 * std::numbers::pi)) - variance / (2 * sigma * sigma);
    return std::max(exponential, lognormal);
}

namespace {

double nats_of_gaps(std::span<const std::int64_t> runs) {
    std::vector<std::int64_t> gaps;
    gaps.reserve(runs.size());
    for (std::size_t i = 1; i < runs.size(); ++i) gaps.push_back(runs[i] - runs[i - 1]);
    // The first run has no gap before it; it counts like one more average gap.
    const double count = static_cast<double>(runs.size());
    return count * nats_a_gap(gaps, widest_lognormal) - std::log(count);
}

// The rate at a time is the average rate, times the share of its hour among the hours of the day,
// times that of its weekday among the weekdays. Shares are learned run by run, from those before,
// so that learning them costs what it costs: R. Krichevsky, V. Trofimov, "The Performance of
// Universal Encoding", IEEE Transactions on Information Theory 27 (1981), 199-207.
// Wider parts of the day than an hour tell less and are learned sooner.
double nats_of_hours(const Times& runs, std::int64_t hours_a_part) {
    constexpr double prior = 0.5;  // runs that each part and each weekday is taken to have had
    std::vector<double> parts(static_cast<std::size_t>(24 / hours_a_part), prior);
    std::array<double, 7> weekdays{};
    weekdays.fill(prior);
    const double count_of_parts = static_cast<double>(parts.size());
    const double count = static_cast<double>(runs.size());
    const double span = std::max(
        1.0, static_cast<double>(runs.instants.back() - runs.instants.front()) / second_micros);
    // Shares tell something only once every hour, or weekday, has come more than once.
    const bool has_days = span > 2 * 86400, has_weeks = span > 14 * 86400;
    double nats = -count, before = 0;
    for (const std::int64_t wall : runs.walls) {
        const std::int64_t day = floor_divide(wall, day_micros);
        const std::int64_t part = (wall - day * day_micros) / hour_micros / hours_a_part;
        auto& of_part = parts[static_cast<std::size_t>(part)];
        auto& of_weekday = weekdays[static_cast<std::size_t>(weekday_of(day))];
        const double of_day =
            has_days ? count_of_parts * of_part / (before + count_of_parts * prior) : 1;
        const double of_week = has_weeks ? 7 * of_weekday / (before + 7 * prior) : 1;
        nats += std::log(count / span * of_day * of_week);
        of_part += 1, of_weekday += 1, before += 1;
    }
    return nats;
}

}  // namespace

double nats_of_chance(const Times& runs) {
    return std::max({nats_of_gaps(runs.instants), nats_of_hours(runs, 1), nats_of_hours(runs, 4),
                     nats_of_hours(runs, 12)});
}

}  // namespace jobtally::rhythm
