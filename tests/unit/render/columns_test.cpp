// --columns: the choice of columns and what the formats make of it.
#include "core/base/error.hpp"
#include "core/render/text/renderer.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/render/sample.hpp"

TEST_CASE("chosen columns come in their order, those for machines too", "[render]") {
    using namespace jobtally::render;
    const auto table = jobtally::table::choose_columns(
        sample::rates(), {"reports", "definition_id", "mean_seconds"});
    CHECK(render(table, Format::table, {}) ==
          "2026-11-01 00:00 to 2026-11-08 00:00 UTC, by created_at\n"
          "reports  id       mean\n"
          " 12,345  aB3    1.29 s\n"
          "      1  x,\"y\"       -\n"
          "──────────────────────\n"
          " 12,346  total  1.29 s\n");
    CHECK(render(table, Format::csv, {}) ==
          "reports,definition_id,mean_seconds\n"
          "12345,aB3,1.285\n"
          "1,\"x,\"\"y\"\"\",\n");
    CHECK(
        render(table, Format::json, {}) ==
        "{\n"
        "  \"window\": {\"since\": \"2026-11-01T00:00:00Z\", \"until\": \"2026-11-08T00:00:00Z\", "
        "\"timezone\": \"UTC\", \"at\": \"created\"},\n"
        "  \"groups\": [\n"
        "    {\"reports\": 12345, \"definition_id\": \"aB3\", \"mean_seconds\": 1.285},\n"
        "    {\"reports\": 1, \"definition_id\": \"x,\\\"y\\\"\", \"mean_seconds\": null}\n"
        "  ],\n"
        "  \"total\": {\"reports\": 12346, \"mean_seconds\": 1.285}\n"
        "}\n");
}

TEST_CASE("no choice leaves a table as it is; a choice without a total works", "[render]") {
    using namespace jobtally::render;
    CHECK(render(jobtally::table::choose_columns(sample::rates(), {}), Format::json, {}) ==
          render(sample::rates(), Format::json, {}));
    auto table = sample::rates();
    table.total.reset();
    table.rows.clear();
    CHECK(render(jobtally::table::choose_columns(table, {"reports"}), Format::csv, {}) ==
          "reports\n");
}

TEST_CASE("columns that are not there, or twice, are usage errors", "[render]") {
    using jobtally::table::choose_columns;
    try {
        choose_columns(sample::rates(), {"reports", "repots\n"});
        FAIL("no error");
    } catch (const jobtally::UsageError& error) {
        CHECK(std::string{error.what()} == "no column \"repots\\n\"");
        CHECK(error.hint() == "did you mean \"reports\"?");
    }
    try {
        choose_columns(sample::rates(), {"colour"});
        FAIL("no error");
    } catch (const jobtally::UsageError& error) {
        CHECK(error.hint() ==
              "the columns are definition_id, definition_name, reports, job_success_rate, "
              "last_status, mean_seconds, last_created_at");
    }
    CHECK_THROWS_WITH(choose_columns(sample::rates(), {"reports", "reports"}),
                      "column \"reports\" is named twice");
}
