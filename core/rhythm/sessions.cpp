// Cuts the gaps, in the order of their lengths, where the next one is so many times longer.
#include "core/rhythm/sessions.hpp"

#include "core/rhythm/learned_schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace jobtally::rhythm {

namespace {

constexpr double least_ratio = 4;      // of the shortest gap between sessions to the longest within
constexpr double least_within = 0.08;  // the share of the gaps that lie within sessions
constexpr double odd_gaps = 0.05;      // the share of the gaps that may lie between
constexpr std::size_t least_count = 2;  // of gaps between sessions, and of sessions
constexpr std::int64_t longest_within = 3 * hour_micros;
constexpr std::int64_t most_of_the_time = 5;  // a session takes a fifth of its interval at most

}  // namespace

std::vector<std::size_t> session_starts(std::span<const std::int64_t> runs) {
    std::vector<std::int64_t> gaps;
    for (std::size_t i = 1; i < runs.size(); ++i) gaps.push_back(runs[i] - runs[i - 1]);
    std::sort(gaps.begin(), gaps.end());
    const auto least = std::max(
        least_count, static_cast<std::size_t>(least_within * static_cast<double>(gaps.size())));
    // Runs by hand leave a few gaps of any length.
    const auto odd = static_cast<std::size_t>(odd_gaps * static_cast<double>(gaps.size()));
    double best = least_ratio;
    std::int64_t longest = -1;
    for (std::size_t i = least; i + odd + least_count <= gaps.size(); ++i) {
        if (gaps[i - 1] > longest_within) break;
        const double ratio = static_cast<double>(gaps[i + odd]) /
                             static_cast<double>(std::max(gaps[i - 1], second_micros));
        if (ratio <= best) continue;
        best = ratio;
        longest = gaps[i - 1];
    }
    std::vector<std::size_t> starts;
    std::int64_t within = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (i == 0 || runs[i] - runs[i - 1] > longest) {
            starts.push_back(i);
        } else {
            within += runs[i] - runs[i - 1];
        }
    }
    if (within * most_of_the_time <= runs.back() - runs.front()) return starts;
    // So long are the working hours of people who start jobs at random.
    starts.resize(runs.size());
    std::iota(starts.begin(), starts.end(), std::size_t{0});
    return starts;
}

double nats_within(std::span<const std::int64_t> runs, const std::vector<std::size_t>& starts) {
    const double count = static_cast<double>(runs.size());
    const double sessions = static_cast<double>(starts.size());
    const double followed = count - sessions;
    double between = 0;
    for (std::size_t i = 1; i < starts.size(); ++i) {
        between += static_cast<double>(runs[starts[i]] - runs[starts[i] - 1]);
    }
    const double within = static_cast<double>(runs.back() - runs.front()) - between;
    const double mean = std::max(1.0, within / second_micros / followed);
    const double sizes =
        followed * std::log(followed / count) + sessions * std::log(sessions / count);
    return sizes - followed * (std::log(mean) + 1) - std::log(count);
}

}  // namespace jobtally::rhythm
