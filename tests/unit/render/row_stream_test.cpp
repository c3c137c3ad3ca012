// Rows that come bit by bit, to the letter.
#include "core/render/text/row_stream.hpp"

#include "core/base/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/render/sample.hpp"

namespace jobtally::render_tests {

namespace {

using render::Format;
using render::RowStream;

table::ResultTable streamed(std::vector<table::Row> rows) {
    table::ResultTable table;
    table.window = sample::window();
    table.columns = {{"id", "id"}, {"total", "records"}, {"status", "status"}};
    table.rows = std::move(rows);
    return table;
}

table::Row streamed_row(const char* id, table::Cell total, const char* status = "SUCCESS") {
    return {std::string(id), std::move(total), std::string(status)};
}

}  // namespace

TEST_CASE("a streamed table has one header, and columns that only widen", "[render]") {
    RowStream stream(Format::table, {});
    CHECK(stream.more(streamed({streamed_row("a", std::int64_t{5})})) ==
          "2026-11-01 00:00 to 2026-11-08 00:00 UTC, by created_at\n"
          "id  records  status\n"
          "a         5  SUCCESS\n");
    CHECK(stream.more(streamed({streamed_row("b", {})})) == "b         -  SUCCESS\n");
    CHECK(stream.more(streamed({})) == "");
    CHECK(stream.more(streamed({streamed_row("long one", std::int64_t{12'345'678})})) ==
          "long one  12,345,678  SUCCESS\n");
    CHECK(stream.more(streamed({streamed_row("c", std::int64_t{7})})) ==
          "c                  7  SUCCESS\n");
}

TEST_CASE("the titles of a streamed table wait for rows", "[render]") {
    RowStream stream(Format::table, {});
    CHECK(stream.more(streamed({})) == "2026-11-01 00:00 to 2026-11-08 00:00 UTC, by created_at\n");
    CHECK(stream.more(streamed({streamed_row("a", std::int64_t{5})})) ==
          "id  records  status\n"
          "a         5  SUCCESS\n");
    render::Style bare;
    bare.header = false;
    RowStream without(Format::table, bare);
    CHECK(without.more(streamed({streamed_row("a", std::int64_t{5})})) == "a  5  SUCCESS\n");
}

TEST_CASE("streamed rows that are wider than the first are whole", "[render]") {
    render::Style narrow;
    narrow.max_width = 30;
    RowStream stream(Format::table, narrow);
    stream.more(streamed({streamed_row("a", std::int64_t{5})}));
    CHECK(stream.more(
              streamed({streamed_row("0123456789", std::int64_t{5}, "a very long status")})) ==
          "0123456789        5  a very long status\n");
}

TEST_CASE("streamed rows for machines have one header", "[render]") {
    RowStream csv(Format::csv, {});
    CHECK(csv.more(streamed({})) == "id,total,status\n");
    CHECK(csv.more(streamed({streamed_row("a", std::int64_t{5})})) == "a,5,SUCCESS\n");
    RowStream ndjson(Format::ndjson, {});
    CHECK(ndjson.more(streamed({})) == "");
    CHECK(ndjson.more(streamed({streamed_row("a", {})})) ==
          "{\"id\": \"a\", \"total\": null, \"status\": \"SUCCESS\"}\n");
    for (const auto format : {Format::json, Format::markdown, Format::html}) {
        CHECK_THROWS_AS(RowStream(format, {}), UsageError);
    }
}

}  // namespace jobtally::render_tests
