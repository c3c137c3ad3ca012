#include "core/render/page/html_page.hpp"

#include "core/render/page/html_assets.hpp"
#include "core/render/page/html_text.hpp"

#include <fmt/format.h>

namespace jobtally::render {

std::string html_page(std::string_view title, std::string_view body) {
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
    out.append("<script>").append(script.text).append("</script>\n</body>\n</html>\n");
    return out;
}

}  // namespace jobtally::render
