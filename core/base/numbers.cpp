#include "core/base/numbers.hpp"

#include <fmt/format.h>

namespace jobtally {

std::string count_text(std::int64_t count) {
    std::string digits = std::to_string(count);
    const std::size_t first = digits.front() == '-' ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, 1, ',');
    return digits;
}

std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count_text(count), count == 1 ? one : many);
}

std::string per_cent_text(double fraction) {
    const std::string digits = fmt::format("{:.1f}", fraction * 100);
    if (fraction > 0 && digits == "0.0") return "<0.1 %";
    if (fraction < 1 && digits == "100.0") return ">99.9 %";
    return (digits == "-0.0" ? "0.0" : digits) + " %";
}

std::string decimal_text(double value) {
    std::string text = fmt::format("{:.6f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text == "-0" ? "0" : text;
}

}  // namespace jobtally
