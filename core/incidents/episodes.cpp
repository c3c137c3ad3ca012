#include "core/incidents/episodes.hpp"

#include <algorithm>
#include <utility>

namespace jobtally::incidents {

namespace {

// When the first run from `next` on ended that succeeded and ended after the bad ones: a job that
// runs longer than its interval may be well again before it is known to have failed.
std::int64_t over_from(std::span<const Moment> moments, std::size_t next, std::int64_t last_end) {
    const std::size_t definition = moments[next].definition;
    std::int64_t over_at = std::max(last_end, moments[next].ended_at);
    for (; over_at == last_end && next < moments.size(); ++next) {
        const Kind kind = moments[next].kind;
        if (moments[next].definition != definition || kind == Kind::failed || kind == Kind::missed)
            break;
        over_at = std::max(over_at, moments[next].ended_at);
    }
    return over_at;
}

}  // namespace

Episodes episodes_of(std::span<const Moment> moments) {
    Episodes found{{}, std::vector(moments.size(), no_episode)};
    const auto go_together = [](const Moment& a, const Moment& b) {
        return a.is_bad() && b.is_bad() && (a.kind == Kind::slow) == (b.kind == Kind::slow);
    };
    std::int64_t last_end = 0;  // of the runs of the newest episode: the next one may end before
    for (std::size_t i = 0; i < moments.size(); ++i) {
        const bool follows = i > 0 && moments[i - 1].definition == moments[i].definition;
        const bool goes_on = follows && go_together(moments[i - 1], moments[i]);
        const bool was_bad = follows && moments[i - 1].is_bad();
        if (was_bad && !goes_on) found.all.back().over_at = over_from(moments, i, last_end);
        if (!moments[i].is_bad()) continue;
        if (!goes_on) found.all.push_back({i, i, std::nullopt});
        last_end = goes_on ? std::max(last_end, moments[i].ended_at) : moments[i].ended_at;
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

bool Episodes::use(std::size_t moment, std::int64_t began_at, std::int64_t last_bad_at,
                   std::span<const Moment> moments) {
    const Episode& episode = all[of[moment]];
    if (episode.is_used || moments[episode.end - 1].created_at > last_bad_at) return false;
    if (moments[episode.first].created_at < began_at) cut_before(moment);
    return all[of[moment]].is_used = true;
}

std::int64_t last_end(const Episode& episode, std::span<const Moment> moments) {
    const auto bad = moments.subspan(episode.first, episode.end - episode.first);
    return std::max_element(
               bad.begin(), bad.end(),
               [](const Moment& a, const Moment& b) { return a.ended_at < b.ended_at; })
        ->ended_at;
}

bool was_over_before(std::int64_t micros, const Episode& episode, std::span<const Moment> moments) {
    if (!episode.over_at || *episode.over_at >= micros) return false;
    const Moment& next = moments[episode.end];
    return (!next.is_bad() || next.kind == Kind::slow) &&
           next.ended_at > last_end(episode, moments);
}

}  // namespace jobtally::incidents
