#include "cli/options/output.hpp"

#include "cli/terminal/messages.hpp"
#include "cli/terminal/terminal.hpp"
#include "core/base/file.hpp"
#include "core/base/nearest.hpp"
#include "core/base/text.hpp"
#include "core/render/text/formats.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

constexpr std::size_t flush_size = 256 << 10;
constexpr std::size_t mail_width = 78;  // RFC 5322, 2.1.1

bool is_regular_or_new(const std::string& path) {
    struct stat found {};
    return ::stat(path.c_str(), &found) != 0 || S_ISREG(found.st_mode);
}

render::Format format_of(const Globals& globals, render::Format fallback) {
    if (globals.json) return render::Format::json;
    if (globals.format == "prometheus")
        throw UsageError("that is no answer for Prometheus", "`jobtally summary` prints one");
    if (!globals.format.empty()) return render::format_named(globals.format);
    const auto format = render::format_of_file(globals.output);
    const auto ending = std::filesystem::path(globals.output).extension().string();
    if (!format && ending.size() > 1 && is_regular_or_new(globals.output) &&
        !globals.is_file_of_store(globals.output))
        throw UsageError(
            fmt::format("no format ends in \"{}\"", visible(ending)),
            did_you_mean(ending, render::format_endings(),
                         "name one with -F, or end the name in " +
                             fmt::format("{}", fmt::join(render::format_endings(), " "))));
    return format.value_or(fallback);
}

bool use_color(const Globals& globals) {
    if (globals.color == "always") return true;
    if (globals.color == "never" || !globals.output.empty()) return false;
    const char* no_color = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return (no_color == nullptr || *no_color == '\0') && is_terminal(STDOUT_FILENO) &&
           (term == nullptr || std::string_view(term) != "dumb");
}

render::Style style_of(const Globals& globals) {
    render::Style style;
    style.zone = globals.zone();
    style.color = use_color(globals);
    style.header = !globals.no_header;
    style.max_width = globals.output.empty() ? terminal_width() : 0;
    style.ascii = !locale_has_utf8();
    style.asked =
        fmt::format("{} - asked {} - jobtally {}", globals.command_line,
                    time::format_local(globals.now(), style.zone, true), JOBTALLY_VERSION);
    return style;
}

[[noreturn]] void throw_io_error(const std::string& path, int code) {
    if (code == EPIPE) throw ClosedPipe();
    throw IoError(fmt::format("cannot write {}: {}", path.empty() ? "to stdout" : '"' + path + '"',
                              std::strerror(code)));
}

// A link could lead to any file of ours, and a pipe blocks until someone reads it.
bool is_from_another(const std::string& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) return false;
    const bool is_pipe = S_ISFIFO(found.st_mode) && found.st_uid != ::geteuid();
    return is_pipe || is_link_of_another(path, ::geteuid());
}

}  // namespace

mode_t keep_files_private() {
    static const mode_t before = ::umask(0077);
    return before;
}

void note_left_out(const Globals& globals, const std::vector<std::string>& titles) {
    if (globals.quiet || titles.empty()) return;
    print_note(
        fmt::format("no room for {}; --columns chooses, -F csv has all", fmt::join(titles, ", ")));
}

void write_to_stdout(std::string_view text) {
    if (const int error = write_all(STDOUT_FILENO, text)) throw_io_error({}, error);
}

Output::Output(const Globals& globals, render::Format fallback)
    : m_globals(globals),
      m_format(format_of(globals, fallback)),
      m_style(style_of(globals)),
      m_descriptor(STDOUT_FILENO),
      m_may_page(!globals.no_pager && globals.output.empty() && is_terminal(STDOUT_FILENO)) {
    if (globals.output.empty() || globals.output == "-") return;
    if (is_from_another(globals.output))
        throw IoError(fmt::format("\"{}\" is a link or a pipe that another user made",
                                  visible(globals.output)),
                      "name another file with -o");
    std::error_code none;
    const auto real = std::filesystem::canonical(globals.output, none);
    m_path = none ? globals.output : real.string();
    if (globals.is_file_of_store(m_path))
        throw UsageError(fmt::format("\"{}\" is a file of the store itself", globals.output),
                         "name another file with -o");
    if (globals.is_in_spool(m_path))
        throw UsageError(fmt::format("\"{}\" is in the spool of the store", globals.output),
                         "name another file with -o");
    open_file();
}

