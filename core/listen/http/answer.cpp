#include "core/listen/http/answer.hpp"

#include "core/base/ascii.hpp"
#include "core/base/json_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>

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

// A list was a page of a longer one.
std::string missing_text(const ingest::Delivery& delivery) {
    return delivery.missing > 0 ? fmt::format(", \"missing\": {}", delivery.missing) : "";
}

std::string counts(const model::Tally& tally) {
    return fmt::format(
        R"("read": {}, "stored": {}, "updated": {}, "unchanged": {}, "stale": {}, "rejected": {})",
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

Answer answer_to_one(const ingest::Delivery& delivery, model::Outcome outcome) {
    Answer answer{200, {}, "{"};
    append_member(answer.body, "result", model::name_of(outcome));
    answer.body += ", ";
    append_member(answer.body, "id", delivery.reports.front().id);
    answer.body += missing_text(delivery) + "}\n";
    return answer;
}

std::string_view without_slash(std::string_view path) {
    if (path.ends_with('/')) path.remove_suffix(1);
    return path;
}

bool is_served(std::string_view path, const DoorRules& rules) {
    return std::any_of(rules.paths.begin(), rules.paths.end(), [path](const std::string& served) {
        return without_slash(served) == without_slash(path);
    });
}

}  // namespace

Answer error_answer(unsigned status, std::string_view reason) {
    Answer answer{status, field_of(status), "{"};
    append_member(answer.body, "error", reason);
    answer.body += "}\n";
    return answer;
}

Verdict judge_head(const RequestHead& head, const DoorRules& rules) {
    const auto* label = rules.authorizations.match(head.authorization.value_or(""));
    const bool is_let_in = label != nullptr || rules.authorizations.empty();
    const auto refusal = [&](unsigned status, std::string_view reason) {
        return Verdict{error_answer(status, reason), label, is_let_in ? reason : ""};
    };
    if (!is_served(head.path, rules)) return refusal(404, "nothing is here");
    if (head.method == "OPTIONS") return {Answer{204, allowed_methods, {}}};
    if (head.method != "POST") return refusal(405, "send job reports by POST");
    if (!is_let_in) return {error_answer(401, "the Authorization is missing or wrong")};
    if (head.encoded) return refusal(415, "send the body without a content-encoding");
    if (head.content_length.value_or(0) > rules.max_body)
        return refusal(too_large.status, too_large.reason);
    if (head.expect && !equals_ignoring_case(*head.expect, "100-continue"))
        return refusal(417, "the only expectation met here is 100-continue");
    return {std::nullopt, label};
}

Answer answer_to(const ingest::Receipt& receipt) {
    if (receipt.error) return error_answer(503, "the store can't take reports at the moment");
    if (receipt.is_spooled) return {202, {}, "{\"result\": \"spooled\"}\n"};
    const auto& delivery = receipt.delivery;
    if (delivery.reports.empty()) return answer_to_nothing_acceptable(delivery);
    if (delivery.reports.size() == 1 && delivery.rejections.empty() && receipt.outcomes.size() == 1)
        return answer_to_one(delivery, receipt.outcomes.front());
    return {200, {}, "{" + counts(receipt.tally) + missing_text(delivery) + "}\n"};
}

}  // namespace jobtally::listen
