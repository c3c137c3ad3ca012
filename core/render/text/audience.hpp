// Who reads a format.
#pragma once

#include "core/render/text/renderer.hpp"

namespace jobtally::render {

// Formats that people read as they are; the others are read by programs, which count on every key.
constexpr bool is_for_people(Format format) {
    return format == Format::table || format == Format::markdown || format == Format::html;
}

}  // namespace jobtally::render
