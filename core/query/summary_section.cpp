// Texts and tables that all sections use.
#include "core/query/summary_section.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace jobtally::query {

SummaryFacts::SummaryFacts(const Scope& asked, time::Instant clock)
    : scope(asked), now(clock), flawed(flawed_definitions(asked)) {}

std::string with_commas(std::int64_t number) {
    const std::string digits = fmt::format("{}", number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

std::string next_step(const std::string& id) {
    const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_' || c == '-' || c == '.' || c == ':';
    });
    const char* command = id.starts_with('-') ? "jobtally show --" : "jobtally show";
    if (plain) return fmt::format("{} {}", command, id);
    std::string quoted;
    for (const char c : id) {
        if (c == '\'') quoted += "'\\'";
        quoted += c;
    }
    return fmt::format("{} '{}'", command, quoted);
}

table::ResultTable section_table(std::initializer_list<table::Column> columns) {
    using table::Audience;
    table::ResultTable table;
    table.columns = {{"definition_id", "definition id", Audience::machines, true},
                     {"definition_name", "definition", Audience::everyone, true},
                     {"type", "type", Audience::machines, true}};
    table.columns.insert(table.columns.end(), columns);
    return table;
}

void add_row(table::ResultTable& table, GroupKey key, std::initializer_list<table::Cell> figures) {
    key.resize(3);
    key.insert(key.end(), figures);
    table.rows.push_back(std::move(key));
}

}  // namespace jobtally::query
