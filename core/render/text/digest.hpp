// Prints a Digest: text for a mail, Markdown for a chat, a page for a browser, JSON for programs.
#pragma once

#include "core/render/text/renderer.hpp"
#include "core/table/digest.hpp"

#include <string>

namespace jobtally::render {

// Ends in a line break. Rows (ndjson, csv, tsv) are those of the figures. html shows the digest's
// page, details and figures too.
std::string render_digest(const table::Digest& digest, Format format, const Style& style);

}  // namespace jobtally::render
