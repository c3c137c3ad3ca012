#include "cli/terminal/terminal.hpp"

#include "core/base/ascii.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
}

}  // namespace

bool is_terminal(int descriptor) {
    return ::isatty(descriptor) == 1;
}

std::size_t terminal_width() {
    if (!is_terminal(STDOUT_FILENO)) return 0;
    const auto columns = environment("COLUMNS");
    std::size_t width = 0;
    std::from_chars(columns.data(), columns.data() + columns.size(), width);
    if (width > 0) return width;
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool locale_has_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const auto value = environment(name);
        if (value.empty()) continue;
        const auto dot = value.find('.');
        if (dot == std::string_view::npos) return false;  // `C` and `POSIX` have no character set
        const auto charset = value.substr(dot + 1, value.find('@') - dot - 1);
        return equals_ignoring_case(charset, "utf-8") || equals_ignoring_case(charset, "utf8");
    }
    // Cron and containers set nothing; their output ends up in mails and logs, which are UTF-8.
    return true;
}

}  // namespace jobtally::cli
