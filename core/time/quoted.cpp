#include "core/time/quoted.hpp"

#include <fmt/format.h>

namespace jobtally::time {

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text.substr(0, 40)) {
        if (c >= ' ' && c <= '~')
            out += c;
        else
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    return out + (text.size() > 40 ? "…\"" : "\"");
}

}  // namespace jobtally::time
