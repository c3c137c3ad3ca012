// Which configuration file is read.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

// What CLI11 opens without --config: a file that always exists, in a spelling that nobody would
// type, because some versions of CLI11 then count it as given.
inline constexpr const char* no_configuration_file = "/dev/./null";

struct ConfigurationFile {
    std::string path;    // empty: there is none
    std::string source;  // who names it: `flag`, `environment` or `default`
};

// What the option --config names, else JOBTALLY_CONFIG, else the best of the usual places that has
// one. It may be unreadable, or absent where it was named.
ConfigurationFile configuration_file(const CLI::Option& option);

// What that variable says; empty where it is not set.
std::string from_environment(const char* name);

}  // namespace jobtally::cli
