#include "core/listen/watch/access_log.hpp"

#include "core/base/ascii.hpp"
#include "core/base/json_text.hpp"
#include "core/base/text.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace jobtally::listen {
namespace {

using Count = std::pair<std::string_view, std::int64_t>;

template <class Take>
void for_each_count(const model::Tally& tally, Take take) {
    for (const auto& [name, count] :
         {Count{"stored", tally.stored}, Count{"updated", tally.updated},
          Count{"unchanged", tally.unchanged}, Count{"stale", tally.stale},
          Count{"rejected", tally.rejected}}) {
        if (count > 0) take(name, count);
    }
}

std::string word(std::string_view text) {
    return text.empty() ? "-" : visible(text);
}

constexpr std::size_t longest_text = 100;  // columns of what may be as long as a body

std::string in_log(std::string_view text) {
    return shorten(visible(text.substr(0, 4 * longest_text)), longest_text, "...");
}

// ` name=value`, in quotes where it could be taken for more than one.
void append_pair(std::string& out, std::string_view name, std::string_view text) {
    const auto value = in_log(text);
    out.append(" ").append(name).append("=");
    if (value.find_first_of(" \"=") == std::string::npos) {
        out += value;
    } else {
        append_json_string(out, value);
    }
}

void append_text_member(std::string& out, std::string_view name, std::string_view text) {
    out += ", ";
    append_json_string(out, name);
    out += ": ";
    append_json_string(out, visible(text));
}

}  // namespace

std::string client_behind(const AccessRecord& record, const std::vector<std::string>& trusted) {
    const auto is_trusted = [&](std::string_view address) {
        return std::find(trusted.begin(), trusted.end(), address) != trusted.end();
    };
    if (!is_trusted(record.peer)) return {};
    std::string_view rest = record.forwarded_for;
    while (!rest.empty()) {
        const auto comma = rest.rfind(',');
        const auto address = trim(comma == rest.npos ? rest : rest.substr(comma + 1));
        if (!address.empty() && !is_trusted(address)) return std::string(address);
        rest = comma == rest.npos ? std::string_view{} : rest.substr(0, comma);
    }
    return {};
}

std::string format_access_text(const AccessRecord& record, std::string_view client) {
    std::string out = time::format_utc(record.at);
    fmt::format_to(std::back_inserter(out), " {} {} {} {} {} B {:.3f} ms", word(record.peer),
                   word(record.method), word(record.path), record.status, record.body_bytes,
                   static_cast<double>(record.duration.count()) / 1000);
    if (!client.empty()) append_pair(out, "client", client);
    if (!record.label.empty()) out += " auth=" + visible(record.label);
    if (!record.report.empty()) {
        append_pair(out, "report", record.report);
        if (!record.definition.empty()) append_pair(out, "definition", record.definition);
        append_pair(out, "job", record.job_status);
    }
    for_each_count(record.tally, [&out](std::string_view name, std::int64_t count) {
        fmt::format_to(std::back_inserter(out), " {}={}", name, count);
    });
    if (!record.problem.empty()) out += " (" + visible(record.problem) + ")";
    return out;
}

std::string format_access_json(const AccessRecord& record, std::string_view client) {
    std::string out = fmt::format(R"({{"time": "{}")", time::format_utc(record.at));
    append_text_member(out, "peer", record.peer);
    append_text_member(out, "method", record.method);
    append_text_member(out, "path", record.path);
    fmt::format_to(std::back_inserter(out),
                   R"(, "status": {}, "body_bytes": {}, "duration_seconds": {})", record.status,
                   record.body_bytes, time::format_seconds(record.duration));
    if (!client.empty()) append_text_member(out, "client", client);
    if (!record.label.empty()) append_text_member(out, "authorization", record.label);
    if (!record.report.empty()) {
        append_text_member(out, "report", in_log(record.report));
        if (!record.definition.empty())
            append_text_member(out, "definition", in_log(record.definition));
        append_text_member(out, "job_status", in_log(record.job_status));
    }
    for_each_count(record.tally, [&out](std::string_view name, std::int64_t count) {
        fmt::format_to(std::back_inserter(out), ", \"{}\": {}", name, count);
    });
    if (!record.problem.empty()) append_text_member(out, "problem", record.problem);
    out += '}';
    return out;
}

}  // namespace jobtally::listen
