#include "core/incidents/episodes.hpp"

#include <algorithm>
#include <utility>

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

void Episodes::cut_before(std::size_t moment) {
    Episode& episode = all[of[moment]];
    const Episode before{std::exchange(episode.first, moment), moment, episode.over_at};
    if (before.first == moment) return;
    const auto place = static_cast<std::uint32_t>(all.size());
    std::fill(&of[before.first], &of[moment], place);
    all.push_back(before);
}

void Episodes::use(std::size_t moment, std::int64_t began_at, std::int64_t last_bad_at,
                   std::span<const Moment> moments) {
    const Episode& episode = all[of[moment]];
    if (episode.is_used || moments[episode.end - 1].created_at > last_bad_at) return;
    if (moments[episode.first].created_at < began_at) cut_before(moment);
    all[of[moment]].is_used = true;
}

bool was_over_before(std::int64_t micros, const Episode& episode, std::span<const Moment> moments) {
    if (!episode.over_at || *episode.over_at >= micros) return false;
    const Moment& next = moments[episode.end];
    return (!next.is_bad() || next.kind == Kind::slow) &&
           next.ended_at > moments[episode.end - 1].ended_at;
}

}  // namespace jobtally::incidents
