#include "cli/options/configuration_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

namespace jobtally::cli {

namespace {

// The default places, best first.
std::vector<std::string> usual_files() {
    std::vector<std::string> files;
    const auto home = from_environment("HOME");
    auto folder = from_environment("XDG_CONFIG_HOME");
    if (folder.empty() && !home.empty()) folder = home + "/.config";
    if (!folder.empty()) files.push_back(folder + "/jobtally/config.toml");
    files.emplace_back("/etc/jobtally/config.toml");
    return files;
}

}  // namespace

std::string from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

ConfigurationFile configuration_file(const CLI::Option& option) {
    if (!option.empty() && option.results().back() != no_configuration_file)
        return {option.results().back(), "flag"};
    const auto named = from_environment("JOBTALLY_CONFIG");
    if (!named.empty()) return {named, "environment"};
    for (const auto& usual : usual_files()) {
        std::error_code error;  // a folder that we may not search has no file for us
        if (std::filesystem::exists(usual, error)) return {usual, "default"};
    }
    return {{}, "default"};
}

}  // namespace jobtally::cli
