#include "core/listen/http/answer.hpp"

#include "core/base/json_text.hpp"
#include "core/base/text.hpp"

#include <fmt/format.h>

namespace jobtally::listen {
namespace {

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

// Set where the list that came was a page of a longer one.
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

}  // namespace

Answer error_answer(unsigned status, std::string_view reason) {
    Answer answer{status, field_of(status), "{"};
    append_member(answer.body, "error", reason);
    answer.body += "}\n";
    return answer;
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
