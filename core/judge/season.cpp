// Values are sorted once; each season then deals them out to its cells in that order, so that
// medians without one value are a look-up.
#include "core/judge/season.hpp"

#include "core/judge/statistics.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace jobtally::judge {

namespace {

constexpr std::size_t least_in_cell = 3, least_days = 2;
constexpr std::size_t few_days = 8;     // one of them may make the median
constexpr double cost_of_a_season = 3;  // nats; about ln 7 for its name, and the benefit of doubt

struct SeasonKind {
    std::string_view name;
    std::size_t cells;
};
constexpr SeasonKind kinds[] = {
    {"all", 1},
    {"same_part_of_week", 2},
    {"same_weekday", 7},
    {"same_hour", 24},
    {"same_hour_of_part", 48},
    {"same_hour_of_week", 168},
    {"same_part_of_month", 5},
};
const SeasonKind& kind_of(Season season) {
    return kinds[static_cast<std::size_t>(season)];
}

std::size_t cell_of(Season season, ClockPlace place) {
    const std::size_t part = place.weekday >= 5 ? 1 : 0;
    switch (season) {
        case Season::none:
            break;
        case Season::part_of_week:
            return part;
        case Season::weekday:
            return place.weekday;
        case Season::hour:
            return place.hour;
        case Season::hour_of_part:
            return 24 * part + place.hour;
        case Season::hour_of_week:
            return std::size_t{24} * place.weekday + place.hour;
        case Season::end_of_month:
            return std::min<std::size_t>(place.days_left, 4);
    }
    return 0;
}

// Cells that part those of a wider season, and were met as often, hold the same values. `met` is by
// season.
bool is_that_of_a_wider_one(Season season, std::span<const std::size_t> met) {
    const auto is_that_of = [&](Season wider) {
        return met[static_cast<std::size_t>(season)] == met[static_cast<std::size_t>(wider)];
    };
    if (season == Season::hour_of_part)
        return is_that_of(Season::part_of_week) || is_that_of(Season::hour);
    return season == Season::hour_of_week &&
           (is_that_of(Season::weekday) || is_that_of(Season::hour_of_part));
}

using Places = std::vector<std::uint32_t>;

// The cell of each value.
class Cells {
  public:
    Cells(Season season, std::span<const ClockPlace> places)
        : m_counts(kind_of(season).cells), m_days(m_counts.size()), m_of(places.size()) {
        std::vector<std::int32_t> last_days(m_counts.size(), INT32_MIN);
        // Cells are below kind_of(season).cells: to check that again takes a third of the time.
        auto *const counts = m_counts.data(), *const days = m_days.data();
        auto* const last_day = last_days.data();
        auto* of = m_of.data();
        for (const ClockPlace& place : places) {
            const std::size_t cell = cell_of(season, place);
            *of++ = static_cast<std::uint8_t>(cell);
            ++counts[cell];
            days[cell] += std::exchange(last_day[cell], place.day) != place.day ? 1 : 0;
        }
    }

    std::size_t size() const { return m_counts.size(); }
    std::size_t met() const {
        return size() - static_cast<std::size_t>(std::count(m_counts.begin(), m_counts.end(), 0U));
    }
    bool is_known(std::size_t cell) const {
        return m_days[cell] >= least_days && m_counts[cell] >= least_in_cell;
    }
    std::size_t known() const {
        std::size_t known = 0;
        for (std::size_t cell = 0; cell < size(); ++cell) known += is_known(cell) ? 1 : 0;
        return known;
    }
    std::size_t count(std::size_t cell) const { return m_counts[cell]; }
    bool has_few_days(std::size_t cell) const {
        return m_days[cell] >= least_days && m_days[cell] <= few_days &&
               m_days[cell] < m_counts[cell];
    }
    // The places in `order`, cell by cell.
    Places dealt(const Places& order) const {
        Places next(size()), dealt(order.size());
        std::exclusive_scan(m_counts.begin(), m_counts.end(), next.begin(), std::uint32_t{0});
        for (const auto i : order) dealt[next[m_of[i]]++] = i;
        return dealt;
    }

