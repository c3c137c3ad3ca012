#include "core/listen/watch/admin.hpp"

#include "core/base/json_text.hpp"
#include "core/base/text.hpp"
#include "core/time/rfc3339.hpp"

#include <utility>

namespace jobtally::listen {
namespace {

constexpr AnswerField reading_methods{"Allow", "GET, HEAD, OPTIONS"};

std::string member(std::string_view name, std::string_view text) {
    std::string out;
    append_json_string(out, name);
    out += ": ";
    append_json_string(out, text);
    return out;
}

Answer metrics_answer(std::string text) {
    Answer answer{200, {}, std::move(text)};
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return answer;
}

Verdict judge(const RequestHead& head, const std::function<std::string()>& metrics) {
    const bool is_metrics = head.path == "/metrics";
    if (!is_metrics && head.path != "/healthz")
        return {error_answer(404, "only /healthz and /metrics are here")};
    const bool is_bare = !head.has_body();
    if (head.method == "OPTIONS" && is_bare) return {Answer{204, reading_methods, {}}};
    if ((head.method != "GET" && head.method != "HEAD") || !is_bare) {
        auto answer = error_answer(405, "ask by GET, without a body");
        answer.field = reading_methods;
        return {std::move(answer)};
    }
    if (is_metrics) return {metrics_answer(metrics())};
    return {};
}

}  // namespace

Verdict judge_admin_head(const RequestHead& head, const std::function<std::string()>& metrics) {
    auto verdict = judge(head, metrics);
    if (head.has_body()) verdict.problem = "sent to the admin address, which takes no reports";
    return verdict;
}

bool HealthCheck::begin(std::uint64_t session) {
    m_waiting.push_back(session);
    if (m_waiting.size() > 1) return false;
    m_began = std::chrono::steady_clock::now();
    return true;
}

std::pair<Health, std::vector<std::uint64_t>> HealthCheck::end(std::optional<std::string> error) {
    const auto taken = std::chrono::steady_clock::now() - m_began;
    return {{std::move(error), std::chrono::duration_cast<std::chrono::microseconds>(taken)},
            std::exchange(m_waiting, {})};
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

}  // namespace jobtally::listen
