// Reads --config FILE: TOML or INI with the names of the long options, a section a command.
#pragma once

#include <istream>
#include <vector>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

// CLI11 lets a file beat the environment; here flags beat the environment and that beats the file.
class Configuration : public CLI::ConfigBase {
  public:
    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;
};

}  // namespace jobtally::cli