  private:
    Places m_counts;                 // by cell
    Places m_days;                   // by cell: on how many days it was met
    std::vector<std::uint8_t> m_of;  // by value
};

constexpr std::size_t middle(std::size_t count) {
    return (count - 1) / 2;
}

// Calls take(place, level) for the members of a cell, ascending by value: the level is the median
// of the others.
template <class Take>
void each_without_itself(std::span<const std::uint32_t> members, const double* value, Take take) {
    const std::size_t other = middle(members.size() - 1);
    const double above = value[members[other + 1]], below = value[members[other]];
    for (const std::uint32_t i : members.first(other + 1)) take(i, above);
    for (const std::uint32_t i : members.subspan(other + 1)) take(i, below);
}

// The same, but the level is the median of the other days' values: what one day alone has is no
// season.
template <class Take>
void each_without_its_day(std::span<const std::uint32_t> members,
                          std::span<const ClockPlace> places, const double* value, Take take) {
    std::vector<std::int32_t> days;
    for (const std::uint32_t i : members) {
        if (std::find(days.begin(), days.end(), places[i].day) == days.end())
            days.push_back(places[i].day);
    }
    for (const std::int32_t day : days) {
        const auto is_that_day = [&](std::uint32_t i) { return places[i].day == day; };
        const auto on_it = std::count_if(members.begin(), members.end(), is_that_day);
        std::size_t before = middle(members.size() - static_cast<std::size_t>(on_it));
        auto of_others = members.begin();
        for (;; ++of_others) {
            if (!is_that_day(*of_others) && before-- == 0) break;
        }
        const double level = value[*of_others];
        for (const std::uint32_t i : members) {
            if (is_that_day(i)) take(i, level);
        }
    }
}

// `order` has the values' places, ascending by value.
FittedProfile fit(Season season, const Cells& cells, std::span<const double> values,
                  std::span<const ClockPlace> places, const Places& order,
                  const FittedProfile& plain) {
    const Profile::Cell all{values[order[middle(order.size())]], order.size()};
    FittedProfile fitted{{season, std::vector(cells.size(), all)}, plain.residuals};
    fitted.residuals.resize(values.size());
    const double* const value = values.data();
    double* const residual = fitted.residuals.data();
    const Places dealt = cells.dealt(order);
    for (std::size_t cell = 0, first = 0; cell < cells.size(); first += cells.count(cell++)) {
        const auto members = std::span(dealt).subspan(first, cells.count(cell));
        if (!cells.is_known(cell) && season != Season::none) continue;
        fitted.profile.cells[cell] = {values[members[middle(members.size())]], members.size()};
        const auto put = [&](std::uint32_t i, double level) { residual[i] = value[i] - level; };
        if (cells.has_few_days(cell))
            each_without_its_day(members, places, value, put);
        else
            each_without_itself(members, value, put);
    }
    return fitted;
}

// In nats, but for what is the same for all.
double description_length(std::span<const double> residuals) {
    const double scale = std::max(least_scale, median_scale(residuals));
    double logarithms = 0, product = 1;
    for (const double residual : residuals) {
        product *= 1 + residual * residual / (4 * scale * scale);
        if (product > 1e200) logarithms += std::log(std::exchange(product, 1));
    }
    return static_cast<double>(residuals.size()) * std::log(scale) +
           2.5 * (logarithms + std::log(product));
}

}  // namespace

std::string_view name_of(Season season) {
    return kind_of(season).name;
}

ClockPlace clock_place(std::int64_t micros, const time::Zone& zone) {
    using namespace std::chrono;
    const auto local = zone.to_local(time::instant_from_micros(micros));
    const auto day = floor<days>(local);
    const year_month_day date{day};
    const local_days last{date.year() / date.month() / std::chrono::last};
    return {static_cast<std::uint8_t>(floor<hours>(local - day).count()),
            static_cast<std::uint8_t>(weekday{day}.iso_encoding() - 1),
            static_cast<std::uint8_t>((last - day).count()),
            static_cast<std::int32_t>(day.time_since_epoch().count())};
}

std::string text_of(Season season, ClockPlace place) {
    constexpr std::string_view weekdays[] = {"Mondays", "Tuesdays",  "Wednesdays", "Thursdays",
                                             "Fridays", "Saturdays", "Sundays"};
    const std::string part = place.weekday >= 5 ? " on weekends" : " on working days";
    const std::string weekday = fmt::format(" on {}", weekdays[place.weekday]);
    const std::string hour = fmt::format(" at {:02} h", place.hour);
    const std::string texts[] = {"",
                                 part,
                                 weekday,
                                 hour,
                                 hour + part,
                                 hour + weekday,
                                 place.days_left < 4 ? " at the end of a month" : ""};
    return texts[static_cast<std::size_t>(season)];
}

const Profile::Cell& Profile::at(ClockPlace place) const {
    return cells[cell_of(season, place)];
}

FittedProfile fit_profile(std::span<const double> values, std::span<const ClockPlace> places) {
    std::vector<std::pair<double, std::uint32_t>> sorted(values.size());
    for (std::uint32_t i = 0; i < values.size(); ++i) sorted[i] = {values[i], i};
    std::sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.first < b.first; });
    Places order(values.size());
    std::transform(sorted.begin(), sorted.end(), order.begin(),
                   [](auto& one) { return one.second; });
    const FittedProfile plain =
        fit(Season::none, Cells(Season::none, places), values, places, order, FittedProfile{});
    FittedProfile best = plain;
    double least = description_length(plain.residuals) - cost_of_a_season;
    std::array<std::size_t, std::size(kinds)> met{};
    for (std::size_t i = 1; i < std::size(kinds); ++i) {
        const auto season = static_cast<Season>(i);
        const Cells cells(season, places);
        met[i] = cells.met();
        if (cells.known() < 2 || is_that_of_a_wider_one(season, met)) continue;
        auto other = fit(season, cells, values, places, order, plain);
        const double length = description_length(other.residuals);
        if (length >= least) continue;
        least = length;
        best = std::move(other);
    }
    return best;
}

}  // namespace jobtally::judge
