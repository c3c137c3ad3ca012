// Completion scripts for shells, made from the command tree.
#include "cli/commands/command_tree.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>
#include <fmt/ranges.h>

namespace jobtally::cli {

namespace {

// What a value is completed with.
constexpr const char* list_definitions =
    "jobtally definitions -F tsv --no-header --columns definition_id 2>/dev/null";

bool names_file(const OptionDescription& option) {
    return option.value == "FILE" || option.value == "PATH" || option.value == "DIR";
}

bool names_file(const CommandDescription& command) {
    return std::any_of(command.arguments.begin(), command.arguments.end(),
                       [](const auto& argument) {
                           return argument.find("FILE") != std::string::npos ||
                                  argument.find("file") != std::string::npos;
                       });
}

std::string full_path(const CommandDescription& command) {
    return command.path.empty() ? "jobtally" : "jobtally " + command.path;
}

// All words that may follow a command: its subcommands, its options, the program's options.
std::set<std::string> words_after(const CommandDescription& command,
                                  const CommandDescription& program) {
    std::set<std::string> words(command.subcommands.begin(), command.subcommands.end());
    for (const auto* from : {&command, &program}) {
        for (const auto& option : from->options)
            words.insert(option.names.begin(), option.names.end());
    }
    return words;
}

// Every option that takes a value, once, keyed by its names joined by `|`.
std::vector<OptionDescription> options_with_value(const std::vector<CommandDescription>& commands) {
    std::vector<OptionDescription> options;
    std::set<std::vector<std::string>> seen;
    for (const auto& command : commands) {
        for (const auto& option : command.options) {
            if (!option.value.empty() && seen.insert(option.names).second)
                options.push_back(option);
        }
    }
    return options;
}

std::string bash_reply(const OptionDescription& option) {
    if (!option.choices.empty()) {
        return fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))",
                           fmt::join(option.choices, " "));
    }
    if (names_file(option)) return "COMPREPLY=($(compgen -f -- \"$cur\"))";
    if (option.value == "DEFINITION") {
        return fmt::format("_jobtally_lines \"$cur\" < <({})", list_definitions);
    }
    return "COMPREPLY=()";
}

// _describe takes `word:explanation`; a colon in the word itself is quoted.
std::string zsh_entry(const std::string& word, const std::string& explanation) {
    return in_shell_quotes(word + ":" + explanation);
}

std::string zsh_value(const OptionDescription& option) {
    if (!option.choices.empty())
        return fmt::format("compadd -- {}", fmt::join(option.choices, " "));
    if (names_file(option)) return "_files";
    if (option.value == "DEFINITION")
        return fmt::format("compadd -- ${{(f)\"$({})\"}}", list_definitions);
    return "_message " + in_shell_quotes(option.value);
}

std::string fish_value(const OptionDescription& option) {
    if (option.value.empty()) return "";
    if (!option.choices.empty()) return fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
    if (names_file(option)) return " -r -F";
    if (option.value == "DEFINITION") return fmt::format(" -x -a '({})'", list_definitions);
    return " -x";
}

std::string fish_option(const OptionDescription& option, const std::string& condition) {
    std::string line = "complete -c jobtally" + condition;
    for (const auto& name : option.names) {
        line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    return line + fish_value(option) + " -d " + in_shell_quotes(option.description) + "\n";
}

}  // namespace

std::string bash_script(const std::vector<CommandDescription>& commands) {
    std::string paths, replies, words;
    for (const auto& command : commands) {
        if (!command.path.empty())
            paths += (paths.empty() ? "\"" : "|\"") + full_path(command) + "\"";
        words += fmt::format("        \"{}\") words=\"{}\"{} ;;\n", full_path(command),
                             fmt::join(words_after(command, commands.front()), " "),
                             names_file(command) ? "; files=1" : "");
    }
    for (const auto& option : options_with_value(commands)) {
        replies += fmt::format("        {}) {}; return ;;\n", fmt::join(option.names, "|"),
                               bash_reply(option));
    }
    return fmt::format(R"(# bash completion for jobtally: source it, or put it into
# ~/.local/share/bash-completion/completions/jobtally
# Those lines that begin with $1. Not by compgen -W, which would run what stands in them.
_jobtally_lines() {{
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == "$1"* ]]; then COMPREPLY+=("$line"); fi
    done
}}
_jobtally() {{
    local cur="${{COMP_WORDS[COMP_CWORD]}}" prev="${{COMP_WORDS[COMP_CWORD-1]}}"
    local path=jobtally words="" files="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$path ${{COMP_WORDS[i]}}" in
        {}) path="$path ${{COMP_WORDS[i]}}" ;;
        esac
    done
    case "$prev" in
{}    esac
    case "$path" in
{}    esac
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    if [[ -n $files && $cur != -* ]]; then COMPREPLY+=($(compgen -f -- "$cur")); fi
}}
complete -o filenames -F _jobtally jobtally
)",
                       paths, replies, words);
}

