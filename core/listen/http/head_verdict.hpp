// What is refused by a request's head alone, before its body is read. Raw bytes that are no clean
// head are refused by request_head.hpp, bodies that grow too large by request_reader.hpp, bodies
// that hold no report by ingest/decode.hpp.
#pragma once

#include "core/listen/http/answer.hpp"
#include "core/listen/http/authorization.hpp"
#include "core/listen/http/request_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::listen {

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

}  // namespace jobtally::listen
