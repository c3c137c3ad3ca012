#include "core/incidents/episodes.hpp"

namespace jobtally::incidents {

Episodes episodes_of(std::span<const Moment> moments) {
    Episodes found{{}, std::vector(moments.size(), no_episode)};
    const auto go_together = [](const Moment& a, const Moment& b) {
        return a.is_bad() && b.is_bad() && (a.kind == Kind::slow) == (b.kind == Kind::slow);
    };
    for (std::size_t i = 0; i < moments.size(); ++i) {
        const bool follows = i > 0 && moments[i - 1].definition == moments[i].definition;
        const bool goes_on = follows && go_together(moments[i - 1], moments[i]);
        const bool was_bad = follows && moments[i - 1].is_bad();
        if (was_bad && !goes_on) found.all.back().over_at = moments[i].ended_at;
        if (!moments[i].is_bad()) continue;
        if (!goes_on) found.all.push_back({i, i, std::nullopt});
        found.all.back().end = i + 1;
        found.of[i] = static_cast<std::uint32_t>(found.all.size() - 1);
    }
    return found;
}

bool was_over_before(std::int64_t micros, const Episode& episode, std::span<const Moment> moments) {
    if (!episode.over_at || *episode.over_at >= micros) return false;
    const Moment& next = moments[episode.end];
    return (!next.is_bad() || next.kind == Kind::slow) &&
           next.ended_at > moments[episode.end - 1].ended_at;
}

}  // namespace jobtally::incidents
