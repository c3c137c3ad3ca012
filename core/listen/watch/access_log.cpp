#include "core/listen/watch/access_log.hpp"

#include "core/base/json_text.hpp"
#include "core/base/text.hpp"
#include "core/time/rfc3339.hpp"

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

void append_text_member(std::string& out, std::string_view name, std::string_view text) {
    out += ", ";
    append_json_string(out, name);
    out += ": ";
    append_json_string(out, visible(text));
}

}  // namespace

std::string format_access_text(const AccessRecord& record) {
    std::string out = time::format_utc(record.at);
    fmt::format_to(std::back_inserter(out), " {} {} {} {} {} B {:.3f} ms", word(record.peer),
                   word(record.method), word(record.path), record.status, record.body_bytes,
                   static_cast<double>(record.duration.count()) / 1000);
    if (!record.label.empty()) out += " auth=" + visible(record.label);
    for_each_count(record.tally, [&out](std::string_view name, std::int64_t count) {
        fmt::format_to(std::back_inserter(out), " {}={}", name, count);
    });
    if (!record.problem.empty()) out += " (" + visible(record.problem) + ")";
    return out;
}

std::string format_access_json(const AccessRecord& record) {
    std::string out = fmt::format(R"({{"time": "{}")", time::format_utc(record.at));
    append_text_member(out, "peer", record.peer);
    append_text_member(out, "method", record.method);
    append_text_member(out, "path", record.path);
    fmt::format_to(std::back_inserter(out),
                   R"(, "status": {}, "body_bytes": {}, "duration_seconds": {})", record.status,
                   record.body_bytes, time::format_seconds(record.duration));
    if (!record.label.empty()) append_text_member(out, "authorization", record.label);
    for_each_count(record.tally, [&out](std::string_view name, std::int64_t count) {
        fmt::format_to(std::back_inserter(out), ", \"{}\": {}", name, count);
    });
    if (!record.problem.empty()) append_text_member(out, "problem", record.problem);
    out += '}';
    return out;
}

}  // namespace jobtally::listen
