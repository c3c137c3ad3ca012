// Walks backwards: only the end of a history matters.
#include "core/judge/recovered.hpp"

namespace jobtally::judge {

using query::Run;

std::optional<Outage> current_outage(std::span<const Run> runs) {
    Outage outage;
    for (; !runs.empty() && !runs.back().succeeded(); runs = runs.first(runs.size() - 1)) {
        outage.failing_since = runs.back().created_at;
        ++outage.failures;
    }
    return outage.failures > 0 ? std::optional(outage) : std::nullopt;
}

std::optional<Recovered> longest_recovery(std::span<const Run> runs) {
    std::optional<Recovered> longest;
    if (runs.empty() || !runs.back().succeeded()) return longest;
    for (std::size_t i = runs.size(); i-- > 1;) {
        if (!runs[i].in_window || !runs[i].succeeded() || runs[i - 1].succeeded()) continue;
        const Recovered found{*current_outage(runs.first(i)), runs[i].ended_at(), runs[i].sequence};
        if (!longest || found.length() > longest->length()) longest = found;
    }
    return longest;
}

}  // namespace jobtally::judge
