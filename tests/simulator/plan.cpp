// Calendars: which days, and which times on them.
#include "tests/simulator/plan.hpp"

#include <algorithm>
#include <array>

namespace jobtally::simulator {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::year_month_day;
using Times = std::vector<Micros>;
using IsOn = std::function<bool(local_days)>;

// People like round times.
Micros any_time(Random& random) {
    const Micros at = between(random, 0, 24 * 60);
    const double round = chance(random);
    const Micros step = round < 0.3 ? 60 : round < 0.6 ? 5 : 1;
    return at / step * step * minute;
}

int weekday_of_day(local_days on) {  // 0 is Monday
    return static_cast<int>(std::chrono::weekday{on}.iso_encoding()) - 1;
}
int day_of_month(local_days on) {
    return static_cast<int>(static_cast<unsigned>(year_month_day{on}.day()));
}
int days_left(local_days on) {  // in its month; 0 on the last day
    const year_month_day date{on};
    const local_days last{date.year() / date.month() / std::chrono::last};
    return static_cast<int>((last - on).count());
}
bool is_working(local_days on) {
    return weekday_of_day(on) < 5;
}
// The how-manieth working day of its month `on` is, from 1; counted from the end where `by` is 1.
int working_number(local_days on, int by) {
    const year_month_day date{on};
    int number = 0;
    for (auto at = on; year_month_day{at}.month() == date.month(); at += days{by}) {
        number += is_working(at) ? 1 : 0;
    }
    return number;
}

Plan on_days(Times times, IsOn is_on) {
    std::sort(times.begin(), times.end());
    return [times = std::move(times), is_on = std::move(is_on)](local_days on) {
        return is_on(on) ? times : Times{};
    };
}
Plan every_day(Times times) {
    return on_days(std::move(times), [](local_days) { return true; });
}
Plan once(Random& random, IsOn is_on) {
    return on_days({any_time(random)}, std::move(is_on));
}

Times even_times(Micros first, Micros step, Micros end = day) {
    Times times;
    for (Micros at = first; at < end; at += step) times.push_back(at);
    return times;
}
Plan every(Random& random, Micros step) {
    const Micros at = any_time(random) % step;
    return every_day(even_times(at, step));
}
// The same minutes of each hour.
Plan at_minutes(const Times& minutes) {
    Times times;
    for (Micros at = 0; at < day; at += hour) {
        for (const Micros of_hour : minutes) times.push_back(at + of_hour);
    }
    return every_day(std::move(times));
}
Times scattered(Random& random, std::size_t count, Micros within, Micros apart, Micros step) {
    Times times;
    while (times.size() < count) {
        const Micros at = between(random, 0, within / step) * step;
        const auto is_near = [&](Micros other) {
            const Micros distance = std::abs(at - other);
            return std::min(distance, within - distance) < apart;
        };
        if (std::none_of(times.begin(), times.end(), is_near)) times.push_back(at);
    }
    return times;
}

Plans every_minutes(Random& random) {
    return {every(random, one_of<Micros>(random, {5, 10, 12, 15, 20, 30}) * minute)};
}
Plans twice_an_hour(Random& random) {
    return {every(random, one_of<Micros>(random, {20, 30}) * minute)};
}
Plans uneven_minutes(Random& random) {
    const auto count = static_cast<std::size_t>(between(random, 2, 5));
    return {at_minutes(scattered(random, count, hour, 6 * minute, minute))};
}
Plans uneven_steps(Random& random) {
    const Micros step = one_of<Micros>(random, {7, 8, 9, 11, 13, 14, 16, 18, 22, 25, 35, 40});
    return {at_minutes(even_times(0, step * minute, hour))};
}
Plans hourly(Random& random) {
    return {every(random, hour)};
}
Plans every_2_or_3_hours(Random& random) {
    return {every(random, one_of<Micros>(random, {2, 3}) * hour)};
}
Plans every_4_or_6_hours(Random& random) {
    return {every(random, one_of<Micros>(random, {4, 6}) * hour)};
}
Plans every_8_or_12_hours(Random& random) {
    return {every(random, one_of<Micros>(random, {8, 12}) * hour)};
}
// Whatever the clock shows: 90 minutes, 7 hours, 36 hours.
Plans even_intervals(Random& random) {
    const Micros interval =
        one_of<Micros>(random, {25, 90, 100, 7 * 60, 10 * 60, 36 * 60}) * minute;
    const Micros anchor = between(random, 0, interval / second) * second;
    return {[=](local_days on) {
        const Micros begin = on.time_since_epoch().count() * day;
        const Micros first = (begin - anchor + interval - 1) / interval * interval + anchor;
        return even_times(first - begin, interval);
    }};
}
Plans times_a_day(Random& random) {
    const auto count = static_cast<std::size_t>(between(random, 2, 6));
    return {every_day(scattered(random, count, day, 2 * hour, 5 * minute))};
}
Plans close_times_a_day(Random& random) {
    const Micros first = any_time(random) / 2, apart = between(random, 20, 100) * minute;
    return {every_day({first, first + apart})};
}
Plans daily(Random& random) {
    return {every_day({any_time(random)})};
}
Plans other_at_weekends(Random& random) {
    const auto times = scattered(random, 2, day, 2 * hour, 15 * minute);
    return {[=](local_days on) { return Times{is_working(on) ? times[0] : times[1]}; }};
}
Plans monday_early(Random& random) {
    const Micros usual = 4 * hour + any_time(random) / 2, early = between(random, 2, 8) * hour / 2;
    return {[=](local_days on) -> Times {
        if (!is_working(on)) return {};
        return {weekday_of_day(on) == 0 ? usual - early : usual};
    }};
}
Plans on_weekdays(Random& random) {
    return {once(random, is_working)};
}
Plans at_weekends(Random& random) {
    return {once(random, [](local_days on) { return !is_working(on); })};
}
Plans some_weekdays(Random& random) {
    const auto count = static_cast<std::size_t>(between(random, 2, 4));
    const auto some = scattered(random, count, 7, 1, 1);
    return {once(random, [=](local_days on) {
        return std::find(some.begin(), some.end(), weekday_of_day(on)) != some.end();
    })};
}
Plans weekly(Random& random) {
    const int weekday = static_cast<int>(between(random, 0, 7));
    return {once(random, [=](local_days on) { return weekday_of_day(on) == weekday; })};
}
Plans two_times_a_week(Random& random) {
    const auto some = scattered(random, 2, 7, 2, 1);
    const auto times = scattered(random, 2, day, 3 * hour, 15 * minute);
    return {[=](local_days on) -> Times {
        const int weekday = weekday_of_day(on);
        if (weekday == some[0]) return {times[0]};
        return weekday == some[1] ? Times{times[1]} : Times{};
    }};
}
Plans days_apart(Random& random, int count) {
    const auto phase = static_cast<int>(between(random, 0, count));
    return {once(random,
                 [=](local_days on) { return on.time_since_epoch().count() % count == phase; })};
}
Plans fortnightly(Random& random) {
    return days_apart(random, 14);
}
Plans every_few_days(Random& random) {
    return days_apart(random, static_cast<int>(between(random, 2, 6)));
}
Plans first_of_month(Random& random) {
    return {once(random, [](local_days on) { return day_of_month(on) == 1; })};
}
Plans last_of_month(Random& random) {
    return {once(random, [](local_days on) { return days_left(on) == 0; })};
}
Plans day_of_the_month(Random& random) {
    const int which = static_cast<int>(between(random, 2, 29));
    return {once(random, [=](local_days on) { return day_of_month(on) == which; })};
}
Plans two_days_a_month(Random& random) {
    const int first = static_cast<int>(between(random, 1, 6));
    const int apart = static_cast<int>(between(random, 12, 17));
    return {once(random, [=](local_days on) {
        return day_of_month(on) == first || day_of_month(on) == first + apart;
    })};
}
Plans working_day(Random& random, int which, int by) {
    return {once(random,
                 [=](local_days on) { return is_working(on) && working_number(on, by) == which; })};
}
Plans first_working_day(Random& random) {
    return working_day(random, 1, -1);
}
Plans last_working_day(Random& random) {
    return working_day(random, 1, 1);
}
Plans nth_working_day(Random& random) {
    const int which = static_cast<int>(between(random, 2, 6));
    return working_day(random, which, happens(random, 0.7) ? -1 : 1);
}
bool is_nth(local_days on, int weekday, int which) {
    return weekday_of_day(on) == weekday && (day_of_month(on) - 1) / 7 == which;
}
Plans nth_weekday(Random& random) {
    const int weekday = static_cast<int>(between(random, 0, 7));
    const int which = static_cast<int>(between(random, 0, 4));
    return {once(random, [=](local_days on) { return is_nth(on, weekday, which); })};
}
Plans last_weekday(Random& random) {
    const int weekday = static_cast<int>(between(random, 0, 7));
    return {once(
        random, [=](local_days on) { return weekday_of_day(on) == weekday && days_left(on) < 7; })};
}
Plans two_weekdays_a_month(Random& random) {
    const int weekday = static_cast<int>(between(random, 0, 7));
    const int first = static_cast<int>(between(random, 0, 2));
    return {once(random, [=](local_days on) {
        return is_nth(on, weekday, first) || is_nth(on, weekday, first + 2);
    })};
}
Plans quarterly(Random& random) {
    const int which = happens(random, 0.5) ? 1 : static_cast<int>(between(random, 2, 16));
    return {once(random, [=](local_days on) {
        const auto month = static_cast<unsigned>(year_month_day{on}.month());
        return month % 3 == 1 && day_of_month(on) == which;
    })};
}
Plans in_office_hours(Random& random, Micros step) {
    const Micros begin = between(random, 7, 10) * hour, end = between(random, 17, 20) * hour;
    return {on_days(even_times(begin + any_time(random) % step, step, end), is_working)};
}
Plans office_hours(Random& random) {
    return in_office_hours(random, hour);
}
Plans office_minutes(Random& random) {
    return in_office_hours(random, one_of<Micros>(random, {15, 20, 30}) * minute);
}

// So often that a few hundred runs are over before a week is.
Micros short_step(Random& random) {
    return one_of<Micros>(random, {5, 10, 15}) * minute;
}
Times hours_of_a_day(Random& random, Micros step) {
    const Micros begin = between(random, 0, 24) * hour, length = between(random, 6, 13) * hour;
    Times times;
    for (Micros at = begin; at < begin + length; at += step) times.push_back(at % day);
    return times;
}
Plans hours_of_minutes(Random& random) {
    return {every_day(hours_of_a_day(random, short_step(random)))};
}
Plans office_few_minutes(Random& random) {
    return in_office_hours(random, one_of<Micros>(random, {5, 10}) * minute);
}
Plans weekdays_of_minutes(Random& random) {
    const Micros step = short_step(random);
    return {on_days(even_times(any_time(random) % step, step), is_working)};
}
Plans rarely_at_weekends(Random& random) {
    const Micros step = short_step(random), first = any_time(random) % step;
    const Times often = even_times(first, step);
    const Times rarely = even_times(first, one_of<Micros>(random, {1, 2, 4}) * hour);
    return {[=](local_days on) { return is_working(on) ? often : rarely; }};
}
Plans rarely_at_night(Random& random) {
    const Micros step = short_step(random);
    Times times = hours_of_a_day(random, step);
    const Micros begin = times.front(), end = times.back() + (times.back() < begin ? day : 0);
    for (Micros at = begin + day - hour; at > end; at -= hour) times.push_back(at % day);
    return {every_day(std::move(times))};
}

using Draw = Plans (*)(Random&);

Plans hourly_or_daily(Random& random) {
    return one_of<Draw>(random, {hourly, every_4_or_6_hours, daily, daily, on_weekdays})(random);
}
Plans often(Random& random) {
    return one_of<Draw>(random, {twice_an_hour, hourly, every_4_or_6_hours, daily})(random);
}
Plans for_years(Random& random) {
    return one_of<Draw>(random, {hourly, daily, on_weekdays, weekly, first_of_month})(random);
}
Plans by_clock(Random& random) {
    return one_of<Draw>(random, {daily, daily, on_weekdays, times_a_day, weekly})(random);
}
// An hour to half a day later or earlier, as far as the day goes.
Plans moved(Random& random) {
    const Plan plan = one_of<Draw>(random, {daily, daily, on_weekdays, weekly})(random).plan;
    const Micros by = between(random, 4, 48) * 15 * minute;
    return {plan, [=](local_days on) {
                auto times = plan(on);
                for (auto& at : times) at = at < day / 2 ? at + by : at - by;
                return times;
            }};
}
Plans other_frequency(Random& random) {
    struct Pair {
        Draw slow, quick;
    };
    const auto pair = one_of<Pair>(random, {{every_4_or_6_hours, hourly},
                                            {daily, every_4_or_6_hours},
                                            {daily, hourly},
                                            {on_weekdays, daily},
                                            {weekly, daily},
                                            {hourly, twice_an_hour},
                                            {daily, times_a_day}});
    const Plan slow = pair.slow(random).plan, quick = pair.quick(random).plan;
    return happens(random, 0.5) ? Plans{slow, quick} : Plans{quick, slow};
}

constexpr std::array kinds{
    Kind{"every 5 to 30 minutes", 12, every_minutes},
    Kind{"uneven minutes, 3,10,47", 20, uneven_minutes},
    Kind{"uneven steps, */25", 14, uneven_steps},
    Kind{"hourly", 40, hourly},
    Kind{"every 2 or 3 hours", 80, every_2_or_3_hours},
    Kind{"every 4 or 6 hours", 150, every_4_or_6_hours},
    Kind{"every 8 or 12 hours", 300, every_8_or_12_hours},
    Kind{"even intervals, 7 hours", 120, even_intervals, Shape::plain, Life::steady, Clock::utc},
    Kind{"2 to 5 times a day", 250, times_a_day},
    Kind{"2 close times a day", 300, close_times_a_day},
    Kind{"daily, UTC", 500, daily, Shape::plain, Life::steady, Clock::utc},
    Kind{"daily, local", 500, daily, Shape::plain, Life::steady, Clock::local},
    Kind{"other time at weekends", 500, other_at_weekends},
    Kind{"weekdays, early on Monday", 500, monday_early},
    Kind{"weekdays", 500, on_weekdays},
    Kind{"weekends", 900, at_weekends},
    Kind{"2 or 3 weekdays", 800, some_weekdays},
    Kind{"weekly", 1000, weekly},
    Kind{"2 times a week", 900, two_times_a_week},
    Kind{"fortnightly", 1400, fortnightly},
    Kind{"every 2 to 5 days", 900, every_few_days},
    Kind{"first of the month", 1800, first_of_month},
    Kind{"last of the month", 1800, last_of_month},
    Kind{"n-th of the month", 1800, day_of_the_month},
    Kind{"2 days a month", 1400, two_days_a_month},
    Kind{"first working day", 1800, first_working_day},
    Kind{"last working day", 1800, last_working_day},
    Kind{"n-th working day", 1800, nth_working_day},
    Kind{"n-th weekday of the month", 1800, nth_weekday},
    Kind{"last weekday of the month", 1800, last_weekday},
    Kind{"2 weekdays of the month", 1400, two_weekdays_a_month},
    Kind{"quarterly", 3700, quarterly},
    Kind{"office hours, hourly", 90, office_hours},
    Kind{"office hours, minutes", 50, office_minutes},
    Kind{"fan-out", 250, hourly_or_daily, Shape::fan_out},
    Kind{"retries after failure", 250, hourly_or_daily, Shape::retries},
    Kind{"after another's end", 300, hourly_or_daily, Shape::tailed},
    Kind{"after the last", 120, nullptr, Shape::after_last},
    Kind{"after the last's end", 120, nullptr, Shape::after_end},
    Kind{"moved in time", 400, moved, Shape::plain, Life::changed},
    Kind{"other frequency", 300, other_frequency, Shape::plain, Life::changed},
    Kind{"from UTC to local", 700, by_clock, Shape::plain, Life::to_local},
    Kind{"paused for weeks", 300, hourly_or_daily, Shape::plain, Life::paused},
    Kind{"an outage of days", 200, often, Shape::plain, Life::outage},
    Kind{"retired", 900, for_years, Shape::plain, Life::retired},
    Kind{"poisson", 200, nullptr, Shape::chance, Life::steady, Clock::either, poisson_gap},
    Kind{"heavy-tailed", 200, nullptr, Shape::chance, Life::steady, Clock::either, heavy_gap},
    Kind{"uniform gaps", 200, nullptr, Shape::chance, Life::steady, Clock::either, uniform_gap},
    Kind{"bursts", 200, nullptr, Shape::chance, Life::steady, Clock::either, burst_gap},
    Kind{"office poisson", 200, nullptr, Shape::chance, Life::steady, Clock::local, poisson_gap,
         true},
    Kind{"on demand", 200, nullptr, Shape::chance, Life::steady, Clock::local, demand_gap, true},
    Kind{"hours of minutes", 45, hours_of_minutes},
    Kind{"office hours, few minutes", 45, office_few_minutes},
    Kind{"weekdays, minutes", 45, weekdays_of_minutes},
    Kind{"minutes, rare at weekends", 45, rarely_at_weekends},
    Kind{"minutes, rare at night", 45, rarely_at_night},
};

}  // namespace

std::span<const Kind> all_kinds() {
    return kinds;
}

}  // namespace jobtally::simulator
