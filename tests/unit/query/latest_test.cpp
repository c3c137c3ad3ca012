// Which report of a group is the latest, and what happens where times are equal.
#include "core/query/latest.hpp"

#include "core/answers/rates.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace latest_test {

using namespace jobtally;
using query_test::down;
using query_test::Made;
using query_test::total;

table::ResultTable rates_by_hour(const std::vector<Made>& reports) {
    const auto store = query_test::store_of(reports);
    return answers::rates_table(answers::rates(query::Scope(store, {}), query::By::hour));
}

TEST_CASE("of reports of one time the greatest id is the latest", "[query]") {
    std::vector<Made> reports{
        {"b", "SUCCESS", "01:00:00"}, {"c", "FAILURE", "01:00:00"}, {"a", "RUNNING", "01:00:00"}};
    for (int turn = 0; turn < 3; ++turn) {
        CHECK(down(rates_by_hour(reports), "last_status") == "FAILURE");
        CHECK(total(rates_by_hour(reports), "last_status") == "FAILURE");
        std::rotate(reports.begin(), reports.begin() + 1, reports.end());
    }
}

TEST_CASE("ids of older reports do not matter to the latest of all", "[query]") {
    const auto table = rates_by_hour({{"a", "SUCCESS", "02:00:00"},
                                      {"b", "FAILURE", "02:00:00"},
                                      {"y", "SUCCESS", "01:00:00"},
                                      {"z", "RUNNING", "01:00:00"}});
    CHECK(down(table, "last_status") == "RUNNING FAILURE");
    CHECK(total(table, "last_status") == "FAILURE");
}

TEST_CASE("groups whose latest reports share a time are told apart for the total", "[query]") {
    const auto store = query_test::store_of({{"1", "SUCCESS", "01:00:00", "", "d-1", "A"},
                                             {"3", "FAILURE", "01:00:00", "", "d-2", "B"},
                                             {"2", "RUNNING", "01:00:00", "", "d-3", "C"}});
    const auto table = answers::rates_table(answers::rates(query::Scope(store, {})));
    CHECK(total(table, "last_status") == "FAILURE");
}

TEST_CASE("however many reports share their times, the latest is found", "[query]") {
    std::vector<Made> reports;
    for (int minute = 0; minute < 60; ++minute) {
        for (int i = 0; i < 150; ++i) {
            reports.push_back({fmt::format("{:02}-{:03}", minute, (i * 7) % 150),
                               i == 107 ? "FAILURE" : "SUCCESS",
                               fmt::format("01:{:02}:00", minute)});
        }
    }
    CHECK(total(rates_by_hour(reports), "last_status") == "FAILURE");  // 107 * 7 % 150 is 149
}

}  // namespace latest_test
