// The files below core/render/html, as the build embeds them.
#pragma once

#include <string_view>

namespace jobtally::render {

struct HtmlAsset {
    std::string_view text;
    std::string_view hash;  // `sha256-...` as a content security policy names it
};

const HtmlAsset& page_style();
const HtmlAsset& page_script();

}  // namespace jobtally::render
