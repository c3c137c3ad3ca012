// Learned schedules as people say them: `daily 02:30`.
#include "core/rhythm/learned_schedule.hpp"
#include "core/time/calendar.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace jobtally::rhythm {

namespace {

constexpr std::size_t most_times_told = 4;

// `Mon` is the first.
std::string_view short_day(std::int64_t weekday) {
    return time::weekday_names[static_cast<std::size_t>(weekday + 1) % 7].substr(0, 3);
}

std::string time_of_day(std::int64_t micros) {
    const std::int64_t minutes = floor_divide(micros, 60 * second_micros);
    const std::int64_t of_day = minutes - floor_divide(minutes, 24 * 60) * 24 * 60;
    return fmt::format("{:02}:{:02}", of_day / 60, of_day % 60);
}

std::string length_text(std::int64_t micros) {
    const std::int64_t seconds = (micros + second_micros / 2) / second_micros;
    if (seconds % 86400 == 0) return fmt::format("{} d", seconds / 86400);
    if (seconds % 3600 == 0) return fmt::format("{} h", seconds / 3600);
    if (seconds < 120) return fmt::format("{} s", seconds);
    const std::int64_t minutes = (seconds + 30) / 60;
    if (minutes < 180) return fmt::format("{} min", minutes);
    const std::int64_t hours = minutes / 60;
    if (minutes % 60 == 0 && hours < 72) return fmt::format("{} h", hours);
    if (hours < 72) return fmt::format("{} h {:02} min", hours, minutes % 60);
    return fmt::format("{} d {:02} h", hours / 24, hours % 24);
}

std::string weekdays_text(Weekdays weekdays) {
    if (weekdays == monday_to_friday) return "weekdays";
    std::string text;
    for (int day = 0; day < 7; ++day) {
        if ((weekdays >> day & 1) == 0) continue;
        text += (text.empty() ? "" : " ") + std::string(short_day(day));
    }
    return text;
}

std::string times_text(const std::vector<std::int64_t>& times) {
    if (times.size() > most_times_told) {
        return fmt::format("{} times a day, {} to {}", times.size(), time_of_day(times.front()),
                           time_of_day(times.back()));
    }
    std::vector<std::string> texts;
    for (const std::int64_t at : times) texts.push_back(time_of_day(at));
    return fmt::format("{}", fmt::join(texts, " "));
}

// The days that have the same time stand together: `Mon Tue 02:30, Sat 06:00`.
std::string weekly_text(const std::vector<std::int64_t>& times) {
    std::vector<std::pair<std::string, Weekdays>> days_at;
    for (const std::int64_t at : times) {
        const auto time = time_of_day(at);
        auto same = std::find_if(days_at.begin(), days_at.end(),
                                 [&](const auto& days) { return days.first == time; });
        if (same == days_at.end()) same = days_at.insert(same, {time, Weekdays{0}});
        const int weekday = weekday_of(floor_divide(at, day_micros));
        same->second = static_cast<Weekdays>(same->second | 1 << weekday);
    }
    if (days_at.size() > most_times_told) return fmt::format("{} times a week", times.size());
    std::vector<std::string> texts;
    for (const auto& [time, days] : days_at) {
        texts.push_back(fmt::format("{} {}", weekdays_text(days), time));
    }
    return fmt::format("weekly {}", fmt::join(texts, ", "));
}

std::string clock_text(const ClockSlots& slots, const std::vector<std::int64_t>& times) {
    const bool is_daily = slots.weekdays == every_weekday;
    if (slots.period < day_micros) {
        auto every = fmt::format("every {}", length_text(slots.period));
        if (times.size() > 1 && times.size() <= most_times_told + 2) {
            every += " at";
            for (const std::int64_t at : times) every += " " + time_of_day(at).substr(2);
        }
        return is_daily ? every : fmt::format("{}, {}", every, weekdays_text(slots.weekdays));
    }
    if (slots.period == day_micros) {
        const auto at = times_text(times);
        if (!is_daily) return fmt::format("{} {}", weekdays_text(slots.weekdays), at);
        return times.size() > most_times_told ? at : fmt::format("daily {}", at);
    }
    if (slots.period == week_micros) return weekly_text(times);
    return fmt::format("every {} {}", length_text(slots.period), times_text(times));
}

std::string ordinal(std::int64_t number) {
    const bool is_teen = number / 10 % 10 == 1;
    const char* ending = is_teen            ? "th"
                         : number % 10 == 1 ? "st"
                         : number % 10 == 2 ? "nd"
                         : number % 10 == 3 ? "rd"
                                            : "th";
    return fmt::format("{}{}", number, ending);
}

// `1st`, `last day`, `2nd last`; of working days `3rd working day`, of weekdays `1st Mon`.
std::string day_text(const MonthSlots& slots, int which) {
    const std::string number = which == -1 ? "last"
                               : which < 0 ? ordinal(-which) + " last"
                                           : ordinal(which + 1);
    if (slots.by == MonthSlots::By::weekday) {
        return fmt::format("{} {}", number, short_day(slots.weekday));
    }
    if (slots.by == MonthSlots::By::working_day) return number + " working day";
    return which < 0 ? number + " day" : number;
}

std::string month_text(const MonthSlots& slots, std::int64_t time) {
    // Where people would name an earlier time it may be on the day before; then it is not shown.
    std::vector<std::string> texts;
    for (const int which : slots.days) {
        texts.push_back(day_text(slots, which) + " " +
                        time_of_day(std::max<std::int64_t>(time, 0)));
    }
    const auto every =
        slots.step == 1 ? std::string("monthly") : fmt::format("every {} months", slots.step);
    return fmt::format("{} {}", every, fmt::join(texts, ", "));
}

}  // namespace

std::string LearnedSchedule::text(const time::Zone& zone) const {
    if (const auto* even = std::get_if<EvenSlots>(&m_slots)) {
        return fmt::format("every {}", length_text(even->interval));
    }
    if (const auto* since = std::get_if<SinceLast>(&m_slots)) {
        return fmt::format("about every {}", length_text(since->interval));
    }
    const auto* clock = std::get_if<ClockSlots>(&m_slots);
    std::string text;
    if (clock != nullptr) {
        std::vector<std::int64_t> times = clock->offsets;
        for (auto& at : times) at -= m_shown_earlier;
        text = clock_text(*clock, times);
    } else {
        const auto& month = std::get<MonthSlots>(m_slots);
        text = month_text(month, month.time - m_shown_earlier);
    }
    const bool names_times = clock == nullptr || clock->period >= day_micros;
    return names_times && m_clock.name() != zone.name() ? text + " " + m_clock.name() : text;
}

}  // namespace jobtally::rhythm
