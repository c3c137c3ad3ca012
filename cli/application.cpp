#include "cli/application.hpp"

#include "cli/help.hpp"
#include "cli/options/output.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/text.hpp"
#include "core/store/upkeep/status.hpp"

#include <algorithm>
#include <memory>
#include <sstream>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

std::string version_text() {
    return fmt::format("jobtally {}\nSQLite {} (WAL-reset bug {})", JOBTALLY_VERSION,
                       store::sqlite_version(), store::wal_reset_bug());
}

// The command below `parent` that `word` may be a slip of.
std::string nearest_command(const std::string& word, const CLI::App& parent) {
    std::vector<std::string> names;
    for (const auto* command : parent.get_subcommands({})) names.push_back(command->get_name());
    return nearest(word, names);
}

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

}  // namespace

Application::Application() {
    m_app.name("jobtally");
    m_app.require_subcommand(0, 1);
    m_app.formatter(std::make_shared<HelpFormatter>());
    m_app.set_help_flag("-h,--help", "Print this help");
    m_app.set_version_flag("--version", version_text(),
                           "Print the versions of jobtally and SQLite");
    add_globals(m_app, m_globals);
    // In the order of the help.
    for (auto* const add : {add_rates, add_failures, add_durations, add_missed, add_list, add_show,
                            add_definitions, add_summary, add_check, add_ingest, add_listen,
                            add_send, add_export, add_db, add_config, add_completion}) {
        add(*this);
    }
    m_app.footer(
        "Begin with `jobtally ingest FILE` or `jobtally listen`, then `jobtally rates`.\n"
        "`jobtally COMMAND --help` explains one command, `man jobtally-COMMAND` tells all.");
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

std::optional<int> Application::parse(int argc, char* argv[]) {
    try {
        m_app.parse(argc, argv);
        refuse_empty_values(m_app);
        if (chosen(&m_app) != &m_app) refuse_empty_values(*chosen(&m_app));
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

int Application::report(const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // help or version
        std::ostringstream text;
        m_app.exit(error, text);
        write_to_stdout(text.str());
        return exit_done;
    }
    const auto* command = chosen(&m_app);
    std::string hint = fmt::format("see `{} --help`", full_name(command));
    std::string message = message_of(error);
    if (dynamic_cast<const CLI::FileError*>(&error) != nullptr)
        message = fmt::format("can't read the configuration file \"{}\"",
                              m_app.get_config_ptr()->results().back());
    const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
    if (is_extra && !command->get_subcommands({}).empty()) {
        const auto words = m_app.remaining(true);
        message = fmt::format("\"{}\" is not a command", words.empty() ? "" : words.front());
        const auto near = words.empty() ? "" : nearest_command(words.front(), *command);
        if (!near.empty()) hint = fmt::format("did you mean `{} {}`?", full_name(command), near);
    } else if (is_extra) {
        const auto words = m_app.remaining(true);
        if (!words.empty())
            message = fmt::format("no such option or argument: \"{}\"", words.front());
    }
    return tell(UsageError(message, hint), exit_usage);
}

int Application::tell(const Error& error, int exit_code) {
    const auto own = m_tell_error.find(chosen(&m_app));
    if (own != m_tell_error.end()) return own->second(error);
    print_error(error);
    return exit_code;
}

void Application::tell_errors_by(const CLI::App& command, TellError tell) {
    m_tell_error[&command] = std::move(tell);
}

}  // namespace jobtally::cli
