// A store in memory with hand-made reports, and the cells of an answer as texts.
#pragma once

#include "core/query/scope.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/renderer.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/store/reports/write_transaction.hpp"
#include "core/store/reports/writer_memory.hpp"
#include "core/time/rfc3339.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::query_test {

inline time::Instant instant(std::string_view text) {
    return time::parse_rfc3339(text).value();
}

// Empty texts and negative numbers are unknown. Short times stand for that time on 2026-11-02, a
// Monday.
struct Made {
    std::string id;
    std::string status;
    std::string created;
    std::string updated{};
    std::string definition{};
    std::string name{};
    std::int64_t operations = -1;
    std::int64_t succeeded = -1;
    std::int64_t failed = -1;
    std::string type = "import";
    std::string source{};
};

inline std::string whole_time(const std::string& text) {
    return text.find('T') == std::string::npos ? "2026-11-02T" + text + "Z" : text;
}

inline model::JobReport report_of(const Made& made) {
    const auto text = [](const std::string& value) {
        return value.empty() ? std::nullopt : std::optional(value);
    };
    const auto number = [](std::int64_t value) {
        return value < 0 ? std::nullopt : std::optional(value);
    };
    model::JobReport report;
    report.id = made.id;
    report.status = made.status;
    report.created_at = instant(whole_time(made.created));
    if (!made.updated.empty()) report.updated_at = instant(whole_time(made.updated));
    report.type = text(made.type);
    report.definition_id = text(made.definition);
    report.definition_name = text(made.name);
    report.total_operations = number(made.operations);
    report.total_succeeded = number(made.succeeded);
    report.total_failed = number(made.failed);
    return report;
}

inline void put(store::Store& store, const std::vector<Made>& reports,
                std::string_view received = "2026-11-30T00:00:00Z") {
    store::WriteTransaction transaction(store);
    for (const auto& made : reports)
        transaction.put(report_of(made), instant(received), made.source);
    transaction.commit();
}

// In many small segments and some rows, so that several workers read them.
inline store::Store store_of(const std::vector<Made>& reports) {
    auto store = store::Store::in_memory();
    store::WriterMemory::of(store.connection()).packer.limits = {16, 7, 3};
    put(store, reports);
    return store;
}

inline std::size_t column(const table::ResultTable& table, std::string_view key) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].key == key) return i;
    }
    throw std::out_of_range("no column " + std::string(key));
}

// As machines read it; unknown is empty.
inline std::string cell(const table::ResultTable& table, std::size_t row, std::string_view key) {
    return render::machine_text(table.rows.at(row).at(column(table, key)));
}
inline std::string total(const table::ResultTable& table, std::string_view key) {
    return render::machine_text(table.total.value().at(column(table, key)));
}

// `a b c`: one column from the first row to the last; unknown is `-`.
inline std::string down(const table::ResultTable& table, std::string_view key) {
    std::string text;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto value = cell(table, i, key);
        text += (i == 0 ? "" : " ") + (value.empty() ? "-" : value);
    }
    return text;
}

inline std::string keys(const table::ResultTable& table) {
    std::string text;
    for (const auto& column : table.columns) text += (text.empty() ? "" : " ") + column.key;
    return text;
}

}  // namespace jobtally::query_test
