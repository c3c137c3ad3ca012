#include "core/listen/http/answer.hpp"

#include "core/base/ascii.hpp"
#include "core/base/json_text.hpp"
#include "core/base/text.hpp"

#include <fmt/format.h>

namespace jobtally::listen {
namespace {

constexpr AnswerField allowed_methods{"Allow", "OPTIONS, POST"};

std::optional<AnswerField> field_of(unsigned status) {
    switch (status) {
        case 401:
            return AnswerField{"WWW-Authenticate", "Bearer realm=\"jobtally\""};
        case 405:
            return allowed_methods;
        case 415:
            return AnswerField{"Accept-Encoding", "identity"};
        case 503:
            return AnswerField{"Retry-After", "5"};
        default:
            return std::nullopt;
    }
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
    append_json_string(out, name);
    out += ": ";
    append_json_string(out, text);
}

std::string counts(const model::Tally& tally) {
    return fmt::format(
        R"({{"read": {}, "stored": {}, "updated": {}, "unchanged": {}, "stale": {}, "rejected": {}}})"
        "\n",
        tally.read(), tally.stored, tally.updated, tally.unchanged, tally.stale, tally.rejected);
}

Answer answer_to_nothing_acceptable(const ingest::Delivery& delivery) {
    bool is_json = !delivery.rejections.empty();
    for (const auto& rejection : delivery.rejections) is_json = is_json && rejection.is_json;
    Answer answer{is_json ? 422U : 400U, {}, "{"};
    append_member(
        answer.body, "error",
        delivery.rejections.empty() ? "no report" : visible(delivery.rejections.front().reason));
    answer.body += fmt::format(", \"rejected\": {}}}\n", delivery.rejected());
    return answer;
}

Answer answer_to_one(const model::JobReport& report, model::Outcome outcome) {
    Answer answer{200, {}, "{"};
    append_member(answer.body, "result", model::name_of(outcome));
    answer.body += ", ";
    append_member(answer.body, "id", report.id);
    answer.body += "}\n";
    return answer;
}

}  // namespace

Answer error_answer(unsigned status, std::string_view reason) {
    Answer answer{status, field_of(status), "{"};
    append_member(answer.body, "error", reason);
    answer.body += "}\n";
    return answer;
}

Verdict judge_head(const RequestHead& head, const DoorRules& rules) {
    if (head.path != rules.path) return {error_answer(404, "nothing is here"), nullptr};
    if (head.method == "OPTIONS") return {Answer{204, allowed_methods, {}}, nullptr};
    if (head.method != "POST") return {error_answer(405, "send job reports by POST"), nullptr};

    const std::string* label = nullptr;
    if (!rules.authorizations.empty()) {
        label = rules.authorizations.match(head.authorization.value_or(""));
        if (!label) return {error_answer(401, "the Authorization is missing or wrong"), nullptr};
    }
    if (head.encoded) return {error_answer(415, "send the body without a content-encoding"), label};
    if (head.content_length.value_or(0) > rules.max_body)
        return {error_answer(413, "the body is too large"), label};
    if (head.expect && !equals_ignoring_case(*head.expect, "100-continue"))
        return {error_answer(417, "the only expectation met here is 100-continue"), label};
    return {std::nullopt, label};
}

Answer answer_to(const ingest::Receipt& receipt) {
    if (receipt.error) return error_answer(503, "the store can't take reports at the moment");
    if (receipt.is_spooled) return {202, {}, "{\"result\": \"spooled\"}\n"};
    const auto& delivery = receipt.delivery;
    if (delivery.reports.empty()) return answer_to_nothing_acceptable(delivery);
    if (delivery.reports.size() == 1 && delivery.rejections.empty() && receipt.outcomes.size() == 1)
        return answer_to_one(delivery.reports.front(), receipt.outcomes.front());
    return {200, {}, counts(receipt.tally)};
}

}  // namespace jobtally::listen
