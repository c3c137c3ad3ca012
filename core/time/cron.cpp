// Reads the five fields and walks the calendar.
#include "core/time/cron.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/time/calendar.hpp"

#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace jobtally::time {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> nicknames{
    {{"@hourly", "0 * * * *"},
     {"@daily", "0 0 * * *"},
     {"@midnight", "0 0 * * *"},
     {"@weekly", "0 0 * * 0"},
     {"@monthly", "0 0 1 * *"},
     {"@yearly", "0 0 1 1 *"},
     {"@annually", "0 0 1 1 *"}}};
constexpr int longest_search =
    366 * 9;  // days: from one February 29th to the next, at most 8 years

struct Field {
    std::string_view name;
    int least, most;
    // Of `least` and the values after it; their first three letters will do.
    std::span<const std::string_view> names;
};

[[noreturn]] void refuse_line(std::string_view line, const std::string& problem) {
    throw UsageError(fmt::format("not a cron line: {}: {}", in_short_quotes(line), problem),
                     "for example \"30 2 * * 1-5\" (minute hour day month weekday), or @daily");
}

std::optional<int> number_of(std::string_view text, const Field& field) {
    for (std::size_t i = 0; i < field.names.size(); ++i) {
        if (equals_ignoring_case(text, field.names[i].substr(0, 3)))
            return field.least + static_cast<int>(i);
    }
    if (text.empty() || text.size() > 2) return std::nullopt;
    int value = 0;
    for (const char c : text) {
        if (!is_digit(c)) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    if (value < field.least || value > field.most) return std::nullopt;
    return value;
}

// Cuts `text` at the first `at`; without one the second part is nothing.
std::pair<std::string_view, std::optional<std::string_view>> cut(std::string_view text, char at) {
    const auto place = text.find(at);
    if (place == text.npos) return {text, std::nullopt};
    return {text.substr(0, place), text.substr(place + 1)};
}

// One of a list: `*`, `5`, `1-5`, with `/2` behind `*` or a range.
template <std::size_t Size>
bool add_part(std::string_view part, const Field& field, std::bitset<Size>& values) {
    const auto [range, step_text] = cut(part, '/');
    const auto step = step_text ? number_of(*step_text, {"step", 1, 99, {}}) : std::optional(1);
    const auto [low_text, high_text] = cut(range, '-');
    const bool all = range == "*";
    const auto low = all ? std::optional(field.least) : number_of(low_text, field);
    const auto high = all         ? std::optional(field.most)
                      : high_text ? number_of(*high_text, field)
                                  : low;
    const bool is_single = !all && !high_text;
    if (!step || !low || !high || *low > *high || (is_single && step_text)) return false;
    for (int value = *low; value <= *high; value += *step) {
        values.set(static_cast<std::size_t>(value) % Size);
    }
    return true;
}

template <std::size_t Size>
std::bitset<Size> values_of(std::string_view text, const Field& field, std::string_view line) {
    std::bitset<Size> values;
    std::optional<std::string_view> rest = text;
    while (rest) {
        const auto [part, more] = cut(*rest, ',');
        if (!add_part(part, field, values)) {
            refuse_line(line, fmt::format("{} is no {}", in_short_quotes(part), field.name));
        }
        rest = more;
    }
    return values;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (true) {
        const auto begin = text.find_first_not_of(" \t");
        if (begin == text.npos) return words;
        const auto end = text.find_first_of(" \t", begin);
        words.push_back(text.substr(begin, end == text.npos ? end : end - begin));
        if (end == text.npos) return words;
        text.remove_prefix(end);
    }
}

}  // namespace

CronLine CronLine::parse(std::string_view text) {
    auto words = words_of(text);
    for (const auto& [nickname, fields] : nicknames) {
        if (words.size() == 1 && equals_ignoring_case(words[0], nickname)) words = words_of(fields);
    }
    if (words.size() != 5) refuse_line(text, "it has five fields");
    CronLine line;
    line.m_text = text;
    line.m_minutes = values_of<60>(words[0], {"minute", 0, 59, {}}, text);
    line.m_hours = values_of<24>(words[1], {"hour", 0, 23, {}}, text);
    line.m_days = values_of<32>(words[2], {"day of the month", 1, 31, {}}, text);
    line.m_months = values_of<13>(words[3], {"month", 1, 12, month_names}, text);
    line.m_weekdays = values_of<7>(words[4], {"weekday", 0, 7, weekday_names}, text);
    line.m_any_day = words[2].starts_with('*');
    line.m_any_weekday = words[4].starts_with('*');
    const local_days start{std::chrono::year{2000} / 1 / 1};
    for (int i = 0; i < longest_search; ++i) {
        if (line.names_day(start + days{i})) return line;
    }
    refuse_line(text, "there is no such day");
}

bool CronLine::names_day(local_days day) const {
    const std::chrono::year_month_day date{day};
    if (!m_months.test(static_cast<unsigned>(date.month()))) return false;
    const bool on_day = m_days.test(static_cast<unsigned>(date.day()));
    const bool on_weekday = m_weekdays.test(std::chrono::weekday{day}.c_encoding());
    // `*/2` restricts and yet counts as `*`: then both must hold.
    return m_any_day || m_any_weekday ? on_day && on_weekday : on_day || on_weekday;
}

Instant CronLine::next_after(Instant at, const Zone& zone) const {
    if (m_hours.all()) return next_of_every_hour(at, zone);
    auto day = std::chrono::floor<days>(zone.to_local(at));
    for (int i = 0; i < longest_search; ++i, day += days{1}) {
        if (!names_day(day)) continue;
        for (int minute = 0; minute < 24 * 60; ++minute) {
            if (!m_hours.test(static_cast<std::size_t>(minute / 60)) ||
                !m_minutes.test(static_cast<std::size_t>(minute % 60))) {
                continue;
            }
            const Instant next = zone.to_utc(LocalTime{day} + minutes{minute});
            if (next > at) return next;
        }
    }
    return end_of_time;
}

// Such a line goes by real time: where the clock is turned back its hour comes twice.
Instant CronLine::next_of_every_hour(Instant at, const Zone& zone) const {
    Instant next = std::chrono::floor<minutes>(at) + minutes{1};
    for (int i = 0; i < longest_search * 24 * 60; ++i) {
        const auto local = zone.to_local(next);
        const auto day = std::chrono::floor<days>(local);
        if (!names_day(day)) {
            next = std::max(next + minutes{1}, zone.to_utc(LocalTime{day + days{1}}));
            continue;
        }
        const auto minute = std::chrono::duration_cast<minutes>(local - day).count() % 60;
        if (m_minutes.test(static_cast<std::size_t>(minute))) return next;
        next += minutes{1};
    }
    return end_of_time;
}

}  // namespace jobtally::time
