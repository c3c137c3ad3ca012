// The figures of rates, group by group.
#include "core/answers/rates.hpp"

#include "core/answers/objective.hpp"
#include "core/base/error.hpp"
#include "core/query/group_table.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

#include <cmath>

namespace {

using namespace jobtally;
using query_test::cell;
using query_test::down;
using query_test::Made;
using query_test::total;

table::ResultTable rates_of(const std::vector<Made>& reports, query::By by = query::By::definition,
                            const query::Selection& selection = {}) {
    const auto store = query_test::store_of(reports);
    const query::Scope scope(store, selection);
    return answers::rates_table(answers::rates(scope, by));
}

const std::vector<Made>& two_definitions() {
    static const std::vector<Made> reports{
        {"a1", "SUCCESS", "01:00:00", "", "d-1", "Zebra", 10, 8, 2},
        {"a2", "FAILURE", "02:00:00", "", "d-1", "Zebra", 0, 0, 0},
        {"a3", "SUCCESS", "03:00:00", "", "d-1", "Zebra", 5, 5, 0},
        {"a4", "RUNNING", "04:00:00", "", "d-1", "Zebra", 7, 7, 0},
        {"a5", "CANCELLED", "05:00:00", "", "d-1", "Zebra", 9, 9, 0},
        {"b1", "SUCCESS", "01:30:00", "", "d-2", "Ant", 4, -1, 1, "export"},  // counts in part
        {"n1", "FAILURE", "00:30:00", "", "", "Zebra", 2, 1, 1, ""},
    };
    return reports;
}

}  // namespace

TEST_CASE("rates have the contract's keys in its order", "[answers]") {
    CHECK(query_test::keys(rates_of({})) ==
          "definition_id definition_name type reports finished succeeded partial failed running "
          "job_success_rate job_success_rate_low job_success_rate_high operations "
          "operations_succeeded operations_failed operation_success_rate last_status "
          "last_created_at");
}

TEST_CASE("rates count each definition", "[answers]") {
    const auto table = rates_of(two_definitions());
    CHECK(down(table, "definition_name") == "Ant Zebra -");
    CHECK(down(table, "definition_id") == "d-2 d-1 -");
    CHECK(down(table, "type") == "export import -");
    CHECK(down(table, "reports") == "1 5 1");
    CHECK(down(table, "finished") == "1 3 1");
    CHECK(down(table, "succeeded") == "1 2 0");
    CHECK(down(table, "partial") == "1 1 0");
    CHECK(down(table, "failed") == "0 1 1");
    CHECK(down(table, "running") == "0 1 0");
    CHECK(down(table, "job_success_rate") == "1 0.6666666666666666 0");
    CHECK(down(table, "operations") == "0 15 2");
    CHECK(down(table, "operations_succeeded") == "0 13 1");
    CHECK(down(table, "operations_failed") == "0 2 1");
    CHECK(down(table, "operation_success_rate") == "- 0.8666666666666667 0.5");
    CHECK(down(table, "last_status") == "SUCCESS CANCELLED FAILURE");
    CHECK(cell(table, 1, "last_created_at") == "2026-11-02T05:00:00Z");
}

TEST_CASE("rates have a Wilson interval", "[answers]") {
    const auto table = rates_of(two_definitions());
    // 2 of 3 by hand: centre (2/3 + z2/6) / (1 + z2/3), z = 1.959964.
    CHECK(std::stod(cell(table, 1, "job_success_rate_low")) == Approx(0.2076596).epsilon(1e-6));
    CHECK(std::stod(cell(table, 1, "job_success_rate_high")) == Approx(0.9385081).epsilon(1e-6));
}

TEST_CASE("the total is over all groups", "[answers]") {
    const auto table = rates_of(two_definitions());
    CHECK(total(table, "reports") == "7");
    CHECK(total(table, "finished") == "5");
    CHECK(total(table, "job_success_rate") == "0.6");
    CHECK(total(table, "operations") == "17");
    CHECK(total(table, "last_status") == "CANCELLED");
    CHECK(total(table, "definition_id") == "");
}

