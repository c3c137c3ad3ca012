#include "cli/commands/command_tree.hpp"

#include "core/base/json_text.hpp"

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

// CLI11 appends the choices of one_of() to the type: `WHEN:{auto,always,never}`.
void split_type(const std::string& type, OptionDescription& option) {
    const auto colon = type.find(':');
    option.value = type.substr(0, colon);
    const auto open = type.find('{');
    const auto close = type.find('}');
    if (open != std::string::npos && close != std::string::npos) {
        option.choices = CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
    }
}

OptionDescription describe(const CLI::Option& option) {
    OptionDescription described;
    for (const auto& name : option.get_snames()) described.names.push_back("-" + name);
    for (const auto& name : option.get_lnames()) described.names.push_back("--" + name);
    if (option.get_items_expected_max() > 0) split_type(option.get_type_name(), described);
    described.description = option.get_description();
    return described;
}

void collect(const CLI::App& app, const std::string& path, std::vector<CommandDescription>& all) {
    CommandDescription command{path, app.get_description(), {}, {}, {}};
    for (const auto* option : app.get_options()) {
        if (option->get_positional()) {
            command.arguments.push_back(option->get_name(true));
        } else if (!option->get_group().empty()) {
            command.options.push_back(describe(*option));
        }
    }
    std::vector<const CLI::App*> children;
    for (const auto* child : app.get_subcommands({})) {
        if (child->get_group().empty()) continue;  // hidden
        command.subcommands.push_back(child->get_name());
        children.push_back(child);
    }
    all.push_back(std::move(command));
    for (const auto* child : children) {
        collect(*child, path.empty() ? child->get_name() : path + " " + child->get_name(), all);
    }
}

std::string json_list(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (const auto& text : texts) {
        if (out.size() > 1) out += ", ";
        append_json_string(out, text);
    }
    return out + "]";
}

std::string json_text(const std::string& text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

std::string to_json(const OptionDescription& option) {
    return fmt::format(R"({{"names": {}, "value": {}, "choices": {}, "description": {}}})",
                       json_list(option.names), json_text(option.value), json_list(option.choices),
                       json_text(option.description));
}

}  // namespace

std::vector<CommandDescription> describe(const CLI::App& app) {
    std::vector<CommandDescription> all;
    collect(app, "", all);
    return all;
}

std::string to_json(const std::vector<CommandDescription>& commands) {
    std::string out = "[";
    for (const auto& command : commands) {
        if (out.size() > 1) out += ",";
        out += fmt::format(
            "\n{{\"path\": {}, \"description\": {}, \"arguments\": {}, \"subcommands\": {}, "
            "\"options\": [",
            json_text(command.path), json_text(command.description), json_list(command.arguments),
            json_list(command.subcommands));
        for (std::size_t i = 0; i < command.options.size(); ++i) {
            out += (i == 0 ? "\n  " : ",\n  ") + to_json(command.options[i]);
        }
        out += "]}";
    }
    return out + "\n]\n";
}

}  // namespace jobtally::cli
