#include "core/time/length.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace jobtally::time {

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t longest = std::int64_t{10'000} * 366 * 86'400 * second;

struct UnitName {
    std::string_view name;
    std::int64_t micros;
};

constexpr std::array<UnitName, 19> unit_names{{
    {"s", second},
    {"sec", second},
    {"secs", second},
    {"second", second},
    {"seconds", second},
    {"m", 60 * second},
    {"min", 60 * second},
    {"mins", 60 * second},
    {"minute", 60 * second},
    {"minutes", 60 * second},
    {"h", 3600 * second},
    {"hour", 3600 * second},
    {"hours", 3600 * second},
    {"d", 86400 * second},
    {"day", 86400 * second},
    {"days", 86400 * second},
    {"w", 604800 * second},
    {"week", 604800 * second},
    {"weeks", 604800 * second},
}};

std::optional<std::int64_t> unit_named(std::string_view name) {
    for (const UnitName& unit : unit_names) {
        // Single letters to the letter: whoever writes `2M` means months, which no length has.
        if (name.size() == 1 ? unit.name == name : equals_ignoring_case(unit.name, name))
            return unit.micros;
    }
    return std::nullopt;
}

// Takes what `belongs` accepts off the front of `rest`.
template <class Belongs>
std::string_view take(std::string_view& rest, Belongs belongs) {
    std::size_t n = 0;
    while (n < rest.size() && belongs(rest[n])) ++n;
    const std::string_view taken = rest.substr(0, n);
    rest.remove_prefix(n);
    return taken;
}

// `1.5` units in microseconds; nothing where that is no number or too long.
std::optional<std::int64_t> product(std::string_view whole, std::string_view fraction,
                                    std::int64_t unit) {
    std::int64_t count = 0;
    for (const char c : whole) {
        count = count * 10 + (c - '0');
        if (count > longest / unit) return std::nullopt;
    }
    std::int64_t micros = count * unit;
    for (const char c : fraction) {
        micros += unit * (c - '0') / 10;
        unit /= 10;
    }
    return micros;
}

// One `90 minutes` off the front.
std::optional<std::int64_t> take_part(std::string_view& rest) {
    const auto is_space = [](char c) { return c == ' '; };
    const std::string_view whole = take(rest, is_digit);
    std::string_view fraction;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        fraction = take(rest, is_digit);
        if (fraction.empty()) return std::nullopt;
    }
    take(rest, is_space);
    const auto unit = unit_named(take(rest, is_letter));
    take(rest, is_space);
    if (whole.empty() || !unit) return std::nullopt;
    return product(whole, fraction, *unit);
}

// Each step rounds the whole length, so nothing is rounded twice and 59.7 s becomes `1m 00s`.
std::string human_micros(std::uint64_t micros) {
    const auto rounded = [micros](std::uint64_t unit) { return (micros + unit / 2) / unit; };
    constexpr std::uint64_t minute = 60 * second, hour = 60 * minute;
    if (micros == 0) return "0 s";
    if (micros < 1000) return fmt::format("{} us", micros);
    if (const auto ms = rounded(1000); ms < 1000) return fmt::format("{} ms", ms);
    if (const auto cs = rounded(second / 100); cs < 1000)
        return fmt::format("{}.{:02} s", cs / 100, cs % 100);
    if (const auto s = rounded(second); s < 60) return fmt::format("{} s", s);
    if (const auto s = rounded(second); s < 3600) return fmt::format("{}m {:02}s", s / 60, s % 60);
    if (const auto m = rounded(minute); m < 24 * 60)
        return fmt::format("{}h {:02}m", m / 60, m % 60);
    if (const auto h = rounded(hour); h < 10 * 24) return fmt::format("{}d {:02}h", h / 24, h % 24);
    return fmt::format("{}d", rounded(24 * hour));
}

}  // namespace

Duration parse_length(std::string_view text) {
    std::string_view rest = text;
    std::int64_t sum = 0;
    bool good = true;
    do {
        const auto part = take_part(rest);
        good = part && *part <= longest - sum;
        if (good) sum += *part;
    } while (good && !rest.empty());
    if (!good) {
        throw UsageError{fmt::format("not a length of time: {}", in_short_quotes(text)),
                         "lengths are as in \"90s\", \"1h30m\" or \"7d\" (units s m h d w)"};
    }
    return Duration{sum};
}

std::string human_length(Duration length) {
    const auto count = static_cast<std::uint64_t>(length.count());
    return length.count() < 0 ? '-' + human_micros(0 - count) : human_micros(count);
}

}  // namespace jobtally::time
