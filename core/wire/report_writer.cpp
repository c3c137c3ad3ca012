// Writes a report as one JSON object on one line.
#include "core/wire/report_writer.hpp"

#include "core/base/json_text.hpp"
#include "core/time/rfc3339.hpp"

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

}  // namespace

void append_report(std::string& out, const model::JobReport& report, Members members) {
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
    if (members == Members::all && unknown.size() > 2) {
        out += ',';
        out += unknown.substr(1, unknown.size() - 2);
    }
    out += '}';
}

}  // namespace jobtally::wire
