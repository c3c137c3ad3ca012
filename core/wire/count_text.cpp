// Reads a count from the digits of a JSON number, without floating point.
#include "core/wire/count_text.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

namespace jobtally::wire {

namespace {

constexpr std::int64_t exponent_limit = 1'000'000'000;  // beyond any number that fits a report

struct Decimal {
    std::string digits;         // without leading or trailing zeros; empty for zero
    std::int64_t exponent = 0;  // the value is 0.DIGITS * 10^exponent
    bool negative = false;
};

std::int64_t exponent_of(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec == std::errc{}) return std::clamp(value, -exponent_limit, exponent_limit);
    return text.starts_with('-') ? -exponent_limit : exponent_limit;
}

Decimal decimal_of(std::string_view number) {
    Decimal result;
    result.negative = number.starts_with('-');
    if (result.negative) number.remove_prefix(1);
    const auto e = number.find_first_of("eE");
    if (e != std::string_view::npos) result.exponent = exponent_of(number.substr(e + 1));
    const auto mantissa = number.substr(0, e);
    const auto point = std::min(mantissa.find('.'), mantissa.size());
    result.exponent += static_cast<std::int64_t>(point);
    result.digits = mantissa.substr(0, point);
    if (point < mantissa.size()) result.digits += mantissa.substr(point + 1);
    const auto first = std::min(result.digits.find_first_not_of('0'), result.digits.size());
    result.digits.erase(0, first);
    result.exponent -= static_cast<std::int64_t>(first);
    result.digits.erase(result.digits.find_last_not_of('0') + 1);
    return result;
}

Problem problem(std::string_view what, std::string_view number) {
    return Problem{std::string(what) + ": " + shorten(number, 40)};
}

}  // namespace

Result<std::int64_t> count_of(std::string_view number) {
    Decimal decimal = decimal_of(number);
    if (decimal.digits.empty()) return 0;
    if (decimal.negative) return problem("negative count", number);
    const auto length = static_cast<std::int64_t>(decimal.digits.size());
    if (decimal.exponent < length) return problem("fractional count", number);
    constexpr int most_digits = std::numeric_limits<std::int64_t>::digits10 + 1;
    if (decimal.exponent > most_digits) return problem("count above 2^63-1", number);
    decimal.digits.append(static_cast<std::size_t>(decimal.exponent - length), '0');
    std::int64_t value = 0;
    const char* end = decimal.digits.data() + decimal.digits.size();
    if (std::from_chars(decimal.digits.data(), end, value).ec != std::errc{})
        return problem("count above 2^63-1", number);
    return value;
}

bool is_integer(std::string_view number) noexcept {
    return number.find_first_of(".eE") == std::string_view::npos;
}

}  // namespace jobtally::wire
