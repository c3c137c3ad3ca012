// Every report against the dictionary, the definitions against their reports, every value against
// what a report may hold.
#include "core/store/upkeep/verify_rows.hpp"

#include "core/base/text.hpp"
#include "core/store/facts/facts.hpp"
#include "core/store/file/connection.hpp"
#include "core/store/file/fast_statement.hpp"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

namespace jobtally::store {

namespace {

constexpr std::size_t findings_limit = 20;

bool is_time(std::int64_t micros) {
    return micros >= time::micros(time::earliest) && micros < time::micros(time::end_of_time);
}

class RowVerifier {
  public:
    RowVerifier(const Store::Connection& connection, RowChecks checks)
        : m_connection(connection), m_checks(checks) {}

    void run() {
        read_words();
        read_definitions();
        check_reports();
        check_labels();
        check_rejected();
        check_replaced();
        check_switched();
    }

  private:
    struct Definition {
        std::string id;
        std::int64_t label = 0;
        std::int64_t created_at = unknown_value;
        std::string report_id;
        bool has_reports = false;
        // The newest of its reports with a name.
        std::int64_t best_label = 0;
        std::int64_t best_created_at = unknown_value;
        std::string best_report_id;
    };

    void read_words();
    void read_definitions();
    void check_reports();
    void check_references(const FastStatement& row);
    void check_values(const FastStatement& row);
    void see_label(const FastStatement& row);
    void check_labels();
    void check_rejected();
    void check_replaced();
    void check_switched();

