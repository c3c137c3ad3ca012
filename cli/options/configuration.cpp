#include "cli/options/configuration.hpp"

#include "core/base/text.hpp"

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
    const auto first = static_cast<unsigned char>(byte_order_mark.front());
    if (input.peek() == first) input.ignore(byte_order_mark.size());
    auto read = ConfigBase::from_config(input);
    std::erase_if(read, [](const CLI::ConfigItem& item) {
        return item.parents.empty() && environment_has(item.name);
    });
    std::erase_if(read, [this](const CLI::ConfigItem& item) { return take_schedule(item); });
    return read;
}

// CLI11 marks where sections begin and end by items named `++` and `--`.
bool Configuration::take_schedule(const CLI::ConfigItem& item) const {
    if (item.parents.empty() || item.parents.front() != "schedule") return false;
    if (item.name == "++" || item.name == "--") return true;
    std::string definition;
    for (std::size_t i = 1; i < item.parents.size(); ++i) {
        definition += (i > 1 ? "." : "") + item.parents[i];
    }
    // CLI11 cuts names at dots, even within quotes, and then leaves the quotes where they are.
    CLI::detail::remove_quotes(definition);
    std::string value;
    for (const auto& part : item.inputs) value += (value.empty() ? "" : ",") + part;
    m_schedules->push_back({definition, item.name, value});
    return true;
}

}  // namespace jobtally::cli
