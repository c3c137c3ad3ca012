#include "core/store/reports/read_reports.hpp"

#include "core/base/text.hpp"
#include "core/store/file/connection.hpp"
#include "core/store/file/fast_statement.hpp"

namespace jobtally::store {

namespace {

constexpr std::string_view report_columns =
    "SELECT report.sequence, report.received_at, report.id, status.text, report.created_at, "
    "report.updated_at, type.text, report.total_operations, report.total_succeeded, "
    "report.total_failed, definition.definition_id, name.text, report.unknown_members, "
    "source.text "
    "FROM report JOIN word AS status ON status.word = report.status "
    "LEFT JOIN word AS type ON type.word = report.type "
    "LEFT JOIN word AS name ON name.word = report.name "
    "LEFT JOIN word AS source ON source.word = report.source "
    "LEFT JOIN definition ON definition.definition = report.definition ";

std::string report_query(std::string_view condition) {
    return std::string(report_columns).append(condition);
}

StoredReport stored_report_of(const FastStatement& row) {
    StoredReport stored;
    stored.sequence = row.integer(0);
    stored.received_at = time::instant_from_micros(row.integer(1));
    auto& report = stored.report;
    report.id = row.text(2);
    report.status = row.text(3);
    report.created_at = time::instant_from_micros(row.integer(4));
    if (!row.is_null(5)) report.updated_at = time::instant_from_micros(row.integer(5));
    report.type = row.optional_text(6);
    report.total_operations = row.optional_integer(7);
    report.total_succeeded = row.optional_integer(8);
    report.total_failed = row.optional_integer(9);
    report.definition_id = row.optional_text(10);
    report.definition_name = row.optional_text(11);
    report.unknown_members = row.text(12);
    stored.source = row.optional_text(13);
    return stored;
}

}  // namespace

std::optional<StoredReport> find_report(const Store& store, std::string_view id) {
    FastStatement row(store.connection(), report_query("WHERE report.id = ?"));
    row.bind(1, id);
    if (!row.step()) return std::nullopt;
    return stored_report_of(row);
}

std::optional<StoredReport> find_report_shown_as(const Store& store, std::string_view shown) {
    FastStatement row(store.connection(), "SELECT id FROM report ORDER BY id");
    while (row.step()) {
        if (visible(row.text(0)) == shown) return find_report(store, std::string(row.text(0)));
    }
    return std::nullopt;
}

std::vector<StoredReport> read_reports(const Store& store, std::span<const Sequence> sequences) {
    const ReadScope scope(store.connection());
    FastStatement row(store.connection(), report_query("WHERE report.sequence = ?"));
    std::vector<StoredReport> reports;
    reports.reserve(sequences.size());
    for (const auto sequence : sequences) {
        row.bind(1, sequence);
        if (row.step()) reports.push_back(stored_report_of(row));
        row.reset();
    }
    return reports;
}

std::vector<std::string> read_ids(const Store& store, std::span<const Sequence> sequences) {
    const ReadScope scope(store.connection());
    FastStatement row(store.connection(), "SELECT id FROM report WHERE sequence = ?");
    std::vector<std::string> ids;
    ids.reserve(sequences.size());
    for (const auto sequence : sequences) {
        row.bind(1, sequence);
        ids.emplace_back(row.step() ? row.text(0) : std::string_view());
        row.reset();
    }
    return ids;
}

std::vector<StoredReport> read_page(const Store& store, Sequence after, std::size_t limit) {
    FastStatement rows(store.connection(),
                       report_query("WHERE report.sequence > ? ORDER BY report.sequence LIMIT ?"));
    rows.bind(1, after);
    rows.bind(2, static_cast<std::int64_t>(limit));
    std::vector<StoredReport> reports;
    while (rows.step()) reports.push_back(stored_report_of(rows));
    return reports;
}

Sequence last_sequence(const Store& store) {
    return store.connection().query_integer("SELECT max(sequence) FROM report");
}

std::int64_t data_version(const Store& store) {
    return store.connection().query_integer("PRAGMA data_version");
}

bool sees_changes(const Store& store) {
    return !store.connection().is_frozen();
}

bool is_in_place(const Store& store) {
    return store.connection().is_in_place();
}

}  // namespace jobtally::store
