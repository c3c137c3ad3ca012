// Reads --config FILE: TOML or INI with the names of the long options, one section for each
// command.
#pragma once

#include "cli/options/globals.hpp"

#include <istream>
#include <vector>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

// In CLI11 the file overrides the environment; here flags override the environment, which overrides
// the file. Sections `[schedule."NAME"]` hold no options: they go to `schedules`, which must
// outlive this object.
class Configuration : public CLI::ConfigBase {
  public:
    explicit Configuration(std::vector<ScheduleSetting>& schedules) : m_schedules(&schedules) {}
    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;

  private:
    bool take_schedule(const CLI::ConfigItem& item) const;

    std::vector<ScheduleSetting>* m_schedules;
};

}  // namespace jobtally::cli
