#include "core/listen/http/head_verdict.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>

namespace jobtally::listen {
namespace {

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

Verdict judge_head(const RequestHead& head, const DoorRules& rules) {
    const auto* label = rules.authorizations.match(head.authorization.value_or(""));
    const bool is_let_in = label != nullptr || rules.authorizations.empty();
    const auto refusal = [&](unsigned status, std::string_view reason) {
        return Verdict{error_answer(status, reason), label, is_let_in ? reason : ""};
    };
    if (!is_served(head.path, rules)) return refusal(404, "nothing is here");
    if (head.method == "OPTIONS" && !head.has_body()) return {Answer{204, allowed_methods, {}}};
    if (head.method != "POST") return refusal(405, "send job reports by POST");
    if (!is_let_in) return {error_answer(401, "the Authorization is missing or wrong")};
    if (head.encoded) return refusal(415, "send the body without a content-encoding");
    if (head.content_length.value_or(0) > rules.max_body)
        return refusal(too_large.status, too_large.reason);
    if (head.expect && !equals_ignoring_case(*head.expect, "100-continue"))
        return refusal(417, "the only expectation met here is 100-continue");
    return {std::nullopt, label};
}

}  // namespace jobtally::listen
