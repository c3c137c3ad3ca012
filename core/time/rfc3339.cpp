#include "core/time/rfc3339.hpp"

#include "core/base/ascii.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace jobtally::time {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t micros_of_second = 1'000'000;
constexpr std::int64_t micros_of_minute = 60 * micros_of_second;
constexpr std::int64_t minutes_of_day = 24 * 60;
constexpr std::size_t seconds_end = 19;  // the length of `2020-11-21T14:26:10`

// The fields as they are written; a leap second is still 60.
struct Written {
    unsigned year, month, day, hour, minute, second;
    std::int64_t micros_of_fraction = 0;
    int offset_minutes = 0;
};

enum class Fault { none, shape, year, day, time_of_day, offset, leap_second };

Problem problem_of(Fault fault, std::string_view text) {
    const auto reason = [fault] {
        switch (fault) {
            case Fault::year:
                return "not within the years 0001 to 9999";
            case Fault::day:
                return "no such day";
            case Fault::time_of_day:
                return "no such time of day";
            case Fault::offset:
                return "no such offset from UTC";
            case Fault::leap_second:
                return "a second 60 exists at 23:59:60 UTC only";
            default:
                return "not an RFC 3339 time";
        }
    };
    return Problem{fmt::format("{}: {}", reason(), in_short_quotes(text))};
}

// Two digits as a number; a value above 99 where they are none.
inline unsigned two_digits(const char* p) {
    const unsigned tens = static_cast<unsigned char>(p[0]) - unsigned{'0'};
    const unsigned ones = static_cast<unsigned char>(p[1]) - unsigned{'0'};
    return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones;
}

inline unsigned last_day(unsigned year, unsigned month) {
    constexpr std::array<std::uint8_t, 13> lengths{0,  31, 28, 31, 30, 31, 30,
                                                   31, 31, 30, 31, 30, 31};
    return month == 2 && std::chrono::year{static_cast<int>(year)}.is_leap() ? 29 : lengths[month];
}

// `2020-11-21T14:26:10`, of which 19 bytes are there.
inline bool read_date_and_time(const char* p, Written& out) {
    const unsigned century = two_digits(p);
    const unsigned year = two_digits(p + 2);
    out.month = two_digits(p + 5);
    out.day = two_digits(p + 8);
    out.hour = two_digits(p + 11);
    out.minute = two_digits(p + 14);
    out.second = two_digits(p + 17);
    out.year = century * 100 + year;
    const bool digits =
        std::max({century, year, out.month, out.day, out.hour, out.minute, out.second}) < 100;
    return digits && p[4] == '-' && p[7] == '-' && (p[10] | 0x20) == 't' && p[13] == ':' &&
           p[16] == ':';
}

// `.345` if it is there; moves `p` behind it. False for a dot without digits.
inline bool read_fraction(const char*& p, const char* end, Written& out) {
    if (p == end || *p != '.') return true;
    const char* const first = ++p;
    std::int64_t unit = micros_of_second / 10;
    for (; p != end && is_digit(*p); ++p, unit /= 10) out.micros_of_fraction += (*p - '0') * unit;
    return p != first;
}

// `Z` or `+01:00`, up to the end.
inline Fault read_offset(const char* p, const char* end, Written& out) {
    if (end - p == 1 && (*p | 0x20) == 'z') return Fault::none;
    if (end - p != 6 || (*p != '+' && *p != '-') || p[3] != ':') return Fault::shape;
    const unsigned hours = two_digits(p + 1);
    const unsigned minutes = two_digits(p + 4);
    if (hours > 99 || minutes > 99) return Fault::shape;
    if (hours > 23 || minutes > 59) return Fault::offset;
    out.offset_minutes = static_cast<int>(hours * 60 + minutes) * (*p == '-' ? -1 : 1);
    return Fault::none;
}

