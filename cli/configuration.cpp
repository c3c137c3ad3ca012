#include "cli/configuration.hpp"

#include <cstdlib>
#include <map>
#include <string>

namespace jobtally::cli {

namespace {

bool environment_has(const std::string& option) {
    static const std::map<std::string, const char*> names{
        {"db", "JOBTALLY_DB"}, {"now", "JOBTALLY_NOW"}, {"tz", "TZ"}};
    const auto found = names.find(option);
    if (found == names.end()) return false;
    const char* value = std::getenv(found->second);
    return value != nullptr && *value != '\0';
}

}  // namespace

std::vector<CLI::ConfigItem> Configuration::from_config(std::istream& input) const {
    auto read = ConfigBase::from_config(input);
    std::erase_if(read, [](const CLI::ConfigItem& item) {
        return item.parents.empty() && environment_has(item.name);
    });
    return read;
}

}  // namespace jobtally::cli
