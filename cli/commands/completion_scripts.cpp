// Completion scripts for shells, made from the command tree.
#include "cli/commands/command_tree.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>
#include <fmt/ranges.h>

namespace jobtally::cli {

namespace {

// What the store that the line names knows: each of these is a function of the script, in which
// `_jobtally_ask` runs jobtally with the line's --db and --config. It prints a value a line.
// The keys of a command are those of its answer about no time at all.
constexpr const char* live_values = R"(_jobtally_definitions() {
    _jobtally_ask definitions -F tsv --no-header --columns definition_id,definition_name |
        tr '\t' '\n' | grep -vF '\'
}
_jobtally_sources() {
    _jobtally_ask rates --by source -F tsv --no-header --columns source | grep . | grep -vF '\'
}
)";

// The function that lists values of this option; empty: none does.
std::string live_value(const OptionDescription& option) {
    if (option.value == "DEFINITION") return "definitions";
    if (option.names.back() == "--source") return "sources";
    const bool is_key =
        option.value == "a,b,..." || option.value == "[-]KEY" || option.value == "KEY";
    return is_key ? "keys" : "";
}

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
    if (const auto live = live_value(option); !live.empty())
        return fmt::format("_jobtally_lines \"$cur\" < <(_jobtally_{})", live);
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
    if (const auto live = live_value(option); !live.empty())
        return fmt::format("{}compadd -- ${{(f)\"$(_jobtally_{})\"}}",
                           live == "keys" ? "compset -P '*,'; " : "", live);
    return "_message " + in_shell_quotes(option.value);
}

std::string fish_value(const OptionDescription& option) {
    if (option.value.empty()) return "";
    if (!option.choices.empty()) return fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
    if (names_file(option)) return " -r -F";
    if (const auto live = live_value(option); !live.empty())
        return fmt::format(" -x -a '(_jobtally_{})'", live);
    return " -x";
}

// The same functions: in fish words are quoted, and blocks ended, in its own way.
std::string fish_functions() {
    return R"(function _jobtally_definitions
    _jobtally_ask definitions -F tsv --no-header --columns definition_id,definition_name |
        tr '\t' '\n' | grep -vF '\\'
end
function _jobtally_sources
    _jobtally_ask rates --by source -F tsv --no-header --columns source | grep . | grep -vF '\\'
end
function _jobtally_keys
    set -l before (string match -r '.*,' -- (commandline -ct))
    set -l command (string match -r '^[a-z]+$' -- (commandline -opc)[2..-1])[1]
    for key in (_jobtally_ask $command -F csv -S @0 -U @0 | head -n 1 | tr , '\n')
        echo "$before$key"
    end
end
)";
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
# Those lines that begin with $1 behind its last comma. Not by compgen -W, which would run what
# stands in them. They are quoted here: readline leaves a dollar as it is.
_jobtally_lines() {{
    local line before=""
    COMPREPLY=()
    compopt +o filenames 2>/dev/null
    if [[ $1 == *,* ]]; then before="${{1%,*}},"; fi
    while IFS= read -r line; do
        line=$before$line
        if [[ $line == "$before" || $line != "$1"* ]]; then continue; fi
        case "$quote" in
        \') line=${{line//\'/\'\\\'\'}} ;;
        \")
            line=${{line//\\/\\\\}} line=${{line//\"/\\\"}}
            line=${{line//\$/\\\$}} line=${{line//\`/\\\`}} ;;
        *) printf -v line %q "$line" ;;
        esac
        COMPREPLY+=("$line")
    done
}}
# The word without its quotes, as REPLY.
_jobtally_plain() {{
    REPLY=$1
    case $REPLY in
    \'*) REPLY=${{REPLY//\'/}} ;;
    \"*) REPLY=${{REPLY//\"/}} ;;
    *) REPLY=${{REPLY//\\/}} REPLY=${{REPLY/#\~\//$HOME/}} ;;
    esac
}}
_jobtally_ask() {{
    local given=() REPLY i at
    for ((i = 1; i < COMP_CWORD; i++)); do
        at=$((i + 1))
        if [[ ${{COMP_WORDS[at]}} == "=" ]]; then at=$((at + 1)); fi
        case "${{COMP_WORDS[i]}}" in
        --db|--config) _jobtally_plain "${{COMP_WORDS[at]}}"; given+=("${{COMP_WORDS[i]}}" "$REPLY") ;;
        esac
    done
    jobtally "${{given[@]}}" "$@" 2>/dev/null
}}
{}_jobtally_keys() {{
    # shellcheck disable=SC2086 # the words of a command
    _jobtally_ask ${{path#jobtally}} -F csv -S @0 -U @0 | head -n 1 | tr , '\n'
}}
_jobtally() {{
    local cur="${{COMP_WORDS[COMP_CWORD]}}" prev="${{COMP_WORDS[COMP_CWORD-1]}}"
    local path=jobtally words="" files="" REPLY i
    if [[ $cur == "=" ]]; then cur=""; fi
    if [[ $prev == "=" ]]; then prev="${{COMP_WORDS[COMP_CWORD-2]}}"; fi
    local quote="${{cur:0:1}}"
    _jobtally_plain "$cur"
    cur=$REPLY
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
                       live_values, paths, replies, words);
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
_jobtally_ask() {{
    local -a given
    local i
    for ((i = 2; i < CURRENT; i++)); do
        case "${{words[i]}}" in
        --db|--config) given+=("${{words[i]}}" "${{(Q)words[i+1]/#\~\//$HOME/}}") ;;
        --db=*|--config=*) given+=("${{(Q)words[i]}}") ;;
        esac
    done
    command jobtally "${{given[@]}}" "$@" 2>/dev/null
}}
{}_jobtally_keys() {{
    _jobtally_ask ${{(s: :)path_so_far#jobtally}} -F csv -S @0 -U @0 | head -n 1 | tr , '\n'
}}
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
                       live_values, paths, replies, entries);
}

std::string fish_script(const std::vector<CommandDescription>& commands) {
    std::string out =
        "# fish completion for jobtally: put it into ~/.config/fish/completions/jobtally.fish\n"
        "function _jobtally_ask\n"
        "    set -l given\n"
        "    set -l line (commandline -opc)\n"
        "    for i in (seq 2 (count $line))\n"
        "        switch $line[$i]\n"
        "            case --db --config\n"
        "                set -a given $line[$i] $line[(math $i + 1)]\n"
        "            case '--db=*' '--config=*'\n"
        "                set -a given $line[$i]\n"
        "        end\n"
        "    end\n"
        "    command jobtally $given $argv 2>/dev/null\n"
        "end\n" +
        fish_functions() + "complete -c jobtally -f\n";
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