Output::~Output() {
    if (m_path.empty()) return;
    if (m_descriptor >= 0) ::close(m_descriptor);
    if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

void Output::open_file() {
    if (!is_regular_or_new(m_path)) {  // a device or a pipe is written to: it can't be replaced
        m_descriptor = ::open(m_path.c_str(), O_WRONLY | O_CLOEXEC);
    } else {
        m_temporary = m_path + ".XXXXXX";
        m_descriptor = ::mkostemp(m_temporary.data(), O_CLOEXEC);
        if (m_descriptor < 0) m_temporary.clear();
    }
    if (m_descriptor < 0) throw_io_error(m_path, errno);
}

void Output::tell_apart(const query::Scope& scope) {
    if (render::is_for_people(m_format)) m_twins = query::Twins(scope);
}

table::ResultTable Output::prepared(table::ResultTable table) const {
    if (render::is_for_people(m_format)) m_twins.tell_apart(table);
    return table::choose_columns(std::move(table), m_globals.column_keys());
}

void Output::print(table::ResultTable table) {
    auto chosen = prepared(std::move(table));
    if (m_format == render::Format::table && m_style.max_width > 0) {
        const auto places = render::fit_columns(chosen, m_style);
        note_left_out(m_globals, table::titles_of(chosen, places));
    }
    write(render::render(chosen, m_format, m_style));
}

void Output::print(table::Digest digest) {
    if (render::is_for_people(m_format)) {
        for (auto& section : digest.sections) m_twins.tell_apart(section.table);
        if (digest.page)
            for (auto& section : digest.page->details) m_twins.tell_apart(section.table);
    }
    auto style = m_style;
    if (style.max_width == 0) style.max_width = mail_width;
    write(render::render_digest(digest, m_format, style));
}

void Output::print(const table::Plots& plots) {
    write(render::render_plots(plots, m_style));
}

void Output::print_record(table::ResultTable table) {
    write(render::render_record(prepared(std::move(table)), m_format, m_style));
}

void Output::write(std::string_view bytes) {
    m_waiting.append(bytes);
    if (m_waiting.size() >= flush_size) send();
}

void Output::flush() {
    m_may_page = false;
    send();
}

// Lines that are longer than the screen is wide take several.
void Output::page_if_long() {
    const auto rows = terminal_height();
    if (!std::exchange(m_may_page, false) || rows == 0) return;
    const auto columns = std::max<std::size_t>(terminal_width(), 1);
    std::size_t used = 1;  // the shell's prompt comes after it
    for (std::string_view rest = m_waiting; !rest.empty() && used <= rows;) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        used += 1 + (std::max<std::size_t>(display_width(line), 1) - 1) / columns;
    }
    if (used > rows && m_pager.emplace().descriptor() >= 0) m_descriptor = m_pager->descriptor();
}

void Output::send() {
    page_if_long();
    const int error = write_all(m_descriptor, m_waiting);
    if (error == EPIPE && m_pager) m_pager->wait();
    if (error != 0) throw_io_error(m_path, error);
    m_waiting.clear();
}

void Output::sync() {
    flush();
    const bool is_safe = ::fsync(m_descriptor) == 0 || errno == EINVAL;  // EINVAL: no file
    if (!is_safe) throw_io_error(m_path, errno);
}

void Output::finish() {
    send();
    if (m_pager) m_pager->wait();
    if (m_temporary.empty()) return;
    struct stat old {};
    const bool is_ours = ::stat(m_path.c_str(), &old) == 0 && old.st_uid == ::geteuid();
    const mode_t mode = is_ours ? old.st_mode & 0777 : 0666 & ~keep_files_private();
    const bool safe = ::fchmod(m_descriptor, mode) == 0 && ::fsync(m_descriptor) == 0 &&
                      ::close(std::exchange(m_descriptor, -1)) == 0 &&
                      ::rename(m_temporary.c_str(), m_path.c_str()) == 0;
    if (!safe) throw_io_error(m_path, errno);
    m_temporary.clear();
    const auto folder = std::filesystem::path(m_path).parent_path();
    if (const int error = sync_folder(folder)) throw_io_error(m_path, error);
}

}  // namespace jobtally::cli
