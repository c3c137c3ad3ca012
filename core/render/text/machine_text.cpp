#include "core/render/text/machine_text.hpp"

#include "core/base/text.hpp"
#include "core/render/text/renderer.hpp"
#include "core/time/rfc3339.hpp"

#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace jobtally::render {
namespace {

struct PlainText {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return fmt::to_string(value); }
    std::string operator()(table::Number number) const { return number_text(number.value); }
    std::string operator()(table::Ratio ratio) const { return number_text(ratio.value); }
    std::string operator()(time::Duration length) const { return time::format_seconds(length); }
    std::string operator()(time::Instant at) const { return time::format_utc(at); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const std::vector<std::string>& texts) const {
        return fmt::format("{}", fmt::join(texts, "; "));
    }
    std::string operator()(const table::RawJson& json) const { return one_line_json(json.text); }
    std::string operator()(const table::Bucket& bucket) const { return bucket.text; }
    std::string operator()(const table::Change& change) const { return number_text(change.value); }
};

}  // namespace

std::string number_text(double value) {
    return std::isfinite(value) ? fmt::format("{}", value) : std::string{};
}

void append_json_escape(std::string& out, char32_t code) {
    const auto value = static_cast<std::uint32_t>(code);
    if (value < 0x10000) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", value);
    } else {
        const std::uint32_t above = value - 0x10000;
        fmt::format_to(std::back_inserter(out), "\\u{:04x}\\u{:04x}", 0xd800 + (above >> 10),
                       0xdc00 + (above & 0x3ff));
    }
}

// Raw C0 controls can only stand between the tokens of JSON, everything else unseen only in
// strings.
std::string one_line_json(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    while (!json.empty()) {
        const CodePoint code = front_of(json);
        if (!code.valid) {
            out += "\ufffd";
        } else if (code.value < 0x20) {
            out += ' ';
        } else if (is_unseen(code.value)) {
            append_json_escape(out, code.value);
        } else {
            out += json.substr(0, code.size);
        }
        json.remove_prefix(code.size);
    }
    return out;
}

std::string plain_text(const table::Cell& cell) {
    return std::visit(PlainText{}, cell);
}

std::string machine_text(const table::Cell& cell) {
    std::string text = plain_text(cell);
    return table::is_text(cell) ? visible(text) : text;
}

}  // namespace jobtally::render
