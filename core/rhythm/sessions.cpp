// Cuts the gaps, in the order of their lengths, where the next one is so many times longer.
#include "core/rhythm/sessions.hpp"

#include "core/rhythm/evidence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace jobtally::rhythm {

namespace {

constexpr double least_ratio = 4;      // of the shortest gap between sessions to the longest within
constexpr double least_within = 0.08;  // the share of the gaps that lie within sessions
constexpr double odd_gaps = 0.05;      // the share of the gaps that may lie between
constexpr std::size_t least_count = 2;  // of gaps between sessions, and of sessions
constexpr std::int64_t longest_within = 3 * hour_micros;
// So close together people plan no two runs; farther apart they may be two times of a day.
constexpr std::int64_t longest_in_a_fan = hour_micros / 12;
constexpr std::int64_t most_of_the_time = 5;  // a session takes a fifth of its interval at most
constexpr std::int64_t most_of_a_fan = 3;     // ... and a fan-out a third

double ratio_of(std::int64_t shorter, std::int64_t longer) {
    return static_cast<double>(longer) / static_cast<double>(std::max(shorter, second_micros));
}

// Where from [first, last] the next gap is longest compared with the one before, if it is clearly;
// else the first.
std::size_t widest_step(const std::vector<std::int64_t>& gaps, std::size_t first,
                        std::size_t last) {
    std::size_t widest = first;
    double best = least_ratio;
    for (std::size_t i = first; i <= last; ++i) {
        const double ratio = ratio_of(gaps[i - 1], gaps[i]);
        if (ratio > best) best = ratio, widest = i;
    }
    return widest;
}

// The longest gap within groups, where no such gap is longer than `limit`; below 0: there are none.
std::int64_t longest_gap_within(std::vector<std::int64_t> gaps, std::int64_t limit) {
    std::sort(gaps.begin(), gaps.end());
    const auto least = std::max(
        least_count, static_cast<std::size_t>(least_within * static_cast<double>(gaps.size())));
    // Runs by hand leave a few gaps of any length.
    const auto odd = static_cast<std::size_t>(odd_gaps * static_cast<double>(gaps.size()));
    double best = least_ratio;
    std::size_t cut = 0;
    for (std::size_t i = least; i + odd + least_count <= gaps.size(); ++i) {
        if (gaps[i - 1] > limit) break;
        const double ratio = ratio_of(gaps[i - 1], gaps[i + odd]);
        if (ratio <= best) continue;
        best = ratio;
        cut = i;
    }
    return cut == 0 ? -1 : gaps[widest_step(gaps, cut, cut + odd) - 1];
}

}  // namespace

Groups groups_of(std::span<const std::int64_t> runs, Grouping grouping) {
    const bool are_fans = grouping == Grouping::fan_outs;
    std::vector<std::int64_t> gaps;
    for (std::size_t i = 1; i < runs.size(); ++i) gaps.push_back(runs[i] - runs[i - 1]);
    Groups groups;
    groups.longest =
        longest_gap_within(std::move(gaps), are_fans ? longest_in_a_fan : longest_within);
    std::int64_t within = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (i == 0 || runs[i] - runs[i - 1] > groups.longest) {
            groups.starts.push_back(i);
        } else {
            within += runs[i] - runs[i - 1];
        }
    }
    const auto most = are_fans ? most_of_a_fan : most_of_the_time;
    if (within * most <= runs.back() - runs.front()) return groups;
    // So long are the working hours of people who start jobs at random.
    groups.starts.resize(runs.size());
    std::iota(groups.starts.begin(), groups.starts.end(), std::size_t{0});
    return groups;
}

std::vector<std::int64_t> first_minutes(std::span<const std::int64_t> minutes,
                                        std::int64_t longest) {
    constexpr std::int64_t minute = 60 * second_micros;
    const std::int64_t within = (longest + minute - 1) / minute * minute;
    std::vector<std::int64_t> firsts;
    for (std::size_t i = 0; i < minutes.size(); ++i)
        if (i == 0 || minutes[i] - minutes[i - 1] > within) firsts.push_back(minutes[i]);
    return firsts;
}

namespace {

// How many runs each session has: each number is named once, and then how often it comes.
double nats_of_sizes(std::size_t runs, const std::vector<std::size_t>& starts) {
    std::map<std::size_t, double> count;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : runs;
        count[end - starts[i]] += 1;
    }
    const double sessions = static_cast<double>(starts.size());
    double nats = 0;
    for (const auto& [size, times] : count) {
        nats += times * std::log(times / sessions) - std::log(sessions) / 2;
    }
    return nats;
}

}  // namespace

double nats_within(std::span<const std::int64_t> runs, const std::vector<std::size_t>& starts) {
    std::vector<std::int64_t> within;
    for (std::size_t i = 1, session = 1; i < runs.size(); ++i) {
        const bool is_first = session < starts.size() && starts[session] == i;
        if (is_first) ++session;
        if (!is_first) within.push_back(runs[i] - runs[i - 1]);
    }
    const double count = static_cast<double>(within.size());
    const bool is_fan = *std::max_element(within.begin(), within.end()) < longest_in_a_fan;
    const double least_lognormal = is_fan ? 0 : std::numeric_limits<double>::infinity();
    return nats_of_sizes(runs.size(), starts) + count * nats_a_gap(within, least_lognormal) -
           std::log(count);
}

}  // namespace jobtally::rhythm
