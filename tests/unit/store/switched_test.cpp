// What the platform's lists said of whether a definition was enabled: in any order, and bounded.
#include "core/store/file/connection.hpp"
#include "core/time/rfc3339.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/store/support.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace {

using namespace jobtally::store_tests;
namespace store = jobtally::store;

using Said = std::pair<int, bool>;  // at which second, and whether it was enabled

jobtally::time::Instant second(int number) {
    return at(number * std::int64_t{1'000'000});
}

void load(store::Store& own, const std::vector<Said>& lists) {
    store::WriteTransaction transaction(own);
    for (const auto& [number, enabled] : lists) {
        auto report = report_of("a");
        report.unknown_members =
            fmt::format(R"({{"definition":{{"enabled":{},"updated_at":"{}"}}}})", enabled,
                        jobtally::time::format_utc(second(number)));
        transaction.put(report, second(1000));
    }
    transaction.commit();
}

std::int64_t rows_in(const store::Store& own) {
    return own.connection().query_integer("SELECT count(*) FROM switched");
}

TEST_CASE("off-times are the same in whatever order the lists come", "[store]") {
    std::vector<Said> lists = {{1, true}, {2, false}, {3, true}, {4, false}, {5, false}, {6, true}};
    do {
        auto own = store::Store::in_memory();
        load(own, lists);
        const auto catalogue = store::Catalogue::read(own);
        const auto& definition = catalogue.definitions().front();
        REQUIRE(definition.enabled == true);
        REQUIRE(definition.disabled == std::vector<jobtally::time::TimeSpan>{
                                           {second(2), second(3)}, {second(4), second(6)}});
    } while (std::next_permutation(lists.begin(), lists.end()));
}

TEST_CASE("a list that is dated ahead is taken as one without a date", "[store]") {
    auto own = store::Store::in_memory();
    const auto is_enabled = [&] {
        return store::Catalogue::read(own).definitions().front().enabled;
    };
    load(own, {{1, true}, {5000, false}});
    CHECK(is_enabled() == false);  // it was loaded last
    CHECK(rows_in(own) == 1);
    load(own, {{2, true}});
    CHECK(is_enabled() == true);
    load(own, {{1060, false}});  // clocks differ
    CHECK(is_enabled() == false);
    own.connection().execute("UPDATE definition SET described_at = 5000000000");  // by 0.2.0
    load(own, {{3, true}});
    CHECK(is_enabled() == true);
}

TEST_CASE("the newest hundred times of a definition are kept", "[store]") {
    std::vector<Said> lists;
    for (int i = 0; i < 250; ++i) lists.emplace_back(i, i % 2 == 0);
    for (const bool is_newest_first : {false, true}) {
        CAPTURE(is_newest_first);
        auto own = store::Store::in_memory();
        load(own, lists);
        load(own, lists);
        CHECK(rows_in(own) == 100);
        CHECK(own.connection().query_integer("SELECT min(at) FROM switched") == 150'000'000);
        std::reverse(lists.begin(), lists.end());
    }
}

TEST_CASE("a list that comes again writes nothing; a definition goes with its times", "[store]") {
    auto own = store::Store::in_memory();
    load(own, {{1, false}, {2, true}});
    const auto written = own.connection().query_integer("SELECT total_changes()");
    load(own, {{1, false}, {2, true}});
    CHECK(own.connection().query_integer("SELECT total_changes()") == written);
    {
        store::WriteTransaction transaction(own);
        transaction.remove("a");
        transaction.commit();
    }
    CHECK(rows_in(own) == 0);
}

}  // namespace
