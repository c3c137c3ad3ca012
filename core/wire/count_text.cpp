#include "core/wire/count_text.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <string>

namespace jobtally::wire {

namespace {

constexpr std::int64_t exponent_limit = 1'000'000'000;  // beyond any number that fits a report

std::int64_t exponent_of(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec == std::errc{}) return std::clamp(value, -exponent_limit, exponent_limit);
    return text.starts_with('-') ? -exponent_limit : exponent_limit;
}

Problem problem(std::string_view what, std::string_view number) {
    return Problem{std::string(what) + ": " + shorten(number, 40)};
}

}  // namespace

Result<std::int64_t> count_of(std::string_view number) {
    const bool is_negative = number.starts_with('-');
    const auto e = std::min(number.find_first_of("eE"), number.size());
    std::string digits(number.substr(is_negative, e - is_negative));
    std::int64_t scale = e < number.size() ? exponent_of(number.substr(e + 1)) : 0;
    if (const auto point = digits.find('.'); point != std::string::npos) {
        scale -= std::ssize(digits.erase(point, 1)) - static_cast<std::int64_t>(point);
    }
    // The number is DIGITS * 10^scale; now without zeros at either end of the digits.
    digits.erase(0, digits.find_first_not_of('0'));
    if (digits.empty()) return 0;
    if (is_negative) return problem("negative count", number);
    const auto significant = digits.find_last_not_of('0') + 1;
    scale += static_cast<std::int64_t>(digits.size() - significant);
    digits.resize(significant);
    if (scale < 0) return problem("fractional count", number);
    constexpr int most_digits = std::numeric_limits<std::int64_t>::digits10 + 1;
    if (std::ssize(digits) + scale > most_digits) return problem("count above 2^63-1", number);
    digits.append(static_cast<std::size_t>(scale), '0');
    std::int64_t value = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc{})
        return problem("count above 2^63-1", number);
    return value;
}

bool is_integer(std::string_view number) noexcept {
    return number.find_first_of(".eE") == std::string_view::npos;
}

}  // namespace jobtally::wire