std::string zsh_script(const std::vector<CommandDescription>& commands) {
    std::string paths, replies, entries;
    for (const auto& command : commands) {
        if (!command.path.empty())
            paths += (paths.empty() ? "\"" : "|\"") + full_path(command) + "\"";
        entries += fmt::format("        \"{}\")\n            entries=(\n", full_path(command));
        for (const auto& child : commands) {
            const auto space = child.path.rfind(' ');
            const auto parent = space == std::string::npos ? "" : child.path.substr(0, space);
            if (child.path.empty() || parent != command.path) continue;
            const auto line = child.description.substr(0, child.description.find('\n'));
            entries += "                " + zsh_entry(child.path.substr(space + 1), line) + "\n";
        }
        for (const auto* from : {&command, &commands.front()}) {
            if (from == &commands.front() && command.path.empty() && from != &command) continue;
            for (const auto& option : from->options) {
                for (const auto& name : option.names) {
                    entries += "                " + zsh_entry(name, option.description) + "\n";
                }
            }
        }
        entries += fmt::format("            ){} ;;\n", names_file(command) ? "; files=1" : "");
    }
    for (const auto& option : options_with_value(commands)) {
        replies += fmt::format("        {}) {}; return ;;\n", fmt::join(option.names, "|"),
                               zsh_value(option));
    }
    return fmt::format(R"(#compdef jobtally
# zsh completion for jobtally: put it as _jobtally into a folder of $fpath
_jobtally() {{
    local path_so_far=jobtally files="" i
    local -a entries
    for ((i = 2; i < CURRENT; i++)); do
        case "$path_so_far ${{words[i]}}" in
        {}) path_so_far="$path_so_far ${{words[i]}}" ;;
        esac
    done
    case "${{words[CURRENT-1]}}" in
{}    esac
    case "$path_so_far" in
{}    esac
    _describe jobtally entries
    if [[ -n $files ]]; then _files; fi
}}
if [[ ${{funcstack[1]}} == _jobtally ]]; then _jobtally "$@"; else compdef _jobtally jobtally; fi
)",
                       paths, replies, entries);
}

std::string fish_script(const std::vector<CommandDescription>& commands) {
    std::string out =
        "# fish completion for jobtally: put it into ~/.config/fish/completions/jobtally.fish\n"
        "complete -c jobtally -f\n";
    for (const auto& command : commands) {
        const auto space = command.path.rfind(' ');
        const auto name = command.path.substr(space == std::string::npos ? 0 : space + 1);
        const auto line =
            in_shell_quotes(command.description.substr(0, command.description.find('\n')));
        std::string condition;
        if (command.path.empty()) {
            for (const auto& option : command.options) out += fish_option(option, "");
            continue;
        }
        if (space == std::string::npos) {
            out += fmt::format("complete -c jobtally -n __fish_use_subcommand -a {} -d {}\n", name,
                               line);
            condition = fmt::format(" -n '__fish_seen_subcommand_from {}'", name);
        } else {
            const auto parent = command.path.substr(0, space);
            out += fmt::format(
                "complete -c jobtally -n '__fish_seen_subcommand_from {}' -a {} -d {}\n", parent,
                name, line);
            condition = fmt::format(
                " -n '__fish_seen_subcommand_from {0}; and __fish_seen_subcommand_from {1}'",
                parent, name);
        }
        if (names_file(command)) out += "complete -c jobtally" + condition + " -F\n";
        for (const auto& option : command.options) out += fish_option(option, condition);
    }
    return out;
}

}  // namespace jobtally::cli
