// Deals moments out to stretches of time before it sorts, so that no room is needed but for the
// places.
#include "core/incidents/moment.hpp"

#include "core/base/parallel.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace jobtally::incidents {

namespace {

constexpr std::size_t stretches = 4096;

// Which stretch of time a moment ends in.
class Stretches {
  public:
    explicit Stretches(std::span<const Moment> moments) {
        const auto [first, last] = std::minmax_element(
            moments.begin(), moments.end(),
            [](const Moment& a, const Moment& b) { return a.ended_at < b.ended_at; });
        m_begin = first->ended_at;
        m_length = (last->ended_at - m_begin) / static_cast<std::int64_t>(stretches) + 1;
    }
    std::size_t of(const Moment& moment) const {
        return static_cast<std::size_t>((moment.ended_at - m_begin) / m_length);
    }

  private:
    std::int64_t m_begin = 0, m_length = 1;
};

}  // namespace

// Each thread deals out a slice of the moments; first all count, so that each knows its places.
std::vector<std::uint32_t> places_by_end(std::span<const Moment> moments) {
    const Stretches stretch(moments);
    const std::size_t slices = thread_limit();
    const auto begin_of = [&](std::size_t slice) { return moments.size() * slice / slices; };
    std::vector<std::vector<std::uint32_t>> next(slices, std::vector<std::uint32_t>(stretches));
    for_parts(slices, 1, [&](std::size_t slice, std::size_t) {
        for (std::size_t i = begin_of(slice); i < begin_of(slice + 1); ++i)
            ++next[slice][stretch.of(moments[i])];
    });
    std::vector<std::uint32_t> begins(stretches + 1);
    std::uint32_t before = 0;
    for (std::size_t i = 0; i < stretches; ++i) {
        begins[i] = before;
        for (auto& of_slice : next) before += std::exchange(of_slice[i], before);
    }
    begins[stretches] = before;
    std::vector<std::uint32_t> places(moments.size());
    for_parts(slices, 1, [&](std::size_t slice, std::size_t) {
        for (std::size_t i = begin_of(slice); i < begin_of(slice + 1); ++i)
            places[next[slice][stretch.of(moments[i])]++] = static_cast<std::uint32_t>(i);
    });
    constexpr std::size_t part = 64;  // stretches that a thread takes at a time
    for_parts(stretches, part, [&](std::size_t i, std::size_t end) {
        for (; i < end; ++i) {
            std::sort(
                places.begin() + begins[i], places.begin() + begins[i + 1], [&](auto a, auto b) {
                    return std::pair(moments[a].ended_at, a) < std::pair(moments[b].ended_at, b);
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
