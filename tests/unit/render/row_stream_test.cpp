// Rows that come bit by bit, to the letter.
#include "core/render/row_stream.hpp"

#include "core/base/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/render/sample.hpp"

namespace {

using namespace jobtally;
using render::Format;
using render::RowStream;

table::ResultTable rows(std::vector<table::Row> rows) {
    table::ResultTable table;
    table.window = sample::window();
    table.columns = {{"id", "id"}, {"total", "records"}, {"status", "status"}};
    table.rows = std::move(rows);
    return table;
}

table::Row row(const char* id, table::Cell total, const char* status = "SUCCESS") {
    return {std::string(id), std::move(total), std::string(status)};
}

}  // namespace

TEST_CASE("a streamed table has one header, and columns that only widen", "[render]") {
    RowStream stream(Format::table, {});
    CHECK(stream.more(rows({row("a", std::int64_t{5})})) ==
          "2026-11-01 00:00 to 2026-11-08 00:00 UTC, by created_at\n"
          "id  records  status\n"
          "a         5  SUCCESS\n");
    CHECK(stream.more(rows({row("b", {})})) == "b         -  SUCCESS\n");
    CHECK(stream.more(rows({})) == "");
    CHECK(stream.more(rows({row("long one", std::int64_t{12'345'678})})) ==
          "long one  12,345,678  SUCCESS\n");
    CHECK(stream.more(rows({row("c", std::int64_t{7})})) == "c                  7  SUCCESS\n");
}

TEST_CASE("the titles of a streamed table wait for rows", "[render]") {
    RowStream stream(Format::table, {});
    CHECK(stream.more(rows({})) == "2026-11-01 00:00 to 2026-11-08 00:00 UTC, by created_at\n");
    CHECK(stream.more(rows({row("a", std::int64_t{5})})) ==
          "id  records  status\n"
          "a         5  SUCCESS\n");
    render::Style bare;
    bare.header = false;
    RowStream without(Format::table, bare);
    CHECK(without.more(rows({row("a", std::int64_t{5})})) == "a  5  SUCCESS\n");
}

TEST_CASE("streamed rows fit the terminal", "[render]") {
    render::Style narrow;
    narrow.max_width = 24;
    RowStream stream(Format::table, narrow);
    stream.more(rows({row("a", std::int64_t{5})}));
    CHECK(stream.more(rows({row("a very long identifier", std::int64_t{5})})) ==
          "a very…        5  SUCCESS\n");
}

TEST_CASE("streamed rows for machines have one header", "[render]") {
    RowStream csv(Format::csv, {});
    CHECK(csv.more(rows({})) == "id,total,status\n");
    CHECK(csv.more(rows({row("a", std::int64_t{5})})) == "a,5,SUCCESS\n");
    RowStream ndjson(Format::ndjson, {});
    CHECK(ndjson.more(rows({})) == "");
    CHECK(ndjson.more(rows({row("a", {})})) ==
          "{\"id\": \"a\", \"total\": null, \"status\": \"SUCCESS\"}\n");
    for (const auto format : {Format::json, Format::markdown, Format::html}) {
        CHECK_THROWS_AS(RowStream(format, {}), UsageError);
    }
}
