// Reads and writes the range syntax, and compares values with it.
#include "core/probe/threshold.hpp"

#include "core/base/error.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/time/length.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace jobtally::probe {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
    throw UsageError(
        fmt::format("not a range: \"{}\"{}{}", visible(text), why.empty() ? "" : ": ", why),
        text.find('/') != text.npos
            ? "put a range that begins with ~ in quotes: the shell has made a folder of it"
            : "ranges are as in \"10\", \"10:\", \"~:10\", \"10:20\" or \"@10:20\"");
}

// Whoever writes 0.95 means 95 per cent as a rule, and would never be told anything.
[[noreturn]] void refuse_fraction(std::string_view text, std::string_view end, double number) {
    throw UsageError(
        fmt::format("\"{}\" is in per cent, and {} may be a fraction", visible(text), end),
        fmt::format("write {} for the fraction, or {}% for so few per cent",
                    decimal_text(std::round(number * 1e12) / 1e10), end));
}

// Digits with a sign and a fraction; no exponents, no names such as `inf`.
std::optional<double> plain_number(std::string_view text) {
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    const bool in_full = read.ec == std::errc{} && read.ptr == end;
    const bool of_digits = text.find_first_not_of("-.0123456789") == std::string_view::npos;
    if (!in_full || !of_digits) return std::nullopt;
    return value == 0 ? 0 : value;  // no -0
}

double end_of_range(std::string_view end, Unit unit, std::string_view text) {
    const bool has_sign = unit == Unit::per_cent && end.ends_with('%');
    if (has_sign) end.remove_suffix(1);
    if (const auto number = plain_number(end)) {
        const bool may_be_fraction = unit == Unit::per_cent && *number > 0 && *number <= 1;
        if (may_be_fraction && !has_sign) refuse_fraction(text, end, *number);
        return *number;
    }
    if (unit != Unit::seconds || end.starts_with('/')) refuse(text, "");
    return static_cast<double>(time::parse_length(end).count()) / 1e6;
}

}  // namespace

double per_cent(double ratio) {
    return std::round(ratio * 1e12) / 1e10;
}

Threshold Threshold::parse(std::string_view text, Unit unit) {
    Threshold range{};
    std::string_view rest = text;
    range.m_alerts_inside = rest.starts_with('@');
    if (range.m_alerts_inside) rest.remove_prefix(1);
    const auto colon = rest.find(':');
    const auto start = colon == rest.npos ? std::string_view() : rest.substr(0, colon);
    const auto end = colon == rest.npos ? rest : rest.substr(colon + 1);
    if (start.empty() && end.empty()) refuse(text, "it has no end");
    range.m_start = 0;
    if (start == "~") {
        range.m_start = -infinity;
    } else if (!start.empty()) {
        range.m_start = end_of_range(start, unit, text);
    }
    range.m_end = end.empty() ? infinity : end_of_range(end, unit, text);
    if (range.m_start > range.m_end) refuse(text, "it ends before it starts");
    return range;
}

bool Threshold::alerts(double value) const {
    const bool inside = value >= m_start && value <= m_end;
    return inside == m_alerts_inside;
}

std::string Threshold::text() const {
    std::string out = m_alerts_inside ? "@" : "";
    if (m_start == -infinity) {
        out += "~:";
    } else if (m_start != 0 || m_end == infinity) {
        out += decimal_text(m_start) + ":";
    }
    return m_end == infinity ? out : out + decimal_text(m_end);
}

}  // namespace jobtally::probe
