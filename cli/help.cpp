#include "cli/help.hpp"

#include "core/base/wrap.hpp"

namespace jobtally::cli {

namespace {

// `TIME`, or `created|updated|received` for an option with few choices.
std::string value_of(const CLI::Option* option) {
    auto type = option->get_type_name();
    const auto open = type.find('{');
    const auto close = type.find('}');
    if (open == std::string::npos || close == std::string::npos)
        return type.substr(0, type.find(':', type.find("unix:") + 1));
    auto choices = type.substr(open + 1, close - open - 1);
    for (auto& c : choices) c = c == ',' ? '|' : c;
    return choices.size() <= 32 ? choices : type.substr(0, type.find(':'));
}

constexpr std::size_t help_width = 80;

std::string entry(const std::string& names, const std::string& text, std::size_t column) {
    std::string out = "  " + names;
    if (out.size() + 2 > column) out += '\n' + std::string(column, ' ');
    out.append(out.size() < column ? column - out.size() : 0, ' ');
    return out + wrapped(text, help_width - column, column) + '\n';
}

}  // namespace

HelpFormatter::HelpFormatter() {
    column_width(26);
    label("Subcommands", "Commands");
    label("Positionals", "Arguments");
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
    if (option->get_positional() || option->get_items_expected_max() == 0) return "";
    return " " + value_of(option);
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
    return entry(make_option_name(option, is_positional) + make_option_opts(option),
                 option->get_description(), get_column_width());
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
    return entry(command->get_name(), command->get_description(), get_column_width());
}

std::string HelpFormatter::make_description(const CLI::App* app) const {
    return wrapped(app->get_description(), help_width) + '\n';
}

std::string HelpFormatter::make_usage(const CLI::App* app, std::string /*name*/) const {
    std::string usage = "Usage: " + full_name(app);
    if (!app->get_subcommands({}).empty()) usage += " COMMAND";
    usage += " [OPTIONS]";
    for (const auto* option : app->get_options()) {
        if (!option->get_positional()) continue;
        const auto word =
            option->get_name(true) + (option->get_items_expected_max() > 1 ? "..." : "");
        usage += option->get_required() ? " " + word : " [" + word + "]";
    }
    return usage + "\n";
}

std::string HelpFormatter::make_group(std::string group, bool is_positional,
                                      std::vector<const CLI::Option*> options) const {
    auto text = CLI::Formatter::make_group(std::move(group), is_positional, std::move(options));
    while (text.starts_with("\n\n")) text.erase(0, 1);
    return text;
}

std::string full_name(const CLI::App* app) {
    std::string name = app->get_name();
    for (app = app->get_parent(); app != nullptr; app = app->get_parent()) {
        name = app->get_name() + " " + name;
    }
    return name;
}

}  // namespace jobtally::cli
