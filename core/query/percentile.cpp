// Percentile texts, ranks, and selection of several ranks at once.
#include "core/query/percentile.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

namespace jobtally::query {

namespace {

constexpr std::int64_t one_percent = 1'000'000;
constexpr std::size_t most_decimals = 6;

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), is_digit);
}

[[noreturn]] void refuse(std::string_view text) {
    throw UsageError(fmt::format("not a percentile: \"{}\"", text),
                     "a number above 0 and up to 100, with at most six decimals, such as 99.9");
}

std::vector<std::int64_t> select(std::span<std::int64_t> values,
                                 std::span<const std::int64_t> ranks) {
    std::vector<std::int64_t> found;
    auto begin = values.begin();
    for (const std::int64_t rank : ranks) {
        const auto place = values.begin() + (rank - 1);
        if (place >= begin) {
            std::nth_element(begin, place, values.end());
            begin = place + 1;
        }
        found.push_back(*place);
    }
    return found;
}

constexpr std::size_t worth_buckets = 4096;  // values

// Grows with the value: 256 steps from a power of two to the next, some 16,000 in all.
std::size_t bucket_of(std::int64_t value) {
    constexpr std::uint64_t bits_of_one = std::bit_cast<std::uint64_t>(1.0);
    const double above_zero = static_cast<double>(value) + 1;
    return static_cast<std::size_t>((std::bit_cast<std::uint64_t>(above_zero) - bits_of_one) >> 44);
}

}  // namespace

Percentile Percentile::named(std::string_view text) {
    const auto point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    std::string_view decimals = point == text.npos ? std::string_view() : text.substr(point + 1);
    while (decimals.ends_with('0')) decimals.remove_suffix(1);
    const bool well_formed = !whole.empty() && whole.size() <= 3 && all_digits(whole) &&
                             all_digits(decimals) && decimals.size() <= most_decimals &&
                             !text.ends_with('.');
    if (!well_formed) refuse(text);
    std::string digits(decimals);
    digits.resize(most_decimals, '0');
    const std::int64_t percent = std::stoll(std::string(whole));
    const std::int64_t millionths = percent * one_percent + std::stoll(digits);
    if (millionths <= 0 || millionths > 100 * one_percent) refuse(text);
    return {decimals.empty() ? fmt::format("{}", percent) : fmt::format("{}.{}", percent, decimals),
            millionths};
}

std::vector<Percentile> Percentile::list(std::string_view text) {
    std::vector<Percentile> percentiles;
    while (true) {
        const auto comma = text.find(',');
        auto percentile = named(text.substr(0, comma));
        if (std::find(percentiles.begin(), percentiles.end(), percentile) == percentiles.end()) {
            percentiles.push_back(std::move(percentile));
        }
        if (comma == text.npos) return percentiles;
        text.remove_prefix(comma + 1);
    }
}

std::int64_t Percentile::rank(std::int64_t count) const {
    // p = millionths / 10^8; whole hundreds of millions apart, so that nothing overflows.
    constexpr std::int64_t all = 100 * one_percent;
    return count / all * m_millionths + (count % all * m_millionths + all - 1) / all;
}

RankSearch::RankSearch() : m_count(bucket_of(INT64_MAX) + 1) {}

void RankSearch::count(std::span<const std::int64_t> values) {
    for (const std::int64_t value : values) ++m_count[bucket_of(value)];
}

void RankSearch::add_counts(const RankSearch& other) {
    for (std::size_t i = 0; i < m_count.size(); ++i) m_count[i] += other.m_count[i];
}

void RankSearch::choose(std::span<const std::int64_t> ranks) {
    m_wanted.assign(m_count.size(), 0);
    std::size_t bucket = 0;
    std::int64_t below = 0;
    for (const std::int64_t rank : ranks) {
        while (below + m_count[bucket] < rank) below += m_count[bucket++];
        if (m_wanted[bucket] == 0) {
            m_inside.emplace_back();
            m_wanted[bucket] = static_cast<std::uint16_t>(m_inside.size());
        }
        m_places.push_back({m_wanted[bucket] - std::size_t{1}, rank - below});
    }
}

void RankSearch::look(std::span<const std::int64_t> values) {
    for (const std::int64_t value : values) {
        const std::uint16_t own = m_wanted[bucket_of(value)];
        if (own > 0) m_inside[own - std::size_t{1}].push_back(value);
    }
}

void RankSearch::add_found(const RankSearch& other) {
    for (std::size_t i = 0; i < m_inside.size(); ++i) {
        m_inside[i].insert(m_inside[i].end(), other.m_inside[i].begin(), other.m_inside[i].end());
    }
}

std::vector<std::int64_t> RankSearch::found() {
    std::vector<std::int64_t> values;
    for (const Place& place : m_places)
        values.push_back(select(m_inside[place.inside], std::span(&place.rank, 1)).front());
    return values;
}

std::vector<std::int64_t> values_at_ranks(std::span<std::int64_t> values,
                                          std::span<const std::int64_t> ranks) {
    if (values.size() < worth_buckets) return select(values, ranks);
    RankSearch search;
    search.count(values);
    search.choose(ranks);
    search.look(values);
    return search.found();
}

}  // namespace jobtally::query
