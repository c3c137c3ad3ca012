#include "cli/options/configuration.hpp"

#include "cli/options/configuration_file.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/error.hpp"
#include "core/base/nearest.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace jobtally::cli {

namespace {

constexpr const char* schedules = "schedule";
constexpr const char* objective_section = "objective";
// What the environment says for an option, or nothing. TZ is no envname(): it has more forms than
// --tz takes.
std::string environment_of(const CLI::Option& option) {
    const auto name = option.check_lname("tz") ? "TZ" : option.get_envname();
    return name.empty() ? "" : from_environment(name.c_str());
}

// `words` is one word, or the whole command as it is typed: TOML forbids a section [db.prune]
// beside a key `db`, so that one is written ["db prune"].
CLI::App* command_named(CLI::App& parent, const std::string& words) {
    auto* command = &parent;
    for (const auto& word : CLI::detail::split(words, ' ')) {
        const auto found = command->get_subcommands(
            [&word](const CLI::App* app) { return app->get_name() == word; });
        if (found.empty()) return nullptr;
        command = found.front();
    }
    return command;
}

CLI::Option* option_named(CLI::App& command, const std::string& key) {
    auto* option = command.get_option_no_throw((key.size() == 1 ? "-" : "--") + key);
    return option != nullptr && option->get_configurable() ? option : nullptr;
}

bool is_flag(const CLI::Option& option) {
    return option.get_items_expected_max() == 0;
}

[[noreturn]] void refuse(const FileSetting& setting, const std::string& problem,
                         const std::string& hint) {
    throw UsageError(setting.place() + ": " + problem, hint);
}

// What could have been meant by the last name of a setting of `parent`.
std::string hint_for(CLI::App& app, CLI::App& parent, const FileSetting& setting) {
    const auto& name = setting.path.back();
    std::vector<std::string> names;
    for (const auto* option : parent.get_options()) {
        if (setting.is_section || !option->get_configurable()) continue;
        for (const auto& known : option->get_lnames()) names.push_back(known);
    }
    if (setting.is_section) {
        names.insert(names.end(), {schedules, objective_section});
        for (const auto* command : parent.get_subcommands({})) names.push_back(command->get_name());
    }
    const auto near = nearest(name, names);
    if (!near.empty()) return fmt::format("did you mean \"{}\"?", near);
    for (auto* command : app.get_subcommands({})) {
        if (&parent == &app && option_named(*command, name) != nullptr)
            return fmt::format("\"{}\" stands in the section of its command, such as [{}]", name,
                               command->get_name());
    }
    return "use the names of the long options, in a section named after the command";
}

bool flag_value(const FileSetting& setting) {
    const auto& text = setting.values.size() == 1 ? setting.values.front() : std::string();
    const auto is_one_of = [&text](std::initializer_list<const char*> words) {
        return std::find(words.begin(), words.end(), text) != words.end();
    };
    if (is_one_of({"true", "on", "yes", "1"})) return true;
    if (is_one_of({"false", "off", "no", "0"})) return false;
    refuse(setting, fmt::format("\"{}\" is true or false", setting.path.back()), {});
}

}  // namespace

// CLI11 opens the file of --config, or none, and asks its reader; so apply() comes at the right
// moment. Of several files the last comes first.
struct Configuration::Trigger : CLI::ConfigBase {
    explicit Trigger(Configuration& configuration) : owner(&configuration) {}
    std::vector<CLI::ConfigItem> from_config(std::istream& given) const override {
        owner->apply(given);
        return {};
    }
    Configuration* owner;
};

Configuration::Configuration(CLI::App& app, Globals& globals) : m_app(app), m_globals(globals) {
    app.set_config("--config", no_configuration_file, "TOML file with the same option names")
        ->type_name("FILE");
    app.config_formatter(std::make_shared<Trigger>(*this));
}

void Configuration::check() const {
    if (m_error) std::rethrow_exception(m_error);
    for (const auto& problem : m_passed_over) print_warning(problem);
}

const FileSetting* Configuration::in_file(const CLI::Option& option) const {
    const auto found = m_from_file.find(&option);
    return found == m_from_file.end() ? nullptr : &found->second;
}

