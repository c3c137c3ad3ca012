// The command line as a whole: the global options and all commands.
#pragma once

#include "cli/options/configuration.hpp"
#include "cli/options/globals.hpp"
#include "core/base/error.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

// Parsing only remembers what is to be done; commands open and print nothing before run().
class Application {
  public:
    // Of the command of that name alone, which is made sooner; of all where it names none, or one
    // that looks at the others.
    explicit Application(std::string_view only = {});

    bool has_all_commands() const { return m_is_whole; }
    // Of one command: whether that is enough for what the command line asks for, and only run() is
    // left to do. If not, nothing was said, and parse() of one with all commands does everything.
    bool understands(int argc, char* argv[]);
    // Returns an exit code when there is nothing to run: help or the version was printed, or the
    // command line is wrong, which was said on stderr.
    std::optional<int> parse(int argc, char* argv[]);
    int run();

    // Reports an error of parsing or running: on stderr, unless the chosen command has its own way
    // (see tell_errors_by). Returns the exit code.
    int tell(const Error& error, int exit_code);

    CLI::App& app() { return m_app; }
    const Globals& globals() const { return m_globals; }
    const Configuration& configuration() const { return m_configuration; }

    // A new subcommand whose `run` is what main() does when it is chosen.
    CLI::App& add_command(const std::string& name, const std::string& description,
                          std::function<int()> run);
    // The same below another subcommand: `db status`.
    CLI::App& add_command(CLI::App& parent, const std::string& name, const std::string& description,
                          std::function<int()> run);

    // Sets how a command reports its errors; the function returns the exit code. Its help and
    // version exit with `help_exit`.
    using TellError = std::function<int(const Error&)>;
    void tell_errors_by(const CLI::App& command, TellError tell, int help_exit);

  private:
    void add_help_and_version();
    void take(int argc, char* argv[]);
    int report(const CLI::ParseError& error);
    std::string with_place(const std::string& message) const;

    CLI::App m_app{
        "Counts what the jobs of a customer-identity platform did: how many succeed, what fails, "
        "how long they take. Reports come by HTTP (listen) or from files (ingest)."};
    Globals m_globals;
    Configuration m_configuration{m_app, m_globals};
    std::function<int()> m_action;
    bool m_is_whole = true;
    std::map<const CLI::App*, TellError> m_tell_error;
    std::map<const CLI::App*, int> m_help_exit;
};

// Each command adds itself: add_rates() stands in commands/rates.cpp, and so on.
void add_rates(Application& application);
void add_failures(Application& application);
void add_durations(Application& application);
void add_missed(Application& application);
void add_incidents(Application& application);
void add_list(Application& application);
void add_show(Application& application);
void add_definitions(Application& application);
void add_summary(Application& application);
void add_check(Application& application);
void add_ingest(Application& application);
void add_listen(Application& application);
void add_export(Application& application);
void add_send(Application& application);
void add_db(Application& application);
void add_config(Application& application);
void add_completion(Application& application);

}  // namespace jobtally::cli