TEST_CASE("nothing has no rate", "[answers]") {
    const auto table = rates_of({});
    CHECK(table.rows.empty());
    CHECK(total(table, "reports") == "0");
    CHECK(total(table, "job_success_rate") == "");
    CHECK(total(table, "job_success_rate_low") == "");
    CHECK(total(table, "last_status") == "");
    CHECK(total(table, "last_created_at") == "");
}

TEST_CASE("the last status goes by created_at, then by id", "[answers]") {
    const auto table = rates_of({{"B", "FAILURE", "01:00:00", "", "d-1", "A"},
                                 {"b", "SUCCESS", "01:00:00", "", "d-1", "A"},
                                 {"A", "RUNNING", "01:00:00", "", "d-1", "A"},
                                 {"z", "RUNNING", "00:59:00", "", "d-1", "A"},
                                 {"c", "RUNNING", "01:00:00", "", "d-2", "B"},
                                 {"C", "FAILURE", "01:00:00", "", "d-2", "B"}});
    CHECK(down(table, "last_status") == "SUCCESS RUNNING");
    CHECK(total(table, "last_status") == "RUNNING");  // c > b
}

TEST_CASE("a definition's type is that of its newest report that has one", "[answers]") {
    const auto table = rates_of({{"1", "SUCCESS", "01:00:00", "", "d-1", "A", -1, -1, -1, "import"},
                                 {"2", "SUCCESS", "02:00:00", "", "d-1", "A", -1, -1, -1, "export"},
                                 {"3", "SUCCESS", "03:00:00", "", "d-1", "A", -1, -1, -1, ""},
                                 {"4", "SUCCESS", "02:00:00", "", "d-2", "B", -1, -1, -1, "b"},
                                 {"5", "SUCCESS", "02:00:00", "", "d-2", "B", -1, -1, -1, "a"}});
    CHECK(down(table, "type") == "export a");
}

TEST_CASE("the label is the newest name, definitions of one name stay apart", "[answers]") {
    const auto table = rates_of({{"1", "SUCCESS", "02:00:00", "", "d-1", "New"},
                                 {"2", "SUCCESS", "01:00:00", "", "d-1", "Old"},
                                 {"3", "SUCCESS", "01:00:00", "", "d-0", "New"},
                                 {"4", "SUCCESS", "01:00:00", "", "d-9", ""}});
    CHECK(down(table, "definition_id") == "d-0 d-1 d-9");
    CHECK(down(table, "definition_name") == "New New -");
}

TEST_CASE("reports are grouped by name, type and status", "[answers]") {
    const auto by_name = rates_of(two_definitions(), query::By::name);
    CHECK(query_test::keys(by_name).starts_with("name reports finished"));
    CHECK(down(by_name, "name") == "Ant Zebra");
    CHECK(down(by_name, "reports") == "1 6");
    const auto by_type = rates_of(two_definitions(), query::By::type);
    CHECK(down(by_type, "type") == "export import -");
    CHECK(down(by_type, "reports") == "1 5 1");
    const auto by_status = rates_of(two_definitions(), query::By::status);
    CHECK(down(by_status, "status") == "CANCELLED FAILURE RUNNING SUCCESS");
    CHECK(down(by_status, "reports") == "1 2 1 3");
    CHECK(down(by_status, "job_success_rate") == "- 0 - 1");
}

TEST_CASE("by none there is one row, equal to the total", "[answers]") {
    const auto table = rates_of(two_definitions(), query::By::none);
    REQUIRE(table.rows.size() == 1);
    CHECK(table.rows[0] == *table.total);
    CHECK(query_test::keys(table).starts_with("reports finished"));
}

