#include "core/base/wrap.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace jobtally {

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
    if (width == 0) return std::string(text);
    std::string out;
    std::size_t used = 0;
    bool line_is_empty = true;
    while (!text.empty()) {
        const auto quoted = text.front() == '`' ? text.find('`', 1) : 0;  // a command stays whole
        const auto blank = std::min(text.find(' ', quoted == text.npos ? 0 : quoted), text.size());
        const auto word = text.substr(0, blank);
        text.remove_prefix(std::min(blank + 1, text.size()));
        const std::size_t size = display_width(word);
        if (!line_is_empty && used + 1 + size > width) {
            out.append("\n").append(indent, ' ');
            used = 0;
            line_is_empty = true;
        }
        if (!line_is_empty) out += ' ';
        used += size + (line_is_empty ? 0 : 1);
        out += word;
        line_is_empty = false;
    }
    return out;
}

}  // namespace jobtally
