#include "core/render/page/html.hpp"

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

std::string html_page(std::string_view title, std::string_view body, std::string_view asked) {
    const HtmlAsset& style = page_style();
    const HtmlAsset& script = page_script();
    std::string out = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
)";
    out += fmt::format(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'\">\n",
        style.hash, script.hash);
    out += R"(<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="format-detection" content="telephone=no">
)";
    out += fmt::format("<title>{}</title>\n", html_text(title));
    out.append("<style>").append(style.text).append("</style>\n</head>\n<body>\n");
    out.append(body);
    if (!asked.empty()) out += "<footer class=\"asked\">" + html_text(asked) + "</footer>\n";
    out.append("<script>").append(script.text).append("</script>\n</body>\n</html>\n");
    return out;
}

std::string html_section(std::string_view key, std::string_view title, std::string_view body) {
    return fmt::format(
        "<section id=\"{0}\" aria-labelledby=\"{0}-h\">\n<h2 id=\"{0}-h\">{1}</h2>\n{2}"
        "</section>\n",
        html_text(key), html_text(title), body);
}

std::string html_scroll_box(std::string_view label, std::string_view content) {
    return fmt::format(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n{}</div>\n",
        html_text(label), content);
}

std::string html_nothing(std::string_view note) {
    return "<p class=\"none\">" + html_text(note) + "</p>\n";
}

}  // namespace jobtally::render
