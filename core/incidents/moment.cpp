// Deals moments out to stretches of time before it sorts, so that no room is needed but for the
// places.
#include "core/incidents/moment.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace jobtally::incidents {

std::vector<std::uint32_t> places_by_end(std::span<const Moment> moments) {
    constexpr std::int64_t stretches = 4096;
    const auto [first, last] = std::minmax_element(
        moments.begin(), moments.end(),
        [](const Moment& a, const Moment& b) { return a.ended_at < b.ended_at; });
    const std::int64_t begin = first->ended_at;
    const std::int64_t length = (last->ended_at - begin) / stretches + 1;
    const auto stretch_of = [&](const Moment& moment) {
        return static_cast<std::size_t>((moment.ended_at - begin) / length);
    };
    std::vector<std::uint32_t> ends(stretches);
    for (const Moment& moment : moments) ++ends[stretch_of(moment)];
    std::exclusive_scan(ends.begin(), ends.end(), ends.begin(), std::uint32_t{0});
    std::vector<std::uint32_t> places(moments.size());
    for (std::uint32_t i = 0; i < moments.size(); ++i) places[ends[stretch_of(moments[i])]++] = i;
    std::uint32_t from = 0;
    for (const std::uint32_t end : ends) {
        std::sort(places.begin() + from, places.begin() + end, [&](auto a, auto b) {
            return std::pair(moments[a].ended_at, a) < std::pair(moments[b].ended_at, b);
        });
        from = end;
    }
    return places;
}

}  // namespace jobtally::incidents
