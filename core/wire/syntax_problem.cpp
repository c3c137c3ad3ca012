#include "core/wire/syntax_problem.hpp"

#include "core/base/text.hpp"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace jobtally::wire {

std::string unexpected(char byte) {
    return "unexpected character \"" + visible({&byte, 1}) + '"';
}

std::string syntax_reason(std::string_view problem, const LineMark& mark) {
    return fmt::format("not JSON: {} at line {}, column {}", problem, mark.line, mark.column + 1);
}

namespace {

// The code unit of `\uXXXX`, or nothing where `text` begins with no such escape.
std::optional<unsigned> code_unit(std::string_view text) {
    if (text.size() < 6 || !text.starts_with("\\u")) return std::nullopt;
    unsigned unit = 0;
    const auto result = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
    if (result.ec != std::errc{} || result.ptr != text.data() + 6) return std::nullopt;
    return unit;
}

// The length of the escape that `text` begins with; 0 where it stands for no character.
std::size_t escape_length(std::string_view text) {
    if (text.size() < 2) return 0;
    if (text[1] != 'u') return std::string_view("\"\\/bfnrt").find(text[1]) < 8 ? 2 : 0;
    const auto unit = code_unit(text);
    if (!unit || (*unit >= 0xdc00 && *unit <= 0xdfff)) return 0;
    if (*unit < 0xd800 || *unit > 0xdfff) return 6;
    const auto other = code_unit(text.substr(6));
    return other && *other >= 0xdc00 && *other <= 0xdfff ? 12 : 0;
}

std::optional<std::size_t> first_bad_escape(std::string_view text, std::size_t error) {
    bool in_string = false;
    for (std::size_t at = 0; at < text.size() && at <= error;) {
        if (text[at] == '"') in_string = !in_string;
        if (in_string && text[at] == '\\') {
            const std::size_t length = escape_length(text.substr(at));
            if (length == 0) return at;
            at += length;
        } else {
            ++at;
        }
    }
    return std::nullopt;
}

std::size_t first_of_word(std::string_view text, std::size_t error) {
    const std::string_view before = text.substr(0, error);
    for (const std::string_view word : {"true", "false", "null"}) {
        for (std::size_t size = 1; size < word.size() && size <= error; ++size) {
            const std::size_t at = error - size;
            const bool starts = at == 0 || std::string_view(" \t\r\n:[,").find(text[at - 1]) !=
                                               std::string_view::npos;
            if (starts && before.ends_with(word.substr(0, size))) return at;
        }
    }
    return error;
}

}  // namespace

std::size_t blame(std::string_view text, std::size_t error, std::string& problem) {
    if (const auto escape = first_bad_escape(text, error)) {
        problem = "an invalid escape sequence";
        return *escape;
    }
    return first_of_word(text, error);
}

}  // namespace jobtally::wire
