#include "cli/terminal/messages.hpp"

#include "cli/terminal/line_stream.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"

#include <atomic>
#include <cstdio>
#include <exception>

#include <fmt/core.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

std::atomic<bool> waits_for_reader = true;

void print_in_time(const std::string& line) noexcept {
    static LineStream log(STDERR_FILENO);
    try {
        // Written together with the line, because a pipe that was full may have room for one write
        // only.
        const auto missed = log.take_missed();
        std::string text = line + "\n";
        if (missed > 0)
            text.insert(0,
                        fmt::format("jobtally: warning: {} left out here because nobody read {}\n",
                                    counted(missed, "line was", "lines were"),
                                    missed == 1 ? "it" : "them"));
        if (log.put(text) != 0) log.add_missed(missed);
    } catch (const std::exception&) {
        // There is no memory for the line.
    }
}

void print(std::string_view kind, std::string_view text) {
    print_line(fmt::format("jobtally: {}: {}", kind, visible(text)));
}

}  // namespace

void print_line(const std::string& line) noexcept {
    if (!waits_for_reader) return print_in_time(line);
    std::fprintf(stderr, "%s\n", line.c_str());
}

void do_not_wait_for_reader() {
    waits_for_reader = false;
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