    const Store::Connection& m_connection;
    RowChecks m_checks;
    std::unordered_set<std::int64_t> m_words;
    std::unordered_map<std::int64_t, Definition> m_definitions;
};

void RowVerifier::read_words() {
    FastStatement row(m_connection, "SELECT word, text FROM word");
    constexpr std::string_view first[] = {"SUCCESS", "FAILURE", "RUNNING", "import", "export"};
    while (row.step()) {
        const auto word = row.integer(0);
        m_words.insert(word);
        if (word < 1 || word > INT32_MAX) {
            add_finding(m_checks.values, fmt::format("word {} is out of range", word));
        } else if (!is_utf8(row.text(1))) {
            add_finding(m_checks.values, fmt::format("word {} is not UTF-8", word));
        } else if (word <= 5 && row.text(1) != first[word - 1]) {
            add_finding(m_checks.values, fmt::format("word {} is \"{}\" instead of \"{}\"", word,
                                                     visible(row.text(1)), first[word - 1]));
        }
    }
}

void RowVerifier::read_definitions() {
    FastStatement row(m_connection,
                      "SELECT definition, definition_id, label, label_created_at, label_report_id "
                      "FROM definition");
    while (row.step()) {
        const auto key = row.integer(0);
        if (key < 1 || key > INT32_MAX) {
            add_finding(m_checks.values, fmt::format("definition {} is out of range", key));
        }
        Definition definition;
        definition.id = row.text(1);
        definition.label = row.integer(2);
        definition.created_at = row.integer_or(3, unknown_value);
        definition.report_id = row.text(4);
        if (!is_utf8(definition.id)) {
            add_finding(m_checks.values,
                        fmt::format("definition {} has an id that is not UTF-8", key));
        }
        m_definitions.emplace(key, std::move(definition));
    }
}

void RowVerifier::check_reports() {
    FastStatement row(
        m_connection,
        "SELECT sequence, id, definition, name, type, status, created_at, updated_at, "
        "received_at, total_operations, total_succeeded, total_failed, unknown_members, "
        "source "
        "FROM report NOT INDEXED ORDER BY sequence");
    while (row.step()) {
        check_references(row);
        check_values(row);
        see_label(row);
    }
}

void RowVerifier::check_references(const FastStatement& row) {
    const auto expect_word = [&](int column, const char* what) {
        if (row.is_null(column) || m_words.contains(row.integer(column))) return;
        add_finding(m_checks.references, fmt::format("the {} of report {} is word {}, which is "
                                                     "missing",
                                                     what, row.integer(0), row.integer(column)));
    };
    expect_word(3, "name");
    expect_word(4, "type");
    expect_word(5, "status");
    expect_word(13, "source");
    if (!row.is_null(2) && !m_definitions.contains(row.integer(2))) {
        add_finding(m_checks.references, fmt::format("report {} is of definition {}, which is "
                                                     "missing",
                                                     row.integer(0), row.integer(2)));
    }
}

void RowVerifier::check_values(const FastStatement& row) {
    const auto complain = [&](std::string_view what) {
        add_finding(m_checks.values, fmt::format("report {}: {}", row.integer(0), what));
    };
    if (row.integer(0) < 1) complain("its sequence is below 1");
    if (row.text(1).empty() || !is_utf8(row.text(1))) complain("its id is empty or not UTF-8");
    if (!is_time(row.integer(6))) complain("created_at is not a valid time");
    if (!row.is_null(7) && !is_time(row.integer(7))) complain("updated_at is not a valid time");
    if (!is_time(row.integer(8))) complain("received_at is not a valid time");
    for (int column = 9; column <= 11; ++column) {
        if (row.integer_or(column, 0) < 0) complain("a count is negative");
    }
    const auto unknown = row.text(12);
    const bool is_object = unknown.size() >= 2 && unknown.front() == '{' && unknown.back() == '}';
    if (!row.is_null(12) && !(is_object && is_utf8(unknown))) {
        complain("its unknown members are not a JSON object");
    }
}

void RowVerifier::see_label(const FastStatement& row) {
    const auto found = m_definitions.find(row.integer(2));
    if (row.is_null(2) || found == m_definitions.end()) return;
    auto& own = found->second;
    own.has_reports = true;
    if (row.is_null(3)) return;
    const auto created_at = row.integer(6);
    const auto id = row.text(1);
    if (created_at < own.best_created_at) return;
    if (created_at == own.best_created_at && id < own.best_report_id) return;
    own.best_label = row.integer(3);
    own.best_created_at = created_at;
    own.best_report_id = id;
}

void RowVerifier::check_labels() {
    for (const auto& [key, own] : m_definitions) {
        if (!own.has_reports) {
            add_finding(m_checks.labels, fmt::format("definition {} has no report", key));
        } else if (own.label != own.best_label || own.created_at != own.best_created_at ||
                   own.report_id != own.best_report_id) {
            add_finding(
                m_checks.labels,
                fmt::format("the name of definition {} is not that of its newest report", key));
        }
    }
}

void RowVerifier::check_rejected() {
    FastStatement row(m_connection,
                      "SELECT rejected_id, received_at, source, reason FROM rejected");
    while (row.step()) {
        const bool is_fine = row.integer(0) >= 1 && is_time(row.integer(1)) &&
                             is_utf8(row.text(2)) && is_utf8(row.text(3));
        if (is_fine) continue;
        add_finding(m_checks.values,
                    fmt::format("rejected body {} has no time or no text", row.integer(0)));
    }
}

void RowVerifier::check_replaced() {
    FastStatement row(m_connection, "SELECT sequence, first_at, failed_at, well_at FROM replaced");
    const auto is_fine = [&](int column) {
        return row.is_null(column) || is_time(row.integer(column));
    };
    while (row.step()) {
        const bool ends_what_began = row.is_null(3) || !row.is_null(2);
        if (is_time(row.integer(1)) && is_fine(2) && is_fine(3) && ends_what_began) continue;
        add_finding(m_checks.values,
                    fmt::format("report {}: what was known of it before has no valid time",
                                row.integer(0)));
    }
}

void RowVerifier::check_switched() {
    FastStatement row(m_connection, "SELECT definition, at, enabled FROM switched");
    while (row.step()) {
        if (is_time(row.integer(1)) && (row.integer(2) == 0 || row.integer(2) == 1)) continue;
        add_finding(
            m_checks.values,
            fmt::format("definition {}: a note of when it was enabled has no valid time or word",
                        row.integer(0)));
    }
}

}  // namespace

void add_finding(Check& check, std::string line) {
    ++check.problems;
    if (check.findings.size() < findings_limit) check.findings.push_back(std::move(line));
}

void verify_rows(const Store::Connection& connection, RowChecks checks) {
    RowVerifier(connection, checks).run();
}

}  // namespace jobtally::store
