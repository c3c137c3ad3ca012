#include "core/judge/statistics.hpp"
#include "core/judge/unusual.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace jobtally::judge {

namespace {

using Flags = std::span<const std::uint8_t>;

std::size_t count_flawed(Flags flawed) {
    return std::accumulate(flawed.begin(), flawed.end(), std::size_t{0});
}

bool had_as_many(Flags before, std::size_t within, std::size_t flawed) {
    const std::size_t length = std::min(within, before.size());
    std::size_t count = count_flawed(before.first(length));
    for (std::size_t end = length; end < before.size() && count < flawed; ++end) {
        count = count + before[end] - before[end - length];
    }
    return count >= flawed;
}

std::size_t longest_row(Flags flawed) {
    std::size_t longest = 0, row = 0;
    for (const auto each : flawed) {
        row = each ? row + 1 : 0;
        longest = std::max(longest, row);
    }
    return longest;
}

std::size_t last_row(Flags flawed) {
    const auto sound = std::find(flawed.rbegin(), flawed.rend(), 0);
    return static_cast<std::size_t>(sound - flawed.rbegin());
}

// More than what came before makes expect.
bool are_many(Flags before, std::size_t within, std::size_t flawed, double chance) {
    const auto flawed_before = static_cast<double>(count_flawed(before));
    if (flawed == 0 || flawed_before == 0) return flawed > 0;
    const double share = (flawed_before + 0.5) / (static_cast<double>(before.size()) + 1);
    return !had_as_many(before, within, flawed) &&
           binomial_tail(static_cast<std::int64_t>(flawed), static_cast<std::int64_t>(within),
                         share) < chance;
}

// A longer row than ever before, of flaws that hardly ever followed each other.
bool is_rare_row(Flags before, std::size_t row, double chance) {
    constexpr std::size_t enough_flaws = 20;
    const std::size_t flawed = count_flawed(before);
    if (flawed < enough_flaws || row <= longest_row(before)) return false;
    std::size_t followed = 0;
    for (std::size_t i = 1; i < before.size(); ++i) followed += before[i] & before[i - 1];
    const auto share = static_cast<double>(flawed) / static_cast<double>(before.size());
    const auto after = static_cast<double>(followed + 1) / static_cast<double>(flawed + 1);
    return share * std::pow(after, static_cast<double>(row - 1)) < chance;
}

}  // namespace

FlawJudgement judge_flaws(Flags flawed, std::size_t window, double chance) {
    FlawJudgement found;
    found.can_be_judged = flawed.size() > enough_runs;
    if (found.can_be_judged) window = std::max(window, enough_runs);
    if (window == 0 || window >= flawed.size()) return found;
    found.usual_share =
        static_cast<double>(count_flawed(flawed.first(window))) / static_cast<double>(window);
    std::size_t begin = window;
    while (flawed[window] && begin > 0 && flawed[begin - 1]) --begin;
    if (!found.can_be_judged || begin == 0) return found;
    const Flags before = flawed.first(begin), within = flawed.subspan(begin);
    const std::size_t row = longest_row(within), newest_row = last_row(within);
    found.is_unusual = are_many(before, within.size(), count_flawed(within), chance) ||
                       are_many(before, row, row, chance / static_cast<double>(within.size())) ||
                       are_many(before, newest_row, newest_row, chance) ||
                       is_rare_row(before, newest_row, chance);
    return found;
}

}  // namespace jobtally::judge
