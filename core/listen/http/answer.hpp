// Answers as values, and the two pure steps that choose them: before the body is read, and when its
// fate is known.
#pragma once

#include "core/ingest/delivery.hpp"
#include "core/listen/http/authorization.hpp"
#include "core/listen/http/request_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::listen {

struct AnswerField {
    std::string_view name;  // static text, like its value
    std::string_view value;
};

struct Answer {
    unsigned status = 200;             // one that Boost.Beast has a phrase for
    std::optional<AnswerField> field;  // besides the usual ones
    std::string body;                  // JSON where content_type does not say otherwise, or empty
    std::string_view content_type = "application/json";  // static text
};

// What a door lets in.
struct DoorRules {
    // Requests for other paths are answered 404. A slash at the end makes no difference.
    std::vector<std::string> paths{"/"};
    std::uint64_t max_body = 1 << 20;
    AcceptedAuthorizations authorizations;  // empty: anybody is let in
};

struct Verdict {
    std::optional<Answer> answer;  // none: read the body
    // Of the Authorization that let the request in; lives in the rules.
    const std::string* label = nullptr;
    // Why the body is refused, though who sends it may send reports: it is kept as rejected. Static
    // text; empty: nothing is kept.
    std::string_view kept_because = {};
    std::string_view problem = {};  // for the log; static text
};

// Judges a request by its head alone.
Verdict judge_head(const RequestHead& head, const DoorRules& rules);

// The answer to the sender of a delivery (jobtally-listen(1), "Answers").
Answer answer_to(const ingest::Receipt& receipt);

// `{"error": reason}` with the fields that the status demands.
Answer error_answer(unsigned status, std::string_view reason);

}  // namespace jobtally::listen
