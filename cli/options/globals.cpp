#include "cli/options/globals.hpp"

#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"
#include "cli/terminal/terminal.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/store/file/store_file.hpp"
#include "core/time/expression.hpp"

#include <cstdlib>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

namespace jobtally::cli {

time::Zone Globals::zone() const {
    if (!tz.empty()) return time::Zone::named(tz);
    bool is_understood = true;
    const auto zone = time::Zone::system(&is_understood);
    if (!is_understood && !std::exchange(has_warned_of_tz, true)) {
        print_warning(fmt::format("TZ is not a time zone: {}; times are UTC",
                                  in_short_quotes(std::getenv("TZ"))));
    }
    return zone;
}

time::Instant Globals::now() const {
    const auto clock = time::system_now();
    return now_text.empty() ? clock : time::parse_time(now_text, clock, zone());
}

std::function<time::Instant()> Globals::clock() const {
    if (now_text.empty()) return time::system_now;
    return [at = now()] { return at; };
}

std::filesystem::path Globals::store_path() const {
    if (!db.empty()) return db;
    const char* data_home = std::getenv("XDG_DATA_HOME");
    if (data_home != nullptr && *data_home != '\0') {
        return std::filesystem::path(data_home) / "jobtally" / "jobtally.db";
    }
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home == '\0') {
        throw Error("no place for the store: HOME is not set",
                    "name one with --db PATH or JOBTALLY_DB");
    }
    std::error_code none;
    if (!std::filesystem::is_directory(home, none)) {  // root could make one where nobody looks
        throw Error(
            fmt::format("no place for the store: HOME is {}, which is no folder", in_quotes(home)),
            "name one with --db PATH or JOBTALLY_DB");
    }
    return std::filesystem::path(home) / ".local" / "share" / "jobtally" / "jobtally.db";
}

bool Globals::is_file_of_store(const std::filesystem::path& file) const {
    try {
        return !store_in_memory() && store::is_file_of_store(file, store_path());
    } catch (const Error&) {
        return false;  // opening the store will say what is wrong
    }
}

bool Globals::is_in_spool(const std::filesystem::path& file) const {
    std::error_code none;
    const auto real = [&none](const std::filesystem::path& path) {
        return std::filesystem::weakly_canonical(std::filesystem::absolute(path, none), none);
    };
    try {
        return !store_in_memory() &&
               real(file).parent_path() == real(real(store_path()).concat("-spool"));
    } catch (const Error&) {
        return false;  // opening the store will say what is wrong
    }
}

std::vector<std::string> Globals::column_keys() const {
    return columns.empty() ? std::vector<std::string>{} : CLI::detail::split(columns, ',');
}

void note_typing(const Globals& globals, std::string_view what) {
    if (!globals.quiet && is_terminal(STDIN_FILENO))
        print_note(fmt::format("reading {} from the terminal: Ctrl-D ends the input", what));
}

void add_globals(CLI::App& app, Globals& globals) {
    const std::string group = "Global options (on either side of the command)";
    app.add_option("--db", globals.db, "The SQLite store; `:memory:` with --from needs none")
        ->type_name("PATH")
        ->envname("JOBTALLY_DB")
        ->group(group);
    app.add_option("--tz", globals.tz, "IANA zone for reading and printing local times")
        ->type_name("ZONE")
        ->group(group);
    app.add_option("--now", globals.now_text, "The clock, for repeatable output")
        ->type_name("TIME")
        ->envname("JOBTALLY_NOW")
        ->group(group);
    auto* format =
        app.add_option("-F,--format", globals.format, "How answers are printed (default table)")
            ->type_name("FORMAT")
            ->check(
                one_of({"table", "json", "ndjson", "csv", "tsv", "markdown", "html", "prometheus"}))
            ->default_str("table")
            ->group(group);
    app.add_flag("--json", globals.json, "Short for -F json")->excludes(format)->group(group);
    app.add_option("-o,--output", globals.output,
                   "Write there, atomically; the ending chooses the format")
        ->type_name("FILE")
        ->group(group);
    app.add_option("--columns", globals.columns,
                   "Which columns, in which order, by their machine keys")
        ->type_name("a,b,...")
        ->group(group);
    app.add_flag("--no-header", globals.no_header, "Leave out the line of column names")
        ->group(group);
    app.add_option("--color", globals.color, "auto, always or never; NO_COLOR is honoured")
        ->type_name("WHEN")
        ->check(one_of({"auto", "always", "never"}))
        ->group(group);
    app.add_flag("--no-pager", globals.no_pager, "Never show long answers in a pager")
        ->group(group);
    app.add_flag("-q,--quiet", globals.quiet, "No notes, no progress, no access log")->group(group);
    app.add_flag("-v,--verbose", globals.verbose, "Say more on stderr")->group(group);
}

}  // namespace jobtally::cli
