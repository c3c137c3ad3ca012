// parse_length of expression.hpp.
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/time/expression.hpp"
#include "core/time/quoted.hpp"

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

bool is_digit_of_length(char c) {
    return c >= '0' && c <= '9';
}

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
    const auto is_name = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
    const std::string_view whole = take(rest, is_digit_of_length);
    std::string_view fraction;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        fraction = take(rest, is_digit_of_length);
        if (fraction.empty()) return std::nullopt;
    }
    take(rest, is_space);
    const auto unit = unit_named(take(rest, is_name));
    take(rest, is_space);
    if (whole.empty() || !unit) return std::nullopt;
    return product(whole, fraction, *unit);
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
        throw UsageError{fmt::format("not a length of time: {}", quoted(text)),
                         "lengths are as in \"90s\", \"1h30m\" or \"7d\" (units s m h d w)"};
    }
    return Duration{sum};
}

}  // namespace jobtally::time
