// The views that SQL users see: exact keys, readable times.
#include "core/store/file/statement.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/store/support.hpp"

namespace {

using namespace jobtally::store_tests;
namespace store = jobtally::store;

std::string columns_of_view(const store::Store& own, const std::string& view) {
    store::Statement rows(own.connection(), "SELECT name FROM pragma_table_info('" + view + "')");
    std::string names;
    while (rows.executeStep())
        names.append(names.empty() ? "" : " ").append(rows.getColumn(0).getString());
    return names;
}

std::string one_text(const store::Store& own, const std::string& sql) {
    store::Statement row(own.connection(), sql);
    REQUIRE(row.executeStep());
    return store::optional_text(row.getColumn(0)).value_or("NULL");
}

TEST_CASE("the views have the keys of list and definitions", "[store]") {
    const auto own = store::Store::in_memory();
    CHECK(columns_of_view(own, "reports") ==
          "id definition_id definition_name type status total_operations total_succeeded "
          "total_failed "
          "created_at updated_at received_at duration_seconds source");
    CHECK(columns_of_view(own, "definitions") ==
          "definition_id definition_name type reports first_created_at last_created_at last_status "
          "names enabled description recovery_strategy");
}

TEST_CASE("the view reports has ISO times and exact durations", "[store]") {
    auto own = store::Store::in_memory();
    auto report = report_of("a");
    put_one(own, report, 1'605'968'770'000'000);
    CHECK(one_text(own, "SELECT created_at FROM reports") == "2020-11-21T14:26:10.345Z");
    CHECK(one_text(own, "SELECT received_at FROM reports") == "2020-11-21T14:26:10Z");
    CHECK(one_text(own, "SELECT duration_seconds FROM reports") == "1.285");
    CHECK(one_text(own, "SELECT definition_name || type || status FROM reports") ==
          "NightlyimportSUCCESS");
    report.id = "b";
    report.status = "RUNNING";
    report.created_at = jobtally::time::earliest + std::chrono::microseconds(1);
    report.updated_at = jobtally::time::end_of_time - std::chrono::microseconds(1);
    put_one(own, report);
    CHECK(one_text(own, "SELECT created_at FROM reports WHERE id = 'b'") ==
          "0001-01-01T00:00:00.000001Z");
    CHECK(one_text(own, "SELECT updated_at FROM reports WHERE id = 'b'") ==
          "9999-12-31T23:59:59.999999Z");
    CHECK(one_text(own, "SELECT duration_seconds FROM reports WHERE id = 'b'") == "NULL");
    report.id = "c";
    report.updated_at.reset();
    report.definition_id.reset();
    report.created_at = at(-1);
    put_one(own, report);
    CHECK(one_text(own, "SELECT created_at FROM reports WHERE id = 'c'") ==
          "1969-12-31T23:59:59.999999Z");
    CHECK(one_text(own, "SELECT updated_at FROM reports WHERE id = 'c'") == "NULL");
    CHECK(one_text(own, "SELECT definition_id FROM reports WHERE id = 'c'") == "NULL");
}

TEST_CASE("the view reports costs no more than what is asked of it", "[store]") {
    auto own = store::Store::in_memory();
    const auto plan = [&](const std::string& sql) {
        store::Statement rows(own.connection(), "EXPLAIN QUERY PLAN " + sql);
        std::string text;
        while (rows.executeStep()) text += rows.getColumn(3).getString() + "; ";
        return text;
    };
    CHECK(plan("SELECT count(*) FROM reports").find("SCAN report USING COVERING INDEX") == 0);
    CHECK(plan("SELECT count(*) FROM reports").find(';') + 2 ==
          plan("SELECT count(*) FROM reports").size());
    const auto newest = plan(
        "SELECT * FROM reports WHERE id IN (SELECT id FROM report ORDER BY sequence DESC LIMIT "
        "20)");
    CHECK(newest.find("SEARCH report USING INDEX") != std::string::npos);
    CHECK(newest.find("TEMP B-TREE") == std::string::npos);
    auto report = report_of("a");
    store::WriteTransaction transaction(own);
    transaction.put(report, at(1), "north");
    transaction.commit();
    CHECK(one_text(own, "SELECT source FROM reports") == "north");
}

TEST_CASE("the view definitions names what was seen, oldest first", "[store]") {
    auto own = store::Store::in_memory();
    auto report = report_of("a", 2'000'000);
    put_one(own, report);
    report.id = "b";
    report.created_at = at(1'000'000);
    report.definition_name = "Ol\"\\\n\x1f\xc3\xa9";
    report.status = "FAILURE";
    put_one(own, report);
    report.id = "c";
    report.created_at = at(3'000'000);
    report.definition_name.reset();
    put_one(own, report);
    CHECK(one_text(own,
                   "SELECT json_array(definition_id, definition_name, type, reports, "
                   "first_created_at, last_created_at, last_status, json(names)) "
                   "FROM definitions") ==
          "[\"d1\",\"Nightly\",\"import\",3,\"1970-01-01T00:00:01Z\",\"1970-01-01T00:00:03Z\","
          "\"FAILURE\",[\"Ol\\\"\\\\\\u000a\\u001f\xc3\xa9\",\"Nightly\"]]");
}

}  // namespace
