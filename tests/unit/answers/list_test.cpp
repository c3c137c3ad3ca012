// Lists of reports, definitions, and single reports.
#include "core/answers/list.hpp"

#include "core/answers/definitions.hpp"
#include "core/answers/show.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

namespace {

using namespace jobtally;
using query_test::cell;
using query_test::down;
using query_test::Made;

std::string ids_listed(const store::Store& store, const answers::ListOptions& options,
                       const query::Selection& selection = {}) {
    const query::Scope scope(store, selection);
    return down(answers::list_table(answers::list(scope, options)), "id");
}

}  // namespace

TEST_CASE("a list has the contract's keys in its order", "[answers]") {
    const auto table = answers::reports_table({});
    CHECK(table.rows_key == "reports");
    CHECK(query_test::keys(table) ==
          "id definition_id definition_name type status total_operations total_succeeded "
          "total_failed created_at updated_at received_at duration_seconds source");
}

TEST_CASE("a list shows what is known of a report", "[answers]") {
    const auto store = query_test::store_of(
        {{"r", "RUNNING", "01:00:00", "01:00:01"},
         {"s", "SUCCESS", "02:00:00", "02:00:01.5", "d-1", "A", 3, 2, 1, "export"}});
    const query::Scope scope(store, {});
    const auto table = answers::list_table(answers::list(scope, {}));
    CHECK(table.window.has_value());
    CHECK(down(table, "id") == "r s");
    CHECK(down(table, "definition_id") == "- d-1");
    CHECK(down(table, "definition_name") == "- A");
    CHECK(down(table, "type") == "import export");
    CHECK(down(table, "total_operations") == "- 3");
    CHECK(down(table, "total_succeeded") == "- 2");
    CHECK(down(table, "total_failed") == "- 1");
    CHECK(down(table, "updated_at") == "2026-11-02T01:00:01Z 2026-11-02T02:00:01.500Z");
    CHECK(down(table, "received_at") == "2026-11-30T00:00:00Z 2026-11-30T00:00:00Z");
    CHECK(down(table, "duration_seconds") == "- 1.5");  // of finished reports only
}

TEST_CASE("a list is of the newest, newest last, by time then id", "[answers]") {
    const auto store = query_test::store_of({{"b", "SUCCESS", "02:00:00", "02:30:00"},
                                             {"B", "FAILURE", "02:00:00", "02:20:00"},
                                             {"a", "SUCCESS", "02:00:00"},
                                             {"z", "FAILURE", "01:00:00", "05:00:00"},
                                             {"c", "SUCCESS", "03:00:00", "02:20:00"}});
    CHECK(ids_listed(store, {0, false}) == "z B a b c");
    CHECK(ids_listed(store, {3, false}) == "a b c");
    CHECK(ids_listed(store, {2, false}) == "b c");
    CHECK(ids_listed(store, {100, false}) == "z B a b c");
    CHECK(ids_listed(store, {1, true}) == "B");
    CHECK(ids_listed(store, {5, true}) == "z B");
    query::Selection updated;
    updated.at = store::WhichTime::updated;
    CHECK(ids_listed(store, {0, false}, updated) == "a B c b z");  // a: created at 02:00
}

TEST_CASE("a list of few out of many sifts as it goes", "[answers]") {
    std::vector<Made> reports;
    for (int i = 0; i < 12'000; ++i) {
        const int minute = i * 7 % 1440;  // many share a time
        char text[16];
        std::snprintf(text, sizeof text, "%02d:%02d:00", minute / 60, minute % 60);
        reports.push_back({"id" + std::to_string(i), "SUCCESS", text});
    }
    const auto store = query_test::store_of(reports);
    const query::Scope scope(store, {});
    auto all = answers::list_sequences(scope, {0, false});
    REQUIRE(all.size() == reports.size());
    for (const std::size_t newest : {1u, 20u, 5000u}) {
        CHECK(answers::list_sequences(scope, {newest, false}) ==
              std::vector<store::Sequence>(all.end() - static_cast<std::ptrdiff_t>(newest),
                                           all.end()));
    }
}

TEST_CASE("definitions are listed with all their names", "[answers]") {
    const auto store = query_test::store_of(
        {{"1", "SUCCESS", "03:00:00", "", "d-1", "Newest", -1, -1, -1, ""},
         {"2", "FAILURE", "01:00:00", "", "d-1", "Oldest", -1, -1, -1, "import"},
         {"3", "SUCCESS", "02:00:00", "", "d-1", "Middle", -1, -1, -1, "export"},
         {"4", "SUCCESS", "02:30:00", "", "d-1", "Oldest", -1, -1, -1, ""},
         {"5", "RUNNING", "02:00:00", "", "d-0", "Zoo"},
         {"6", "RUNNING", "02:00:00", "", "", "Nobody"}});
    const query::Scope scope(store, {});
    const auto table = answers::definitions_table(answers::definitions(scope));
    CHECK(query_test::keys(table) ==
          "definition_id definition_name type reports first_created_at last_created_at "
          "last_status names enabled description recovery_strategy");
    CHECK(table.rows_key == "definitions");
    CHECK(down(table, "definition_id") == "d-1 d-0");
    CHECK(down(table, "definition_name") == "Newest Zoo");
    CHECK(down(table, "type") == "export import");
    CHECK(down(table, "reports") == "4 1");
    CHECK(cell(table, 0, "first_created_at") == "2026-11-02T01:00:00Z");
    CHECK(cell(table, 0, "last_created_at") == "2026-11-02T03:00:00Z");
    CHECK(down(table, "last_status") == "SUCCESS RUNNING");
    CHECK(std::get<std::vector<std::string>>(table.rows[0][7]) ==
          std::vector<std::string>{"Oldest", "Middle", "Newest"});
}

