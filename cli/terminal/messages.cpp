#include "cli/terminal/messages.hpp"

#include "cli/terminal/line_stream.hpp"
#include "core/base/json_text.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/time/rfc3339.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

std::atomic<bool> waits_for_reader = true;
std::atomic<bool> as_json = false;

std::string member(std::string_view name, std::string_view text) {
    std::string out;
    append_json_string(out, name);
    out += ": ";
    append_json_string(out, visible(text));
    return out;
}

std::string message(std::string_view kind, std::string_view text, std::string_view hint = {}) {
    if (as_json)
        return fmt::format("{{{}, {}, {}{}{}}}",
                           member("time", time::format_utc(time::system_now())),
                           member("level", kind.empty() ? "info" : kind), member("message", text),
                           hint.empty() ? "" : ", ", hint.empty() ? "" : member("hint", hint));
    return fmt::format("jobtally: {}{}{}", kind, kind.empty() ? "" : ": ", visible(text));
}

// $JOURNAL_STREAM names the device and the inode of the journal's socket.
bool stderr_is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat found {};
    return stream != nullptr && ::fstat(STDERR_FILENO, &found) == 0 &&
           fmt::format("{}:{}", found.st_dev, found.st_ino) == stream;
}

std::string with_level(const std::string& line, Level level) {
    static const bool is_journal = stderr_is_journal();
    return is_journal ? fmt::format("<{}>{}\n", static_cast<int>(level), line) : line + "\n";
}

std::string left_out_line(std::int64_t missed) {
    const auto text =
        fmt::format("{} left out here because nobody read {}",
                    counted(missed, "line was", "lines were"), missed == 1 ? "it" : "them");
    return with_level(message("warning", text), Level::warning);
}

void print_in_time(std::string_view text) {
    static LineStream log(STDERR_FILENO, std::chrono::seconds(1), left_out_line);
    log.put(text);
}

void print_text(const std::string& text) {
    if (!waits_for_reader) return print_in_time(text);
    std::fputs(text.c_str(), stderr);
}

// Where there is no memory for a line, that is said.
template <class Print>
void print_or_tell(Print print) noexcept {
    try {
        print();
    } catch (const std::exception&) {
        std::fputs("jobtally: error: a line is left out here: out of memory\n", stderr);
    }
}

void print_message(std::string_view kind, std::string_view text, std::string_view hint,
                   Level level) noexcept {
    print_or_tell([&] { print_text(with_level(message(kind, text, hint), level)); });
}

}  // namespace

void print_line(const std::string& line, Level level) noexcept {
    print_or_tell([&] { print_text(with_level(line, level)); });
}

void WaitingLines::add(const std::string& line, Level level) {
    m_lines += with_level(line, level);
}

void WaitingLines::print() noexcept {
    try {
        print_text(m_lines);
        m_lines.clear();
    } catch (const std::exception&) {
        // There is no memory for the lines: they wait for the next time.
    }
}

void print_status(std::string_view text) {
    print_line(message({}, text));
}

void print_messages_as_json() {
    as_json = true;
}

void do_not_wait_for_reader() {
    waits_for_reader = false;
}

void print_error(const Error& error) {
    const bool is_one_line = as_json || error.hint().empty();
    print_message("error", error.what(), error.hint(), Level::error);
    if (!is_one_line) print_message("hint", error.hint(), {}, Level::error);
}

void print_error(std::string_view text) {
    print_message("error", text, {}, Level::error);
}
void print_warning(std::string_view text) {
    print_message("warning", text, {}, Level::warning);
}
void print_note(std::string_view text) {
    print_message("note", text, {}, Level::note);
}
void print_hint(std::string_view text) {
    print_message("hint", text, {}, Level::note);
}

}  // namespace jobtally::cli
