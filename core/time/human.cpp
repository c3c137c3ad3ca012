#include "core/time/human.hpp"

#include <cstdint>

#include <fmt/format.h>

namespace jobtally::time {

namespace {

// Each step rounds the whole length, so nothing is rounded twice and 59.7 s becomes `1m 00s`.
std::string human_micros(std::uint64_t micros) {
    const auto rounded = [micros](std::uint64_t unit) { return (micros + unit / 2) / unit; };
    constexpr std::uint64_t second = 1'000'000, minute = 60 * second, hour = 60 * minute;

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

std::string human_length(Duration length) {
    const auto count = static_cast<std::uint64_t>(length.count());
    return length.count() < 0 ? '-' + human_micros(0 - count) : human_micros(count);
}

}  // namespace jobtally::time
