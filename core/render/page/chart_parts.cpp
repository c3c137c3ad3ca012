#include "core/render/page/chart_parts.hpp"

#include "core/base/numbers.hpp"

#include <algorithm>

#include <fmt/chrono.h>

namespace jobtally::render {
namespace {

std::string clock_text(const std::optional<time::Instant>& at, const Style& style) {
    if (!at) return {};
    const auto local = style.zone.to_local(*at);
    if (local == std::chrono::floor<std::chrono::days>(local)) return {};
    return " " + format_local(*at, style.zone, false).substr(11);
}

// fmt 9 can only format dates of the system clock.
std::chrono::sys_days date_of(std::chrono::local_days day) {
    return std::chrono::sys_days{day.time_since_epoch()};
}

}  // namespace

std::string day_text(std::chrono::local_days day) {
    return fmt::format("{:%a} {} {:%Y}", date_of(day), short_day_text(day), date_of(day));
}

std::string short_day_text(std::chrono::local_days day) {
    const unsigned number{std::chrono::year_month_day{day}.day()};
    return fmt::format("{} {:%b}", number, date_of(day));
}

std::string span_text(const table::DaysChart& chart, const Style& style) {
    return fmt::format("{}, {}{} to {}{}", counted(std::ssize(chart.days), "day", "days"),
                       day_text(chart.days.front()), clock_text(chart.span.since, style),
                       day_text(chart.days.back()), clock_text(chart.span.until, style));
}

std::string ends_text(const table::Ends& ends) {
    if (ends.reports == 0) return "no reports";
    std::string out = counted(ends.reports, "report", "reports");
    if (ends.finished() == 0) return out + ", none finished";
    out += fmt::format(": {} succeeded ({})", count_text(ends.succeeded),
                       per_cent_text(ends.success()));
    if (ends.partial > 0) out += fmt::format(", {} of them partial", count_text(ends.partial));
    if (ends.failed > 0) out += fmt::format("; {} failed", count_text(ends.failed));
    if (ends.reports > ends.finished()) {
        out += fmt::format("; {} not finished", count_text(ends.reports - ends.finished()));
    }
    return out;
}

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

std::vector<DayTick> day_ticks(const std::vector<std::chrono::local_days>& days) {
    std::vector<DayTick> ticks;
    const bool by_month = days.size() > 62;
    for (std::size_t place = 0; place < days.size(); ++place) {
        const auto day = days[place];
        const bool first = std::chrono::year_month_day{day}.day() == std::chrono::day{1};
        const bool monday = std::chrono::weekday{day} == std::chrono::Monday;
        if (!(by_month ? first : monday)) continue;
        const std::string text = short_day_text(day);
        ticks.push_back({place, by_month ? text.substr(2) : text});  // `1 Dec`
    }
    return ticks;
}

std::string coordinate(double value) {
    std::string text = fmt::format("{:.1f}", value);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text == "-0" ? "0" : text;
}

}  // namespace jobtally::render
