#include "core/base/glob.hpp"

#include "core/base/text.hpp"

namespace jobtally {
namespace {

// As pop_front, but `\x` is x. A backslash at the very end stands for itself.
char32_t pop_quoted(std::string_view& pattern) noexcept {
    if (pattern.size() > 1 && pattern.front() == '\\') pattern.remove_prefix(1);
    return pop_front(pattern);
}

enum class InSet { no, yes, not_a_set };

// `pattern` is just behind a `[`; if a set follows, `pattern` is moved behind its `]`.
InSet match_set(std::string_view& pattern, char32_t code) noexcept {
    std::string_view rest = pattern;
    const bool negated = !rest.empty() && (rest.front() == '!' || rest.front() == '^');
    if (negated) rest.remove_prefix(1);
    bool found = false;
    for (bool first = true; !rest.empty(); first = false) {
        if (rest.front() == ']' && !first) {
            pattern = rest.substr(1);
            return found != negated ? InSet::yes : InSet::no;
        }
        const char32_t low = pop_quoted(rest);
        char32_t high = low;
        if (rest.size() > 1 && rest[0] == '-' && rest[1] != ']') {
            rest.remove_prefix(1);
            high = pop_quoted(rest);
        }
        found = found || (low <= code && code <= high);
    }
    return InSet::not_a_set;
}

// Matches one pattern element, which is no `*`, against one code point; moves `pattern` behind it.
bool match_one(std::string_view& pattern, char32_t code) noexcept {
    if (pattern.front() == '?') {
        pattern.remove_prefix(1);
        return true;
    }
    if (pattern.front() == '[') {
        std::string_view set = pattern.substr(1);
        const InSet result = match_set(set, code);
        if (result != InSet::not_a_set) {
            pattern = set;
            return result == InSet::yes;
        }
    }
    return pop_quoted(pattern) == code;
}

}  // namespace

// Only the last `*` is ever tried again: what an earlier one took can stay, for the later one can
// take whatever the earlier one would have left.
bool glob_match(std::string_view pattern, std::string_view text) noexcept {
    bool has_star = false;
    std::string_view star_pattern;
    std::string_view star_text;
    while (!text.empty() || !pattern.empty()) {
        if (!pattern.empty() && pattern.front() == '*') {
            pattern.remove_prefix(1);
            has_star = true;
            star_pattern = pattern;
            star_text = text;
            continue;
        }
        if (!pattern.empty() && !text.empty() && match_one(pattern, pop_front(text))) continue;
        if (!has_star || star_text.empty()) return false;
        pop_front(star_text);
        pattern = star_pattern;
        text = star_text;
    }
    return true;
}

bool is_glob(std::string_view pattern) noexcept {
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] == '\\') {
            ++at;
        } else if (pattern[at] == '*' || pattern[at] == '?' || pattern[at] == '[') {
            return true;
        }
    }
    return false;
}

}  // namespace jobtally
