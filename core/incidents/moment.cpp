// Deals moments out to stretches of time before it sorts, so that no room is needed but for the
// places.
#include "core/incidents/moment.hpp"

#include "core/base/parallel.hpp"

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
    constexpr std::size_t part = 64;  // stretches that a thread takes at a time
    for_parts(ends.size(), part, [&](std::size_t stretch, std::size_t end) {
        for (; stretch < end; ++stretch) {
            std::sort(places.begin() + (stretch > 0 ? ends[stretch - 1] : 0),
                      places.begin() + ends[stretch], [&](auto a, auto b) {
                          return std::pair(moments[a].ended_at, a) <
                                 std::pair(moments[b].ended_at, b);
                      });
        }
    });
    return places;
}

MomentsByEnd::MomentsByEnd(std::span<const Moment> moments)
    : m_moments(moments), m_places(places_by_end(moments)), m_steps(moments.size()) {
    constexpr std::size_t part = 65'536;  // moments that a thread takes at a time
    for_parts(m_places.size(), part, [&](std::size_t at, std::size_t end) {
        constexpr std::size_t ahead = 16;  // they are all over memory
        for (; at < end; ++at) {
            if (at + ahead < end) __builtin_prefetch(&moments[m_places[at + ahead]]);
            const Moment* moment = &moments[m_places[at]];
            const bool follows = moment != moments.data() && moment[-1].is_bad() &&
                                 moment[-1].definition == moment->definition;
            m_steps[at] = {moment->definition & 0x3fffffff, moment->is_bad(), follows};
        }
    });
}

std::size_t MomentsByEnd::after(std::int64_t micros) const {
    const auto later = std::upper_bound(
        m_places.begin(), m_places.end(), micros,
        [&](std::int64_t at, std::uint32_t place) { return at < m_moments[place].ended_at; });
    return static_cast<std::size_t>(later - m_places.begin());
}

}  // namespace jobtally::incidents
