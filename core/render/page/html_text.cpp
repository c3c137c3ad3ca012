#include "core/render/page/html_text.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>

namespace jobtally::render {

std::string html_text(std::string_view text) {
    std::string out;
    for (const char letter : visible(text)) {
        switch (letter) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += letter;
        }
    }
    return out;
}

std::string figure_attributes(std::string_view key, const table::Cell& cell) {
    return fmt::format(R"( data-key="{}" data-value="{}")", html_text(key),
                       html_text(machine_text(cell)));
}

}  // namespace jobtally::render
