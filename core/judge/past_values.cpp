// The values are kept in sorted vectors, which are quick enough for a few hundred of them.
#include "core/judge/past_values.hpp"

#include "core/query/percentile.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace jobtally::judge {

namespace {

constexpr double matters = 1.5;

double log_ratio(std::int64_t a, std::int64_t b) {
    const auto positive = [](std::int64_t value) {
        return static_cast<double>(std::max<std::int64_t>(value, 1));
    };
    return std::abs(std::log(positive(a) / positive(b)));
}

}  // namespace

ClockPlace clock_place(std::int64_t micros, const time::Zone& zone) {
    const auto local = zone.to_local(time::instant_from_micros(micros));
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const auto hour = std::chrono::floor<std::chrono::hours>(local - day).count();
    const unsigned weekday = std::chrono::weekday(day).iso_encoding() - 1;
    return {static_cast<std::uint8_t>(hour), static_cast<std::uint8_t>(weekday)};
}

void PastValues::Sorted::add(std::int64_t value) {
    if (!in_order) {
        values.push_back(value);
    } else {
        values.insert(std::upper_bound(values.begin(), values.end(), value), value);
    }
}

void PastValues::Sorted::remove(std::int64_t value) {
    look();
    values.erase(std::lower_bound(values.begin(), values.end(), value));
}

std::span<const std::int64_t> PastValues::Sorted::look() {
    if (!in_order) std::sort(values.begin(), values.end());
    in_order = true;
    return values;
}

void PastValues::add(ClockPlace place, std::int64_t value) {
    m_all.add(value);
    m_by_hour[place.hour].add(value);
    m_by_weekday[place.weekday].add(value);
}

void PastValues::remove(ClockPlace place, std::int64_t value) {
    m_all.remove(value);
    m_by_hour[place.hour].remove(value);
    m_by_weekday[place.weekday].remove(value);
}

PastValues::Comparable PastValues::comparable(ClockPlace place) {
    Comparable found{m_all.look(), Peers::all};
    if (found.sorted.empty()) return found;
    const std::int64_t usual = query::median_of_sorted(found.sorted);
    double furthest = std::log(matters);
    const auto consider = [&](Sorted& some, Peers peers) {
        if (some.values.size() < enough_runs) return;
        const auto sorted = some.look();
        const double off = log_ratio(query::median_of_sorted(sorted), usual);
        if (off < furthest) return;
        furthest = off;
        found = {sorted, peers};
    };
    consider(m_by_hour[place.hour], Peers::same_hour);
    consider(m_by_weekday[place.weekday], Peers::same_weekday);
    return found;
}

}  // namespace jobtally::judge
