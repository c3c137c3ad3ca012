#include "core/listen/admin.hpp"

#include "core/base/text.hpp"
#include "core/time/rfc3339.hpp"
#include "core/wire/report_writer.hpp"

#include <utility>

namespace jobtally::listen {
namespace {

constexpr AnswerField allowed_methods{"Allow", "GET, HEAD, OPTIONS"};

std::string member(std::string_view name, std::string_view text) {
    std::string out;
    wire::append_json_string(out, name);
    out += ": ";
    wire::append_json_string(out, text);
    return out;
}

}  // namespace

AdminVerdict judge_admin_head(const RequestHead& head) {
    const bool is_metrics = head.path == "/metrics";
    if (!is_metrics && head.path != "/healthz")
        return {error_answer(404, "here are /healthz and /metrics alone")};
    if (head.method == "OPTIONS") return {Answer{204, allowed_methods, {}}};
    if (head.method != "GET" && head.method != "HEAD") {
        auto answer = error_answer(405, "ask by GET");
        answer.field = allowed_methods;
        return {std::move(answer)};
    }
    return {std::nullopt, is_metrics ? AdminPage::metrics : AdminPage::health};
}

Answer health_answer(const Health& health, const std::string& version) {
    Answer answer{health.error ? 503U : 200U, {}, "{"};
    answer.body += member("status", health.error ? "failing" : "ok");
    if (health.error) {
        answer.field = AnswerField{"Retry-After", "5"};
        answer.body += ", " + member("error", visible(*health.error));
    } else {
        answer.body += ", \"commit_seconds\": " + time::format_seconds(health.commit);
    }
    answer.body += ", " + member("version", version) + "}\n";
    return answer;
}

Answer metrics_answer(std::string text) {
    Answer answer{200, {}, std::move(text)};
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return answer;
}

}  // namespace jobtally::listen