void Configuration::apply(std::istream& given) {
    try {
        if (!m_source.empty()) return;
        for (const auto* option : m_app.get_options())
            if (!option->empty()) m_flags.insert(option);
        const auto file = configuration_file(*m_app.get_config_ptr());
        m_source = file.source;
        if (m_source == "flag") return read(given, file.path);
        if (file.path.empty()) return;
        std::ifstream stream(file.path);
        read(stream, file.path);
    } catch (const Error&) {
        m_error = std::current_exception();
    }
}

void Configuration::read(std::istream& stream, const std::string& file) {
    m_file = file;
    std::error_code error;
    if (!stream || std::filesystem::is_directory(file, error)) {
        throw UsageError(unreadable_configuration(file),
                         m_source == "environment" ? "JOBTALLY_CONFIG names it"
                                                   : "`--config /dev/null` goes without one");
    }
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    for (const auto& setting : parse_toml(text, file)) {
        try {
            take(setting);
        } catch (const UsageError& problem) {
            if (!can_be_passed_over(setting)) throw;
            m_passed_over.emplace_back(problem.what());
        }
    }
}

// A slip in the section of another command must not keep a listener from its start: what is sent
// meanwhile would be lost.
bool Configuration::can_be_passed_over(const FileSetting& setting) const {
    const auto* listen = command_named(m_app, "listen");
    const auto* section = command_named(m_app, setting.path.front());
    return setting.path.size() > 1 && listen != nullptr && listen->parsed() && section != nullptr &&
           !section->parsed();
}

void Configuration::take(const FileSetting& setting) {
    if (setting.path.front() == schedules) return take_schedule(setting);
    if (setting.path.front() == objective_section) return take_objective(setting);
    CLI::App* command = &m_app;
    bool is_chosen = true;
    for (auto name = setting.path.begin(); name + 1 != setting.path.end(); ++name) {
        command = command_named(*command, *name);  // the section was looked at before
        is_chosen = is_chosen && command->parsed();
    }
    const auto& key = setting.path.back();
    if (setting.is_section) {
        if (command_named(*command, key) != nullptr) return;
        if (option_named(*command, key) != nullptr)
            refuse(setting, fmt::format("{} is an option, not a section", in_quotes(key)), {});
        refuse(setting, fmt::format("no such command: {}", in_quotes(key)),
               hint_for(m_app, *command, setting));
    }
    if (auto* own = option_named(*command, key)) return give(*own, setting, true);
    auto* shared = option_named(m_app, key);
    if (shared == nullptr) {
        refuse(setting, fmt::format("no such option: {}", in_quotes(key)),
               hint_for(m_app, *command, setting));
    }
    m_elsewhere.emplace(fmt::format("{}", fmt::join(setting.path, ".")), setting);
    give(*shared, setting, is_chosen);
}

// `setting` is checked in any case, and only has an effect if the command that it is for is chosen.
void Configuration::give(CLI::Option& option, const FileSetting& setting, bool is_chosen) {
    const bool is_off = is_flag(option) && !flag_value(setting);
    const auto& values = setting.values;
    if (values.empty() || std::count(values.begin(), values.end(), "") > 0)
        refuse(setting, fmt::format("{}: the value is empty", option.get_name()), {});
    if (!is_chosen || gives_way(option, setting)) return;
    option.clear();
    m_from_file.insert_or_assign(&option, setting);
    if (is_off) return;
    try {
        option.add_result(is_flag(option) ? std::vector<std::string>{"true"} : values);
        option.run_callback();
    } catch (const CLI::ParseError& error) {
        option.clear();  // CLI11 would find the same mistake again, without its place
        refuse(setting, error.what(), {});
    }
}

// Two options of the file that exclude each other are an error, unless one is for all commands.
bool Configuration::gives_way(const CLI::Option& option, const FileSetting& setting) {
    const auto is_named = [this](const CLI::Option& other) {
        return !m_from_file.contains(&other) && (!other.empty() || !environment_of(other).empty());
    };
    if (is_named(option)) return true;
    for (auto* other : option.get_excludes()) {
        if (is_named(*other)) return true;
        const auto found = m_from_file.find(other);
        if (found == m_from_file.end() || other->empty()) continue;
        if (found->second.path.size() >= setting.path.size()) {
            refuse(setting,
                   fmt::format("{} excludes {} of line {}", option.get_name(), other->get_name(),
                               found->second.line),
                   {});
        }
        other->clear();
        m_from_file.erase(found);
    }
    return false;
}

