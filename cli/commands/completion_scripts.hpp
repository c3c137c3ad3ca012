// Completion scripts for shells, made from the command tree.
#pragma once

#include "cli/commands/command_tree.hpp"

#include <string>
#include <vector>

namespace jobtally::cli {

std::string bash_script(const std::vector<CommandDescription>& commands);
std::string zsh_script(const std::vector<CommandDescription>& commands);
std::string fish_script(const std::vector<CommandDescription>& commands);

}  // namespace jobtally::cli
