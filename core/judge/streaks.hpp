// Streaks of failures, and the recoveries that end them, in the runs of one definition.
#pragma once

#include "core/query/run_history.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace jobtally::judge {

// Reports without a definition are of different jobs, which only their names tell apart. The names
// of such runs, which the scope's catalogue keeps; none where no run failed, for then nobody asks,
// and nothing is read.
using Names = std::unordered_map<store::Sequence, std::string_view>;
Names read_names(const query::Scope& scope, std::span<const query::Run> runs);
// The runs of each job, in their order; those without a name are taken as one job, "". None where
// there are no names.
std::map<std::string, std::vector<query::Run>> by_name(const Names& names,
                                                       std::span<const query::Run> runs);

// Failures in a row. Times are microseconds.
struct Streak {
    std::int64_t length = 0;
    std::int64_t failing_since = 0;  // created_at of the first FAILURE
};

// The streak that the runs, in (created_at, id) order, end with; none after a SUCCESS.
inline std::optional<Streak> current_streak(std::span<const query::Run> runs) {
    Streak streak;
    for (; !runs.empty() && !runs.back().succeeded(); runs = runs.first(runs.size() - 1)) {
        streak.failing_since = runs.back().created_at;
        ++streak.length;
    }
    return streak.length > 0 ? std::optional(streak) : std::nullopt;
}

struct Recovery {
    Streak streak;
    std::int64_t recovered_at = 0;  // the end of the SUCCESS
    store::Sequence success = 0;

    std::int64_t micros() const { return recovered_at - streak.failing_since; }
};

// Of the runs from a success on, up to the next failure: whether one is no news. Then it was known
// already that the streak before them was over. So it was, if that failure is none: where a success
// comes late, from amid a streak that is over, the end of the whole streak was told.
inline bool was_known(std::span<const query::Run> since_success) {
    for (const auto& run : since_success) {
        if (!run.is_news) return true;
        if (!run.succeeded()) return false;
    }
    return false;
}

// The streak before runs[place], which is a success; one that had failed was part of it.
inline std::optional<Streak> streak_up_to(std::span<const query::Run> runs, std::size_t place) {
    auto streak = current_streak(runs.first(place));
    if (!runs[place].had_failed) return streak;
    if (!streak) return Streak{1, runs[place].created_at};
    ++streak->length;
    return streak;
}

// Of the recoveries that became known within the window, by the success or by a failure before it
// (one may have ended later, or come late), the one that took longest (the later of equal ones);
// none where the runs end in a streak. `of_told`: only of streaks with a failure that was known
// before, or lies in the window.
inline std::optional<Recovery> longest_recovery(std::span<const query::Run> runs,
                                                bool of_told = false) {
    std::optional<Recovery> longest;
    if (runs.empty() || !runs.back().succeeded()) return longest;
    for (std::size_t i = runs.size(); i-- > 0;) {
        const auto streak = runs[i].succeeded() ? streak_up_to(runs, i) : std::nullopt;
        if (!streak) continue;
        bool failed_newly = false, is_told = runs[i].had_failed;
        for (std::size_t k = i; k-- > 0 && !runs[k].succeeded();) {
            failed_newly |= runs[k].is_news;
            is_told |= !runs[k].is_news || runs[k].in_window;
        }
        if (of_told && !is_told) continue;
        if (was_known(runs.subspan(i)) && !failed_newly) continue;
        const Recovery found{*streak, runs[i].ended_at(), runs[i].sequence};
        if (!longest || found.micros() > longest->micros()) longest = found;
    }
    return longest;
}

}  // namespace jobtally::judge
