// Values are sorted once; each season then deals them out to its cells in that order, so that
// medians without one value are a look-up.
#include "core/judge/season.hpp"

#include "core/judge/statistics.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace jobtally::judge {

namespace {

constexpr std::size_t least_in_cell = 3, least_days = 2;
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

using Places = std::vector<std::uint32_t>;

// The places of values by cell.
class Dealt {
  public:
    Dealt(Season season, std::span<const ClockPlace> places, const Places& order)
        : m_ends(kind_of(season).cells), m_days(m_ends.size()), m_dealt(order.size()) {
        std::vector<std::uint8_t> cells(places.size());
        std::vector<std::int32_t> last_day(m_ends.size(), INT32_MIN);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const std::size_t cell = cell_of(season, places[i]);
            cells[i] = static_cast<std::uint8_t>(cell);
            ++m_ends[cell];
            if (std::exchange(last_day[cell], places[i].day) != places[i].day) ++m_days[cell];
        }
        std::exclusive_scan(m_ends.begin(), m_ends.end(), m_ends.begin(), std::uint32_t{0});
        for (const auto i : order) m_dealt[m_ends[cells[i]]++] = i;
    }

    std::size_t size() const { return m_ends.size(); }
    bool is_known(std::size_t cell) const {
        return m_days[cell] >= least_days && (*this)[cell].size() >= least_in_cell;
    }
    std::span<const std::uint32_t> operator[](std::size_t cell) const {
        const std::size_t begin = cell == 0 ? 0 : m_ends[cell - 1];
        return std::span(m_dealt).subspan(begin, m_ends[cell] - begin);
    }

  private:
    Places m_ends;   // by cell
    Places m_days;   // by cell: on how many days it was met
    Places m_dealt;  // in the order that was given, cell by cell
};

// `order` has the values' places, ascending by value. None where the season has no two cells of its
// own.
std::optional<FittedProfile> fit(Season season, std::span<const double> values,
                                 std::span<const ClockPlace> places, const Places& order,
                                 const FittedProfile& plain) {
    const Dealt dealt(season, places, order);
    std::size_t usable = 0;
    for (std::size_t i = 0; i < dealt.size(); ++i) usable += dealt.is_known(i);
    if (season != Season::none && usable < 2) return std::nullopt;
    const auto middle = [](std::size_t count) { return (count - 1) / 2; };
    const Profile::Cell all{values[order[middle(order.size())]], order.size()};
    FittedProfile fitted{{season, std::vector(dealt.size(), all)}, plain.residuals};
    fitted.residuals.resize(values.size());
    for (std::size_t cell = 0; cell < dealt.size(); ++cell) {
        const auto members = dealt[cell];
        if (!dealt.is_known(cell) && season != Season::none) continue;
        fitted.profile.cells[cell] = {values[members[middle(members.size())]], members.size()};
        const std::size_t other = middle(members.size() - 1);
        for (std::size_t i = 0; i < members.size(); ++i) {
            fitted.residuals[members[i]] =
                values[members[i]] - values[members[i <= other ? other + 1 : other]];
        }
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
    Places order(values.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
    const FittedProfile plain = *fit(Season::none, values, places, order, {});
    FittedProfile best = plain;
    double least = description_length(plain.residuals) - cost_of_a_season;
    for (std::size_t season = 1; season < std::size(kinds); ++season) {
        auto other = fit(static_cast<Season>(season), values, places, order, plain);
        if (!other) continue;
        const double length = description_length(other->residuals);
        if (length >= least) continue;
        least = length;
        best = std::move(*other);
    }
    return best;
}

}  // namespace jobtally::judge
