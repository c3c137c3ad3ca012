// Words for what is no JSON, the same however the input was cut.
#include "core/wire/syntax_problem.hpp"

#include "core/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::wire {

std::string unexpected(char byte) {
    return "unexpected character \"" + visible({&byte, 1}) + '"';
}

std::string syntax_reason(std::string_view problem, const LineMark& mark) {
    return fmt::format("not JSON: {} at line {}, column {}", problem, mark.line, mark.column + 1);
}

std::size_t blamed(std::string_view text, std::size_t begin, std::size_t error, bool bad_escape) {
    if (bad_escape) return std::max(begin, std::min(text.rfind('\\', error), error));
    if (error >= text.size()) return error;
    const bool in_word = error > begin && text[error - 1] >= 'a' && text[error - 1] <= 'z';
    if (in_word) return error;
    for (const std::string_view word : {"true", "false", "null"}) {
        std::size_t same = 0;
        while (same < word.size() && error + same < text.size() && text[error + same] == word[same])
            ++same;
        if (same > 0) return error + same;
    }
    return error;
}

}  // namespace jobtally::wire
