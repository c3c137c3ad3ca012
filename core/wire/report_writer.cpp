// Writes a report as one JSON object on one line.
#include "core/wire/report_writer.hpp"

#include "core/base/text.hpp"
#include "core/time/rfc3339.hpp"

#include <iterator>

#include <fmt/format.h>

namespace jobtally::wire {

namespace {

void append_name(std::string& out, std::string_view name) {
    out += out.back() == '{' ? "\"" : ",\"";
    out += name;
    out += "\":";
}

void append_text(std::string& out, std::string_view name, const std::optional<std::string>& text) {
    if (!text) return;
    append_name(out, name);
    append_json_string(out, *text);
}

void append_count(std::string& out, std::string_view name, std::optional<std::int64_t> count) {
    if (!count) return;
    append_name(out, name);
    out += fmt::format_int(*count).c_str();
}

void append_time(std::string& out, std::string_view name, time::Instant at) {
    append_name(out, name);
    out += '"';
    time::append_utc(out, at);
    out += '"';
}

void append_unit(std::string& out, std::uint32_t unit) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", unit);
}

void append_escaped(std::string& out, char32_t code) {
    switch (code) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\b':
            out += "\\b";
            return;
        case '\f':
            out += "\\f";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    if (code < 0x10000) return append_unit(out, code);
    append_unit(out, 0xd800 + ((code - 0x10000) >> 10));
    append_unit(out, 0xdc00 + ((code - 0x10000) & 0x3ff));
}

// Everything that could act on a terminal is escaped: what it means stays.
bool needs_escape(const CodePoint& code) {
    return code.valid && (code.value == '"' || code.value == '\\' || is_unseen(code.value));
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\') {
            ++at;
            continue;
        }
        const CodePoint code = front_of(text.substr(at));
        if (needs_escape(code)) {
            out += text.substr(plain, at - plain);
            append_escaped(out, code.value);
            plain = at + code.size;
        }
        at += code.size;
    }
    out += text.substr(plain);
    out += '"';
}

void append_report(std::string& out, const model::JobReport& report) {
    out += '{';
    append_text(out, "id", report.id);
    append_text(out, "type", report.type);
    append_text(out, "status", report.status);
    append_time(out, "created_at", report.created_at);
    if (report.updated_at) append_time(out, "updated_at", *report.updated_at);
    append_count(out, "total_operations", report.total_operations);
    append_count(out, "total_succeeded", report.total_succeeded);
    append_count(out, "total_failed", report.total_failed);
    append_text(out, "definition_id", report.definition_id);
    append_text(out, "definition_name", report.definition_name);
    const std::string_view unknown = report.unknown_members;
    if (unknown.size() > 2) {
        out += ',';
        out += unknown.substr(1, unknown.size() - 2);
    }
    out += '}';
}

}  // namespace jobtally::wire