void Configuration::take_schedule(const FileSetting& setting) {
    const auto& path = setting.path;
    if (setting.is_section) return;
    if (path.size() < 3) {
        refuse(setting, "a schedule is of a definition",
               "it stands in a section such as [schedule.\"User import\"]");
    }
    m_globals.schedules.push_back(
        {fmt::format("{}", fmt::join(path.begin() + 1, path.end() - 1, ".")), path.back(),
         fmt::format("{}", fmt::join(setting.values, ",")), setting.place()});
}

void Configuration::take_objective(const FileSetting& setting) {
    const auto& path = setting.path;
    if (setting.is_section && path.size() == 1) return;
    if (setting.is_section || path.size() == 1) {
        refuse(setting, "an objective is of a definition",
               "the section [objective] has lines such as \"User import\" = 99.5");
    }
    m_globals.objectives.push_back({fmt::format("{}", fmt::join(path.begin() + 1, path.end(), ".")),
                                    {},
                                    fmt::format("{}", fmt::join(setting.values, ",")),
                                    setting.place()});
}

std::vector<Setting> Configuration::settings() const {
    std::vector<Setting> all;
    all.push_back({"config", m_file.empty() ? std::nullopt : std::optional(m_file),
                   m_file.empty() ? "default" : m_source});
    collect(m_app, "", all);
    const auto add = [&](std::string name, const ScheduleSetting& setting) {
        all.push_back(
            {std::move(name), setting.value, setting.place.substr(0, setting.place.rfind(':'))});
    };
    for (const auto& one : m_globals.schedules)
        add(fmt::format("{}.\"{}\".{}", schedules, one.definition, one.key), one);
    for (const auto& one : m_globals.objectives)
        add(fmt::format("{}.\"{}\"", objective_section, one.definition), one);
    return all;
}

void Configuration::collect(CLI::App& app, const std::string& path,
                            std::vector<Setting>& all) const {
    for (auto* option : app.get_options()) {
        const bool can_be_set = option->get_configurable() && !option->get_lnames().empty();
        if (can_be_set) all.push_back(setting_of(path, *option));
    }
    for (const auto& [name, setting] : m_elsewhere) {
        const auto end = name.rfind('.') + 1;
        if (name.substr(0, end) == path)
            all.push_back({name, fmt::format("{}", fmt::join(setting.values, ", ")),
                           fmt::format("{}:{}", setting.file, setting.line)});
    }
    for (auto* command : app.get_subcommands({})) {
        if (!command->get_group().empty()) collect(*command, path + command->get_name() + ".", all);
    }
}

Setting Configuration::setting_of(const std::string& path, CLI::Option& option) const {
    const auto name = path + option.get_lnames().front();
    const auto found = m_from_file.find(&option);
    if (found != m_from_file.end()) {
        const auto& setting = found->second;
        return {name, fmt::format("{}", fmt::join(setting.values, ", ")),
                fmt::format("{}:{}", setting.file, setting.line)};
    }
    if (m_flags.contains(&option))
        return {name, fmt::format("{}", fmt::join(option.results(), ", ")), "flag"};
    const auto said = environment_of(option);
    if (!said.empty()) return {name, said, "environment"};
    if (name == "db") {
        try {
            return {name, m_globals.store_path().string(), "default"};
        } catch (const Error&) {
            return {name, std::nullopt, "default"};
        }
    }
    if (is_flag(option)) return {name, "false", "default"};
    // The default of an option whose value may be left out is what it means then.
    if (option.get_items_expected_min() == 0) return {name, std::nullopt, "default"};
    if (option.get_default_str().empty()) option.capture_default_str();
    auto usual = option.get_default_str();
    if (usual.starts_with('[') && usual.ends_with(']')) usual = usual.substr(1, usual.size() - 2);
    return {name, usual.empty() ? std::nullopt : std::optional(usual), "default"};
}

}  // namespace jobtally::cli