TEST_CASE("weekdays and hours are those of the zone's clock", "[answers]") {
    query::Selection selection;
    selection.zone = time::Zone::named("Europe/Paris");
    // The clock goes from 02:59:59 CEST to 02:00:00 CET at 2026-10-25T01:00:00Z, a Sunday.
    const std::vector<Made> reports{
        {"1", "SUCCESS", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
        {"2", "SUCCESS", "2026-10-25T01:30:00Z"},
        {"3", "SUCCESS", "2026-10-25T22:59:59.999999Z"},
        {"4", "SUCCESS", "2026-10-25T23:00:00Z"},
        {"5", "SUCCESS", "2026-10-24T21:59:59Z"},
        {"6", "SUCCESS", "0001-01-01T12:00:00Z"}};  // a Monday
    const auto by_hour = rates_of(reports, query::By::hour, selection);
    CHECK(down(by_hour, "hour") == "0 2 12 23");
    CHECK(down(by_hour, "reports") == "1 2 1 2");
    const auto by_day = rates_of(reports, query::By::weekday, selection);
    CHECK(down(by_day, "weekday") == "Monday Saturday Sunday");
    CHECK(down(query::arranged(by_day, {"-weekday", 0}), "weekday") == "Sunday Saturday Monday");
    CHECK(down(by_day, "reports") == "2 1 3");
    selection.at = store::WhichTime::updated;
    const auto by_update = rates_of(reports, query::By::weekday, selection);
    CHECK(down(by_update, "weekday") == "Monday Saturday Sunday");  // without that time: created
    CHECK(down(by_update, "reports") == "2 1 3");
}

TEST_CASE("a sum beyond the greatest count is left out", "[answers]") {
    const auto table =
        rates_of({{"1", "SUCCESS", "01:00:00", "", "d", "A", INT64_MAX, INT64_MAX, 0},
                  {"2", "SUCCESS", "02:00:00", "", "d", "A", 5, 5, 0}});
    CHECK(total(table, "operations") == "");
    CHECK(total(table, "operation_success_rate") == "1");
}

TEST_CASE("rows are sorted by any key, the unknown last", "[answers]") {
    const auto table = rates_of(two_definitions());
    CHECK(down(query::arranged(table, {"reports", 0}), "reports") == "1 1 5");
    CHECK(down(query::arranged(table, {"-reports", 2}), "reports") == "5 1");
    CHECK(down(query::arranged(table, {"operation_success_rate", 0}), "definition_id") ==
          "- d-1 d-2");
    CHECK(down(query::arranged(table, {"-operation_success_rate", 0}), "definition_id") ==
          "d-1 - d-2");
    CHECK(down(query::arranged(table, {"-definition_name", 0}), "definition_name") ==
          "Zebra Ant -");
    CHECK(total(query::arranged(table, {"-reports", 1}), "reports") == "7");
    CHECK_THROWS_AS(query::arranged(table, {"nonsense", 0}), UsageError);
}

// Ant finished 1 job, Zebra 3, one without a definition 1: (1 x 0.75 + 3 x 0.5 + 1 x 0.75) / 5 =
// 0.6; 5 x (1 - 0.6) = 2 may fail and 2 did.
TEST_CASE("an error budget is what may fail", "[answers]") {
    const auto store = query_test::store_of(two_definitions());
    const query::Scope scope(store, {});
    auto answer = answers::rates(scope);
    answers::set_objectives(answer, {0.75, {{"d-1", 0.5}}});
    const auto table = answers::rates_table(answer, true);
    CHECK(query_test::keys(table).ends_with("objective allowed_failed budget_used"));
    CHECK(down(table, "objective") == "0.75 0.5 0.75");
    CHECK(down(table, "allowed_failed") == "0.25 1.5 0.25");
    CHECK(down(table, "budget_used") == "0 0.6666666666666666 4");
    CHECK(total(table, "objective") == "0.6");
    CHECK(total(table, "allowed_failed") == "2");
    CHECK(total(table, "budget_used") == "1");
    answers::set_objectives(answer, {std::nullopt, {{"Ant", 0.75}}});
    CHECK(total(answers::rates_table(answer, true), "objective").empty());
    const auto budgets = answers::error_budgets(scope, {std::nullopt, {{"Zebra", 0.5}}}, true);
    REQUIRE(budgets.size() == 1);
    CHECK(budgets[0].used() == 1 / 1.5);
    CHECK(answers::ErrorBudget{{}, 0, 0, 0}.used() == std::nullopt);
    CHECK(answers::ErrorBudget{{}, 3, 0, 0}.used() == 0);
    CHECK(std::isinf(*answers::ErrorBudget{{}, 3, 1, 0}.used()));
}
