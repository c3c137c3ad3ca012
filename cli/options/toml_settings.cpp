#include "cli/options/toml_settings.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <sstream>
#include <system_error>
#include <tuple>

#include <fmt/core.h>
#include <toml++/toml.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

// A time of TOML has a `T` where local times of the command line have a space.
std::string text_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
    std::ostringstream out;
    if (const auto* moment = node.as_date_time(); moment && !moment->get().offset) {
        out << moment->get().date << ' ' << moment->get().time;
    } else {
        node.visit([&out](const auto& value) {
            if constexpr (toml::is_boolean<decltype(value)>) {
                out << (value.get() ? "true" : "false");
            } else if constexpr (toml::is_value<decltype(value)>) {
                out << value.get();
            }
        });
    }
    return out.str();
}

class Reader {
  public:
    explicit Reader(const std::string& file) : m_file(file) {}

    void read(const toml::table& table, const std::vector<std::string>& path) {
        for (const auto& [key, node] : table) {
            FileSetting setting{path, {}, node.is_table(), m_file, 0, 0};
            setting.path.emplace_back(key.str());
            const auto& begin = key.source().begin ? key.source().begin : node.source().begin;
            setting.line = begin.line;
            setting.column = begin.column;
            if (!setting.is_section) setting.values = values_of(node, setting);
            settings.push_back(setting);
            if (setting.is_section) read(*node.as_table(), setting.path);
        }
    }

    std::vector<FileSetting> settings;

  private:
    static std::vector<std::string> values_of(const toml::node& node, const FileSetting& setting) {
        if (!node.is_array()) return {text_of(node)};
        std::vector<std::string> values;
        for (const auto& element : *node.as_array()) {
            if (element.is_table() || element.is_array()) {
                throw UsageError(fmt::format("{}: {} takes no tables and no lists of lists",
                                             setting.place(), in_quotes(setting.path.back())));
            }
            values.push_back(text_of(element));
        }
        return values;
    }

    const std::string& m_file;
};

}  // namespace

std::string FileSetting::place() const {
    return fmt::format("{}:{}:{}", visible(file), line, column);
}

std::vector<FileSetting> parse_toml(const std::string& text, const std::string& file) {
    try {
        const auto table = toml::parse(text, file);
        Reader reader(file);
        reader.read(table, {});
        std::stable_sort(reader.settings.begin(), reader.settings.end(),
                         [](const FileSetting& a, const FileSetting& b) {
                             return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                         });
        return reader.settings;
    } catch (const toml::parse_error& error) {
        std::string reason{error.description()};
        if (!reason.empty()) reason[0] = static_cast<char>(std::tolower(reason[0]));
        const auto& place = error.source().begin;
        throw UsageError(
            fmt::format("{}:{}:{}: {}", visible(file), place.line, place.column, visible(reason)),
            "the file is TOML: texts stand in quotes, as in last = \"24h\"");
    }
}

std::string unreadable_configuration(const std::string& file) {
    const bool is_refused = ::access(file.c_str(), R_OK) != 0;
    const std::error_code reason(errno, std::generic_category());
    return fmt::format("can't read the configuration file {}{}", in_quotes(file),
                       is_refused ? ": " + reason.message() : "");
}

}  // namespace jobtally::cli
