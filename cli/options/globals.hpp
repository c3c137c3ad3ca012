// The options of every command, and what follows from them.
#pragma once

#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace jobtally::cli {

// `key = "value"` of a section `[schedule."definition"]` of the configuration file; without a key
// `"definition" = value` of the section `[objective]`.
struct ScheduleSetting {
    std::string definition, key, value;
    std::string place;  // `config.toml:3:1`
};

struct Globals {
    std::string db;
    std::string tz;
    std::string now_text;
    std::string format;
    bool json = false;
    std::string output;
    std::string columns;
    bool no_header = false;
    bool no_pager = false;
    std::string color = "auto";
    bool quiet = false;
    bool verbose = false;
    std::vector<ScheduleSetting> schedules, objectives;
    std::string command_line;  // as a shell reads it

    // --tz, else TZ, else the system's. Throws UsageError for --tz; a TZ that is no zone is UTC
    // with a warning, once.
    time::Zone zone() const;
    // --now, else JOBTALLY_NOW, else the clock. Throws UsageError.
    time::Instant now() const;
    // The same as a clock that runs unless it is given. Throws UsageError, when it is made.
    std::function<time::Instant()> clock() const;
    // --db, else JOBTALLY_DB, else below XDG_DATA_HOME or ~/.local/share.
    std::filesystem::path store_path() const;
    bool store_in_memory() const { return db == ":memory:"; }
    // True for the files of the named store, whether it exists or not: only the store itself may
    // open or replace them.
    bool is_file_of_store(const std::filesystem::path& file) const;
    // True for what lies in the spool beside the store, or where that leads.
    bool is_in_spool(const std::filesystem::path& file) const;
    std::vector<std::string> column_keys() const;

    mutable bool has_warned_of_tz = false;
};

// Says that stdin is a terminal, where it is, and how what is typed ends.
void note_typing(const Globals& globals, std::string_view what);

void add_globals(CLI::App& app, Globals& globals);

}  // namespace jobtally::cli
