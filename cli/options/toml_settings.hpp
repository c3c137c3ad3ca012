// TOML as a list of settings, each with its place. The one place that knows the parser.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace jobtally::cli {

struct FileSetting {
    std::vector<std::string> path;    // `summary`, `last`: the sections, then the key
    std::vector<std::string> values;  // several for an array; as the command line would have them
    bool is_section = false;          // only says that the section is there
    std::string file;
    std::size_t line = 0, column = 0;  // from 1

    std::string place() const;  // `config.toml:3:1`
};

// In the order of the file. Throws UsageError, with the place, for text that is no TOML and for
// values that no option could take: tables within arrays, arrays within arrays.
std::vector<FileSetting> parse_toml(const std::string& text, const std::string& file);

// `can't read the configuration file "FILE": REASON`, as this process finds it now.
std::string unreadable_configuration(const std::string& file);

}  // namespace jobtally::cli