TEST_CASE("a report is shown among its definition's runs", "[answers]") {
    auto store =
        query_test::store_of({{"a", "SUCCESS", "01:00:00", "01:00:10", "d-1", "A", 10, 10, 0},
                              {"b", "FAILURE", "02:00:00", "02:00:30", "d-1", "A", 30, 10, 20},
                              {"c", "SUCCESS", "02:00:00", "02:00:20", "d-1", "A", 20, 20, 0},
                              {"d", "RUNNING", "04:00:00", "", "d-1", "A"},
                              {"x", "SUCCESS", "02:30:00", "02:30:01", "d-2", "B"},
                              {"n", "SUCCESS", "02:30:00", "02:30:01"}});
    const auto answer = answers::show(store, {"c", "missing", "n"});
    CHECK(answer.not_found == std::vector<std::string>{"missing"});
    const auto table = answers::show_table(answer);
    CHECK(down(table, "id") == "c n");
    CHECK(down(table, "definition_runs") == "3 -");
    CHECK(down(table, "duration_rank") == "2 -");
    CHECK(std::stod(cell(table, 0, "duration_percentile")) == Approx(2.0 / 3));
    CHECK(down(table, "median_seconds") == "20 -");
    CHECK(down(table, "median_operations") == "20 -");
    CHECK(down(table, "previous_id") == "b -");
    CHECK(down(table, "previous_status") == "FAILURE -");
    CHECK(down(table, "next_id") == "d -");
    CHECK(down(table, "next_status") == "RUNNING -");
}

TEST_CASE("a shown report is judged by the runs before it", "[answers]") {
    std::vector<Made> reports;
    for (int minute = 10; minute < 30; ++minute) {
        const auto at = "01:" + std::to_string(minute);
        reports.push_back({"u" + std::to_string(minute), "SUCCESS", at + ":00", at + ":20", "d",
                           "A", 100, 100, 0});
    }
    reports.push_back({"slow", "SUCCESS", "01:30:00", "01:31:20", "d", "A", 100, 100, 0});
    reports.push_back({"f1", "FAILURE", "02:00:00", "02:00:01", "d", "A", 0, 0, 0});
    reports.push_back({"f2", "FAILURE", "02:01:00", "02:01:01", "d", "A", 0, 0, 0});
    reports.push_back({"empty", "SUCCESS", "02:02:00", "02:02:01", "d", "A", 0, 0, 0});
    const auto store = query_test::store_of(reports);
    const auto table =
        answers::show_table(answers::show(store, {"slow", "f1", "empty", "u29", "u15"}));
    CHECK(down(table, "usual_seconds") == "20 - - 20 -");
    CHECK(down(table, "duration_factor") == "4 - - 1 -");
    CHECK(down(table, "usual_of_runs") == "20 - - 19 -");
    CHECK(down(table, "operations_per_second") == "1.25 - - 5 5");
    CHECK(down(table, "usual_operations_per_second") == "5 - - 5 -");
    CHECK(down(table, "cause") == "per_record - - - -");
    CHECK(cell(table, 0, "judgement") ==
          "slower than usual: took 1m 20s, usually 20 s (4.0x), same records: slower per record");
    CHECK(cell(table, 2, "judgement") == "empty: no records, usually 100");
    CHECK(cell(table, 3, "judgement") == "as usual");
    CHECK(cell(table, 4, "judgement") == "too few runs before it to judge: 5 of 10");
    CHECK(down(table, "failure_streak_place") == "- 1 - - -");
    CHECK(down(table, "failure_streak_length") == "- 2 - - -");
    CHECK(cell(table, 1, "failing_since") == "2026-11-02T02:00:00Z");
    const auto drawn = answers::show_table(answers::show(store, {"slow"}), table::Sparkline::ascii);
    CHECK(cell(drawn, 0, "spread") == "1.00 s :    @ [.] 1m 20s");
}

TEST_CASE("a shown report keeps its unknown members", "[answers]") {
    auto store = store::Store::in_memory();
    auto report = query_test::report_of({"a", "SUCCESS", "01:00:00"});
    report.unknown_members = R"({"attempt":2})";
    store::WriteTransaction transaction(store);
    transaction.put(report, query_test::instant("2026-11-30T00:00:00Z"));
    transaction.commit();
    CHECK(cell(answers::show_table(answers::show(store, {"a"})), 0, "unknown_members") ==
          R"({"attempt":2})");
}
