#include "core/render/page/svg_axis.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace jobtally::render {
namespace {

using std::chrono::local_days;
using std::chrono::year_month_day;

constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr const char* weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

const char* month_of(const year_month_day& date) {
    return months[static_cast<unsigned>(date.month()) - 1];
}

std::vector<LengthAxis::Tick> round_lengths() {
    using namespace std::chrono_literals;
    return {{1ms, "1 ms"},   {10ms, "10 ms"},   {100ms, "0.1 s"},  {1s, "1 s"}, {10s, "10 s"},
            {1min, "1 min"}, {10min, "10 min"}, {1h, "1 h"},       {6h, "6 h"}, {24h, "1 d"},
            {240h, "10 d"},  {2400h, "100 d"},  {24000h, "1000 d"}};
}

double log_of(time::Duration length) {
    return std::log(static_cast<double>(std::max<std::int64_t>(length.count(), 1)));
}

}  // namespace

std::vector<std::int64_t> count_ticks(std::int64_t most) {
    constexpr std::int64_t greatest = 1'000'000'000'000'000;
    const std::int64_t least_step = (std::clamp<std::int64_t>(most, 1, greatest) + 3) / 4;
    std::int64_t unit = 1;
    while (unit * 10 <= least_step) unit *= 10;
    std::int64_t step = unit;
    for (const std::int64_t factor : {2, 5, 10}) {
        if (step < least_step) step = unit * factor;
    }
    std::vector<std::int64_t> ticks{0};
    do {
        ticks.push_back(ticks.back() + step);
    } while (ticks.back() < most && ticks.size() < 5);
    return ticks;
}

double share_floor(double least) {
    double floor = 0;
    for (const double candidate : {0.5, 0.8, 0.9, 0.95, 0.99}) {
        if (candidate < least) floor = candidate;
    }
    return floor;
}

LengthAxis::LengthAxis(time::Duration least, time::Duration most, double width) : m_width(width) {
    const auto all = round_lengths();
    std::size_t first = 0;
    while (first + 2 < all.size() && all[first + 1].at <= least) ++first;
    std::size_t last = first + 1;
    while (last + 1 < all.size() && all[last].at < most) ++last;
    m_ticks.assign(all.begin() + static_cast<std::ptrdiff_t>(first),
                   all.begin() + static_cast<std::ptrdiff_t>(last) + 1);
}

double LengthAxis::place(time::Duration length) const {
    const double from = log_of(m_ticks.front().at);
    const double to = log_of(m_ticks.back().at);
    return m_width * std::clamp((log_of(length) - from) / (to - from), 0.0, 1.0);
}

std::vector<DayTick> day_ticks(const std::vector<local_days>& days) {
    std::vector<DayTick> ticks;
    const bool by_month = days.size() > 62;
    for (std::size_t place = 0; place < days.size(); ++place) {
        const year_month_day date{days[place]};
        if (by_month && date.day() == std::chrono::day{1}) {
            ticks.push_back({place, month_of(date)});
        } else if (!by_month && std::chrono::weekday{days[place]} == std::chrono::Monday) {
            ticks.push_back({place, short_day_text(days[place])});
        }
    }
    return ticks;
}

std::string day_text(local_days day) {
    return fmt::format("{} {} {}", weekdays[std::chrono::weekday{day}.c_encoding()],
                       short_day_text(day), static_cast<int>(year_month_day{day}.year()));
}

std::string short_day_text(local_days day) {
    const year_month_day date{day};
    return fmt::format("{} {}", static_cast<unsigned>(date.day()), month_of(date));
}

}  // namespace jobtally::render
