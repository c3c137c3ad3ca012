#include "cli/application.hpp"

#include "cli/bracketed_words.hpp"
#include "cli/help.hpp"
#include "cli/options/output.hpp"
#include "cli/options/toml_settings.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/nearest.hpp"
#include "core/base/parallel.hpp"
#include "core/base/text.hpp"
#include "core/store/upkeep/status.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

std::string version_text() {
    return fmt::format("jobtally {}\nSQLite {} (WAL-reset bug {})", JOBTALLY_VERSION,
                       store::sqlite_version(), store::wal_reset_bug());
}

constexpr const char* plain_in_shells =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@%+";

struct Command {
    std::string_view name;
    void (*add)(Application&);
};

// In the order of the help; behind them stand those that look at all commands.
constexpr Command commands[] = {
    {"rates", add_rates},   {"failures", add_failures},       {"durations", add_durations},
    {"missed", add_missed}, {"incidents", add_incidents},     {"list", add_list},
    {"show", add_show},     {"definitions", add_definitions}, {"summary", add_summary},
    {"check", add_check},   {"ingest", add_ingest},           {"listen", add_listen},
    {"send", add_send},     {"export", add_export},           {"db", add_db}};

// The deepest command that was named.
const CLI::App* chosen(const CLI::App* app) {
    while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
    return app;
}

// CLI11's messages as error.hpp wants them: lower case first letter, no full stop, one line.
std::string message_of(const CLI::ParseError& error) {
    std::string text = error.what();
    if (!text.empty() && text.size() > 1 &&
        std::islower(static_cast<unsigned char>(text[1])) != 0) {
        text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    }
    while (!text.empty() && (text.back() == '.' || text.back() == '\n')) text.pop_back();
    return text;
}

// `--definition "$UNSET"` of a script must not silently ask about all definitions.
void refuse_empty_values(const CLI::App& app) {
    for (const auto* option : app.get_options()) {
        if (option->count() == 0 || option->get_items_expected_min() == 0) continue;
        for (const auto& value : option->results()) {
            if (value.empty()) throw CLI::ValidationError(option->get_name(), "the value is empty");
        }
    }
}

std::vector<std::string> commands_below(const CLI::App& parent) {
    std::vector<std::string> names;
    for (const auto* command : parent.get_subcommands({})) names.push_back(command->get_name());
    return names;
}

// The long options that may follow `command`.
std::vector<std::string> options_of(const CLI::App* command) {
    std::vector<std::string> names;
    for (; command != nullptr; command = command->get_parent()) {
        for (const auto* option : command->get_options()) {
            for (const auto& name : option->get_lnames()) names.push_back("--" + name);
        }
    }
    return names;
}

// Where to read of a word that is no command below `app`: some are pages of the manual.
std::string page_of(const CLI::App& app, const std::string& word) {
    constexpr std::string_view pages[] = {"tutorial",   "service", "cookbook", "scripting",
                                          "statistics", "report",  "store",    "engines"};
    if (std::find(std::begin(pages), std::end(pages), word) == std::end(pages))
        return fmt::format("see `{} --help`", full_name(&app));
    return fmt::format("see `man jobtally-{}`", word);
}

// The command that `words` lead to from `app`. Throws UsageError.
const CLI::App* command_named(const CLI::App* app, const std::vector<std::string>& words) {
    for (const auto& word : words) {
        const auto below = app->get_subcommands(
            [&](const CLI::App* command) { return command->get_name() == word; });
        if (below.empty())
            throw UsageError(in_quotes(word) + " is not a command",
                             did_you_mean(word, commands_below(*app), page_of(*app, word)));
        app = below.front();
    }
    return app;
}

}  // namespace

Application::Application(std::string_view only) {
    m_app.name("jobtally");
    m_app.require_subcommand(0, 1);
    m_app.formatter(std::make_shared<HelpFormatter>());
    m_app.set_help_flag("-h,--help", "Print this help");
    m_app.set_version_flag("-V,--version", version_text(),
                           "Print the versions of jobtally and SQLite");
    add_globals(m_app, m_globals);
    const auto alone = std::find_if(std::begin(commands), std::end(commands),
                                    [&](const Command& command) { return command.name == only; });
    m_is_whole = alone == std::end(commands);
    if (!m_is_whole) {
        alone->add(*this);
        return;
    }
    for (const Command& command : commands) command.add(*this);
    add_config(*this);
    add_completion(*this);
    add_help_and_version();
    m_app.footer(
        "Begin with `jobtally ingest FILE` or `jobtally listen`, then `jobtally rates`.\n"
        "`jobtally help COMMAND` explains one command, `man jobtally-COMMAND` tells all.");
}

// For who expects them to be commands: not listed.
void Application::add_help_and_version() {
    auto words = std::make_shared<std::vector<std::string>>();
    auto& help = add_command("help", "Print this help", [this, words] {
        const auto* command = command_named(&m_app, *words);
        // App::help() of the program would be that of the command which was given: `help`.
        write_to_stdout(command->get_formatter()->make_help(command, command->get_name(),
                                                            CLI::AppFormatMode::Normal));
        return exit_done;
    });
    help.group("")->add_option("COMMAND", *words, "The command to explain");
    auto& version = add_command("version", "Print the versions", [] {
        write_to_stdout(version_text() + "\n");
        return exit_done;
    });
    version.group("");
    for (auto* command : {&help, &version}) command->footer("Full manual: `man jobtally`.");
}

