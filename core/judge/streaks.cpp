// Walks backwards, because only the end of a history matters.
#include "core/judge/streaks.hpp"

namespace jobtally::judge {

using query::Run;

std::optional<Streak> current_streak(std::span<const Run> runs) {
    Streak streak;
    for (; !runs.empty() && !runs.back().succeeded(); runs = runs.first(runs.size() - 1)) {
        streak.failing_since = runs.back().created_at;
        ++streak.length;
    }
    return streak.length > 0 ? std::optional(streak) : std::nullopt;
}

std::optional<Recovery> longest_recovery(std::span<const Run> runs) {
    std::optional<Recovery> longest;
    if (runs.empty() || !runs.back().succeeded()) return longest;
    for (std::size_t i = runs.size(); i-- > 1;) {
        if (!runs[i].in_window || !runs[i].succeeded() || runs[i - 1].succeeded()) continue;
        const Recovery found{*current_streak(runs.first(i)), runs[i].ended_at(), runs[i].sequence};
        if (!longest || found.micros() > longest->micros()) longest = found;
    }
    return longest;
}

}  // namespace jobtally::judge
