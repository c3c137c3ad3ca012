// Reads --config FILE: TOML or INI with the names of the long options, a section a command.
#pragma once

#include "cli/options/globals.hpp"

#include <istream>
#include <vector>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

// CLI11 lets a file beat the environment; here flags beat the environment and that beats the file.
// Sections `[schedule."NAME"]` are no options: they go to `schedules`, which must outlive it.
class Configuration : public CLI::ConfigBase {
  public:
    explicit Configuration(std::vector<ScheduleSetting>& schedules) : m_schedules(&schedules) {}
    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;

  private:
    bool take_schedule(const CLI::ConfigItem& item) const;

    std::vector<ScheduleSetting>* m_schedules;
};

}  // namespace jobtally::cli
