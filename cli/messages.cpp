#include "cli/messages.hpp"

#include "core/base/text.hpp"

#include <cstdio>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

void print(std::string_view kind, std::string_view text) {
    print_line(fmt::format("jobtally: {}: {}", kind, visible(text)));
}

}  // namespace

void print_line(const std::string& line) noexcept {
    std::fprintf(stderr, "%s\n", line.c_str());
}

void print_error(const Error& error) {
    print("error", error.what());
    if (!error.hint().empty()) print("hint", error.hint());
}

void print_warning(std::string_view text) {
    print("warning", text);
}
void print_note(std::string_view text) {
    print("note", text);
}
void print_hint(std::string_view text) {
    print("hint", text);
}

}  // namespace jobtally::cli