inline Fault check_fields(const Written& w) {
    if (w.year == 0) return Fault::year;
    if (w.month - 1 > 11 || w.day - 1 >= last_day(w.year, w.month)) return Fault::day;
    if (w.hour > 23 || w.minute > 59 || w.second > 60) return Fault::time_of_day;
    return Fault::none;
}

inline Fault to_instant(const Written& w, Instant& out) {
    const sys_days day{std::chrono::year{static_cast<int>(w.year)} / static_cast<int>(w.month) /
                       static_cast<int>(w.day)};
    const std::int64_t minute =
        day.time_since_epoch().count() * minutes_of_day + w.hour * 60 + w.minute - w.offset_minutes;
    std::int64_t micros_of_that = w.second * micros_of_second + w.micros_of_fraction;
    if (w.second == 60) {
        if ((minute + 1) % minutes_of_day != 0) return Fault::leap_second;
        micros_of_that = micros_of_minute - 1;
    }
    out = instant_from_micros(minute * micros_of_minute + micros_of_that);
    return out < earliest || out >= end_of_time ? Fault::year : Fault::none;
}

inline Fault parse(std::string_view text, Instant& out) {
    if (text.size() <= seconds_end) return Fault::shape;
    Written written;
    const char* p = text.data();
    const char* const end = p + text.size();
    if (!read_date_and_time(p, written)) return Fault::shape;
    p += seconds_end;
    if (!read_fraction(p, end, written)) return Fault::shape;
    Fault fault = read_offset(p, end, written);
    if (fault == Fault::shape) return fault;
    if (const Fault field = check_fields(written); field != Fault::none) return field;
    return fault != Fault::none ? fault : to_instant(written, out);
}

char* put(char* p, std::uint64_t value, int width) {
    for (char* q = p + width; q != p; value /= 10) *--q = static_cast<char>('0' + value % 10);
    return p + width;
}

char* put(char* p, char separator, std::uint64_t value, int width) {
    *p = separator;
    return put(p + 1, value, width);
}

}  // namespace

Result<Instant> parse_rfc3339(std::string_view text) {
    Instant at;
    const Fault fault = parse(text, at);
    if (fault != Fault::none) return problem_of(fault, text);
    return at;
}

void append_utc(std::string& out, Instant at) {
    at = std::clamp(at, earliest, end_of_time - Duration{1});
    const auto day = std::chrono::floor<days>(at);
    const year_month_day date{day};
    const auto micros = static_cast<std::uint64_t>((at - day).count());
    const std::uint64_t seconds = micros / micros_of_second;
    const std::uint64_t fraction = micros % micros_of_second;

    std::array<char, 27> text;
    char* p = put(text.data(), static_cast<unsigned>(static_cast<int>(date.year())), 4);
    p = put(p, '-', static_cast<unsigned>(date.month()), 2);
    p = put(p, '-', static_cast<unsigned>(date.day()), 2);
    p = put(p, 'T', seconds / 3600, 2);
    p = put(p, ':', seconds / 60 % 60, 2);
    p = put(p, ':', seconds % 60, 2);
    if (fraction % 1000 != 0)
        p = put(p, '.', fraction, 6);
    else if (fraction != 0)
        p = put(p, '.', fraction / 1000, 3);
    *p++ = 'Z';
    out.append(text.data(), p);
}

std::string format_utc(Instant at) {
    std::string out;
    append_utc(out, at);
    return out;
}

std::string format_seconds(Duration length) {
    // Unsigned, because the least length has no positive twin.
    const bool negative = length.count() < 0;
    const auto count = static_cast<std::uint64_t>(length.count());
    const std::uint64_t micros = negative ? 0 - count : count;
    std::string out = fmt::format("{}{}", negative ? "-" : "", micros / micros_of_second);
    if (const std::uint64_t fraction = micros % micros_of_second; fraction != 0) {
        out += fmt::format(".{:06}", fraction);
        out.erase(out.find_last_not_of('0') + 1);
    }
    return out;
}

}  // namespace jobtally::time
