// Answers as values, and the one to a body whose fate is known. What is refused before its body is
// read: see head_verdict.hpp.
#pragma once

#include "core/ingest/delivery.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace jobtally::listen {

struct AnswerField {
    std::string_view name;  // static text, like its value
    std::string_view value;
};

// What a door for reports allows: the field of a 405, and of the answer to OPTIONS.
inline constexpr AnswerField allowed_methods{"Allow", "OPTIONS, POST"};

struct Answer {
    unsigned status = 200;             // one that Boost.Beast has a phrase for
    std::optional<AnswerField> field;  // besides the usual ones
    std::string body;                  // JSON where content_type does not say otherwise, or empty
    std::string_view content_type = "application/json";  // static text
};

// The answer to the sender of a delivery (jobtally-listen(1), "Answers").
Answer answer_to(const ingest::Receipt& receipt);

// `{"error": reason}` with the fields that the status demands.
Answer error_answer(unsigned status, std::string_view reason);

}  // namespace jobtally::listen