CLI::App& Application::add_command(const std::string& name, const std::string& description,
                                   std::function<int()> run) {
    return add_command(m_app, name, description, std::move(run));
}

CLI::App& Application::add_command(CLI::App& parent, const std::string& name,
                                   const std::string& description, std::function<int()> run) {
    auto* command = parent.add_subcommand(name, description);
    command->fallthrough();  // global options may follow the command too
    command->set_help_flag("-h,--help", "Print this help");
    command->footer(
        fmt::format("Global options: `jobtally --help`. Full manual: `man jobtally-{}`.",
                    parent.get_parent() == nullptr ? name : parent.get_name()));
    if (run) {
        command->final_callback([this, action = std::move(run)] { m_action = action; });
    }
    return *command;
}

void Application::take(int argc, char* argv[]) {
    for (int i = 0; i < argc; ++i) {
        const std::string word = i == 0 ? "jobtally" : argv[i];
        const bool is_plain = word.find_first_not_of(plain_in_shells) == std::string::npos;
        m_globals.command_line += (i == 0 ? "" : " ") + (is_plain ? word : in_shell_quotes(word));
    }
    take_marks_off(m_app);
    m_app.parse(marked_words(argc, argv));
    refuse_empty_values(m_app);
    if (chosen(&m_app) != &m_app) refuse_empty_values(*chosen(&m_app));
}

bool Application::understands(int argc, char* argv[]) {
    try {
        take(argc, argv);
    } catch (const std::exception&) {
        return false;
    }
    return m_action && !m_configuration.is_used();
}

std::optional<int> Application::parse(int argc, char* argv[]) {
    try {
        take(argc, argv);
    } catch (const CLI::ParseError& error) {
        return report(error);
    }
    if (m_action) {
        m_configuration.check();
        return std::nullopt;
    }
    write_to_stdout(chosen(&m_app)->help());
    return exit_done;
}

int Application::run() {
    threads_wanted();  // throws: better now than in the midst of an answer
    return m_action();
}

int Application::report(const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // help or version
        std::ostringstream text;
        m_app.exit(error, text);
        write_to_stdout(text.str());
        return m_help_exit.contains(chosen(&m_app)) ? m_help_exit.at(chosen(&m_app)) : exit_done;
    }
    const auto* command = chosen(&m_app);
    std::string hint = fmt::format("see `{} --help`", full_name(command));
    std::string message = message_of(error);
    if (dynamic_cast<const CLI::FileError*>(&error) != nullptr)
        message = unreadable_configuration(m_app.get_config_ptr()->results().back());
    const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
    if (is_extra && !command->get_subcommands({}).empty()) {
        const auto words = m_app.remaining(true);
        const std::string word = words.empty() ? "" : bracketed::unmarked(words.front());
        const bool is_option = word.starts_with('-');
        message = fmt::format("\"{}\" is not {}", word, is_option ? "an option" : "a command");
        hint = did_you_mean(word.substr(0, word.find('=')),
                            is_option ? options_of(command) : commands_below(*command), hint);
    } else if (is_extra) {
        const auto words = m_app.remaining(true);
        if (!words.empty()) {
            message = fmt::format("no such option or argument: \"{}\"",
                                  bracketed::unmarked(words.front()));
            const auto word = words.front().substr(0, words.front().find('='));
            const auto known = options_of(command);
            if (std::find(known.begin(), known.end(), word) != known.end()) {
                hint =
                    fmt::format("write it behind the command: `{} {}`", full_name(command), word);
            } else if (word.starts_with('-')) {
                hint = did_you_mean(word, known, hint);
            }
        }
    }
    if (const auto end = message.find('\n'); end != std::string::npos) {
        if (end + 1 < message.size()) hint = message.substr(end + 1);  // of one_of()
        message.resize(end);
    }
    return tell(UsageError(message, hint), exit_usage);
}

// A mistake that was found late, behind the place in the file whose value it quotes; as it is where
// none or several values of the chosen command could be meant.
std::string Application::with_place(const std::string& message) const {
    std::set<std::string> places;
    for (const auto* command = chosen(&m_app); command != nullptr;
         command = command->get_parent()) {
        for (const auto* option : command->get_options()) {
            const auto* setting = m_configuration.in_file(*option);
            if (setting == nullptr || message.starts_with(setting->place())) continue;
            for (const auto& value : setting->values)
                if (message.find(in_quotes(value)) != message.npos) places.insert(setting->place());
        }
    }
    return places.size() == 1 ? *places.begin() + ": " + message : message;
}

int Application::tell(const Error& error, int exit_code) {
    const bool is_usage = dynamic_cast<const UsageError*>(&error) != nullptr;
    const Error placed(is_usage ? with_place(error.what()) : error.what(), error.hint());
    const auto own = m_tell_error.find(chosen(&m_app));
    if (own != m_tell_error.end()) return own->second(placed);
    print_error(placed);
    return exit_code;
}

void Application::tell_errors_by(const CLI::App& command, TellError tell, int help_exit) {
    m_tell_error[&command] = std::move(tell);
    m_help_exit[&command] = help_exit;
}

}  // namespace jobtally::cli
