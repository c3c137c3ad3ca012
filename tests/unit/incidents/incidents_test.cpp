// Incidents of a store.
#include "core/incidents/incidents.hpp"

#include "core/render/text/renderer.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

#include <fmt/format.h>

namespace {

using namespace jobtally;

// Eight definitions with a run an hour: five fail at noon, and one in the morning.
store::Store a_day() {
    std::vector<query_test::Made> reports;
    for (int hour = 0; hour < 24; ++hour) {
        for (int definition = 1; definition <= 8; ++definition) {
            const bool is_bad =
                definition <= 5 ? hour == 12 || hour == 13 : definition == 6 && hour == 7;
            reports.push_back({fmt::format("r{}-{}", definition, hour),
                               is_bad ? "FAILURE" : "SUCCESS",
                               fmt::format("{:02}:{:02}:00", hour, definition),
                               fmt::format("{:02}:{:02}:30", hour, definition),
                               fmt::format("d-{}", definition), "", 100, 100, 0});
        }
    }
    return query_test::store_of(reports);
}

std::string told_of(const query::Scope& scope, std::int64_t runs_at_once) {
    rhythm::MissedOptions options;
    options.now = query_test::instant("2026-11-02T23:30:00Z");
    std::string told;
    for (const auto& one : incidents::incidents(scope, options, {}, runs_at_once).incidents) {
        told += fmt::format("{} {} of {}:", one.is_shared ? "shared" : "single",
                            one.failed + one.missed, one.active);
        for (const std::size_t definition : one.definitions) told += fmt::format(" {}", definition);
        told += '\n';
    }
    return told;
}

}  // namespace

TEST_CASE("incidents are the same however many runs are held at once", "[incidents]") {
    const auto store = a_day();
    query::Selection selection;
    const query::Scope whole(store, selection);
    const std::string told = told_of(whole, 1000);
    CHECK(told == "single 1 of 0: 6\nshared 10 of 8: 1 2 3 4 5\n");
    CHECK(told_of(whole, 1) == told);
    CHECK(told_of(whole, 50) == told);
    selection.span.since = query_test::instant("2026-11-02T10:00:00Z");
    CHECK(told_of({store, selection}, 1) == told_of({store, selection}, 1000));
}
