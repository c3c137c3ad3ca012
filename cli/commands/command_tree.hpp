// The commands and options of the program as data, read from CLI11: makes the completion scripts
// and is checked against the man pages.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

struct OptionDescription {
    std::vector<std::string> names;  // `-S`, `--since`
    std::string value;               // what it takes: `TIME`; empty for a flag
    std::vector<std::string> choices;
    std::string description;
};

struct CommandDescription {
    std::string path;  // `rates`, `db status`; empty for the program itself
    std::string description;
    std::vector<OptionDescription> options;
    std::vector<std::string> arguments;  // positional ones: `FILE...`
    std::vector<std::string> subcommands;
};

// The program first, then every command, parents before children, in the order of the help.
std::vector<CommandDescription> describe(const CLI::App& app);

// The same as JSON, for tests: [{"path", "description", "options": [...], "arguments",
// "subcommands"}].
std::string to_json(const std::vector<CommandDescription>& commands);

// The shells' completion scripts, made from the tree (completion_scripts.cpp).
std::string bash_script(const std::vector<CommandDescription>& commands);
std::string zsh_script(const std::vector<CommandDescription>& commands);
std::string fish_script(const std::vector<CommandDescription>& commands);

}  // namespace jobtally::cli
