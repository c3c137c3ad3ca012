// The layout of --help: one line for each option where it fits, without CLI11's notes on
// validators.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

class HelpFormatter : public CLI::Formatter {
  public:
    HelpFormatter();
    std::string make_option_opts(const CLI::Option* option) const override;
    std::string make_option(const CLI::Option* option, bool is_positional) const override;
    std::string make_subcommand(const CLI::App* command) const override;
    std::string make_description(const CLI::App* app) const override;
    std::string make_usage(const CLI::App* app, std::string name) const override;
    std::string make_group(std::string group, bool is_positional,
                           std::vector<const CLI::Option*> options) const override;
};

// The words that choose the command: `jobtally db status`.
std::string full_name(const CLI::App* app);

}  // namespace jobtally::cli
