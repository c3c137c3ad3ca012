// Checks of option values.
#pragma once

#include "core/base/nearest.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace jobtally::cli {

// A whole number of `least` or more, up to 2^63-1.
inline CLI::Validator whole_number(std::int64_t least) {
    return CLI::Validator(
        [least](std::string& text) -> std::string {
            std::int64_t value = 0;
            const char* const end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data(), end, value);
            if (error == std::errc{} && stop == end && value >= least) return {};
            return fmt::format("\"{}\" is not a whole number of {} or more", text, least);
        },
        "");
}

// One of a few words.
inline CLI::Validator one_of(const std::vector<std::string>& words) {
    return CLI::Validator(
        [words](std::string& text) -> std::string {
            if (std::find(words.begin(), words.end(), text) != words.end()) return {};
            return fmt::format("\"{}\" is none of {}\n{}", text, fmt::join(words, ", "),
                               did_you_mean(text, words));
        },
        fmt::format("{{{}}}", fmt::join(words, ",")));
}

// A number of bytes, with a unit or without; the value becomes that number.
inline CLI::Validator size_in_bytes() {
    return CLI::Validator(
        [](std::string& text) -> std::string {
            std::string bytes = text;
            try {
                // CLI11 would turn a negative number into a large one.
                if (!bytes.starts_with('-') && CLI::AsSizeValue(false)(bytes).empty()) {
                    text = bytes;
                    return {};
                }
            } catch (const CLI::ParseError&) {
                // The message below is clearer.
            }
            return fmt::format("\"{}\" is not a size, as in 65536, 512KiB or 1MiB", text);
        },
        "");
}

// 0 to 100, with a `%` or without; it must be there where a fraction could be meant. The value
// becomes the number.
inline CLI::Validator per_cent() {
    return CLI::Validator(
        [](std::string& text) -> std::string {
            double value = 0;
            const bool has_sign = text.ends_with('%');
            const char* const end = text.data() + text.size() - (has_sign ? 1 : 0);
            const auto [stop, error] = std::from_chars(text.data(), end, value);
            const bool whole = error == std::errc{} && stop == end && std::isfinite(value);
            if (!whole || value < 0 || value > 100)
                return fmt::format("\"{}\" is not a number from 0 to 100", text);
            if (!has_sign && value > 0 && value <= 1)
                return fmt::format("{} may be a fraction: write {} or {}%", text, 100 * value,
                                   text);
            if (has_sign) text.pop_back();
            return {};
        },
        "");
}

}  // namespace jobtally::cli
