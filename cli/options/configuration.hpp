// The settings of the configuration file and where each comes from: the command line beats the
// environment, which beats the file.
#pragma once

#include "cli/options/globals.hpp"
#include "cli/options/toml_settings.hpp"

#include <exception>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

// What is in force for one option.
struct Setting {
    std::string name;                  // `tz`, `summary.last`, `db.prune.before`
    std::optional<std::string> value;  // unknown where nothing stands in for it
    std::string source;                // `flag`, `environment`, `config.toml:3`, `default`
};

// CLI11 calls apply() when it has read the command line and not yet the environment. Keys are the
// long names of options, in a section named after the command; an option of every command may stand
// in such a section too. Sections `[schedule."NAME"]` and `[objective]` go to Globals.
class Configuration {
  public:
    // Adds --config to `app`. Both arguments must outlive this object, which must stay in its
    // place.
    Configuration(CLI::App& app, Globals& globals);
    Configuration(const Configuration&) = delete;
    Configuration& operator=(const Configuration&) = delete;

    // Throws the UsageError that reading the file gave; warns of what `listen` starts with all the
    // same. Asked for after parsing, so that --help works whatever the file says.
    void check() const;
    // Whether there is a file, wrong or right; known after parsing.
    bool is_used() const { return !m_file.empty() || m_error; }
    // What the file says of an option, where that is in force.
    const FileSetting* in_file(const CLI::Option& option) const;
    // All options of all commands, in the order of the help.
    std::vector<Setting> settings() const;

  private:
    struct Trigger;

    void apply(std::istream& given);
    void read(std::istream& stream, const std::string& file);
    bool can_be_passed_over(const FileSetting& setting) const;
    void take(const FileSetting& setting);
    void take_schedule(const FileSetting& setting);
    void take_objective(const FileSetting& setting);
    void give(CLI::Option& option, const FileSetting& setting, bool is_chosen);
    bool gives_way(const CLI::Option& option, const FileSetting& setting);
    Setting setting_of(const std::string& path, CLI::Option& option) const;
    void collect(CLI::App& app, const std::string& path, std::vector<Setting>& all) const;

    CLI::App& m_app;
    Globals& m_globals;
    std::string m_file, m_source;          // which file is read, and who named it; empty: none
    std::set<const CLI::Option*> m_flags;  // options of every command that the command line has
    std::map<const CLI::Option*, FileSetting> m_from_file;
    std::map<std::string, FileSetting> m_elsewhere;  // by name: the same in sections of commands
    std::exception_ptr m_error;
    std::vector<std::string> m_passed_over;  // errors in sections that are not for this command
};

}  // namespace jobtally::cli
