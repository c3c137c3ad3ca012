// The table for terminals and pipes, to the letter.
#include "core/render/text/renderer.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/render/sample.hpp"

namespace {

std::string table_of(const jobtally::table::ResultTable& table,
                     const jobtally::render::Style& style = {}) {
    return render(table, jobtally::render::Format::table, style);
}

}  // namespace

TEST_CASE("a table is aligned by display width and has a rule before its total", "[render]") {
    CHECK(table_of(sample::rates()) ==
          "2026-11-01 00:00 to 2026-11-08 00:00 UTC, by created_at\n"
          "definition    reports  success  last     at\n"
          "Users: daily   12,345   98.5 %  SUCCESS  2026-11-07 14:26\n"
          "日本                1        -  FAILURE  2026-11-07 02:00\n"
          "─────────────────────────────────────────────────────────\n"
          "total          12,346   50.0 %  -        2026-11-07 14:26\n");
}

TEST_CASE("a table without header has no window line either; ascii has its own rule", "[render]") {
    jobtally::render::Style style;
    style.header = false;
    style.ascii = true;
    CHECK(table_of(sample::rates(), style) ==
          "Users: daily  12,345  98.5 %  SUCCESS  2026-11-07 14:26\n"
          "日本               1       -  FAILURE  2026-11-07 02:00\n"
          "-------------------------------------------------------\n"
          "total         12,346  50.0 %  -        2026-11-07 14:26\n");
}

TEST_CASE("a coloured table has bold titles, red failures, dim unknowns", "[render]") {
    jobtally::render::Style style;
    style.color = true;
    CHECK(table_of(sample::rates(), style) ==
          "\x1b[2m2026-11-01 00:00 to 2026-11-08 00:00 UTC, by created_at\x1b[0m\n"
          "\x1b[1mdefinition\x1b[0m    \x1b[1mreports\x1b[0m  \x1b[1msuccess\x1b[0m  "
          "\x1b[1mlast\x1b[0m     \x1b[1mat\x1b[0m\n"
          "Users: daily   12,345   98.5 %  \x1b[32mSUCCESS\x1b[0m  2026-11-07 14:26\n"
          "日本                1        \x1b[2m-\x1b[0m  \x1b[31mFAILURE\x1b[0m  "
          "2026-11-07 02:00\n"
          "\x1b[2m─────────────────────────────────────────────────────────\x1b[0m\n"
          "total          12,346   \x1b[31m50.0 %\x1b[0m  \x1b[2m-\x1b[0m        "
          "2026-11-07 14:26\n");
}

TEST_CASE("shares and states have colours of warning", "[render]") {
    jobtally::table::ResultTable table;
    table.columns = {
        {"job_success_rate", "s"}, {"failure_rate", "f"}, {"state", "state"}, {"name", "name"}};
    using jobtally::table::Ratio;
    using std::string;
    table.rows = {{Ratio{0.97}, Ratio{0.03}, string{"late"}, string{"FAILURE"}},
                  {Ratio{0.99}, Ratio{0.5}, string{"stuck"}, string{"RUNNING"}}};
    jobtally::render::Style style;
    style.color = true;
    style.header = false;
    CHECK(table_of(table, style) ==
          "\x1b[33m97.0 %\x1b[0m   \x1b[33m3.0 %\x1b[0m  \x1b[33mlate\x1b[0m   FAILURE\n"
          "99.0 %  \x1b[31m50.0 %\x1b[0m  \x1b[31mstuck\x1b[0m  RUNNING\n");
}

TEST_CASE("the widest texts are shortened to fit the terminal", "[render]") {
    jobtally::table::ResultTable table;
    table.columns = {{"name", "name"}, {"word", "word"}, {"reports", "reports"}};
    table.rows = {
        {std::string{"a name that is rather long"}, std::string{"0123456789"}, std::int64_t{5}},
        {std::string{"日本語の名前は長い"}, std::string{"x"}, std::int64_t{12345}}};
    jobtally::render::Style style;
    style.max_width = 38;
    CHECK(table_of(table, style) ==
          "name               word        reports\n"
          "a name that is r…  0123456789        5\n"
          "日本語の名前は長…  x            12,345\n");
    style.ascii = true;
    CHECK(table_of(table, style) ==
          "name               word        reports\n"
          "a name that is...  0123456789        5\n"
          "日本語の名前は...  x            12,345\n");
    style.max_width = 5;  // no text below 16 columns: the line is too long anyway
    CHECK(table_of(table, style) ==
          "name                        word        reports\n"
          "a name that is rather long  0123456789        5\n"
          "日本語の名前は長い          x            12,345\n");
    style.max_width = 48;
    CHECK(table_of(table, style).find("rather long  0123456789") != std::string::npos);
}

TEST_CASE("ids and commands are never shortened", "[render]") {
    jobtally::table::ResultTable table;
    table.columns = {{"definition_name", "name"}, {"id", "id"}, {"next_step", "next"}};
    table.rows = {{std::string(30, 'n'), std::string(20, 'i'), std::string(30, 'c')}};
    jobtally::render::Style style;
    style.max_width = 70;
    style.header = false;
    CHECK(table_of(table, style) ==
          std::string(15, 'n') + "…  " + std::string(20, 'i') + "  " + std::string(30, 'c') + "\n");
}

TEST_CASE("numbers and times are never shortened", "[render]") {
    jobtally::table::ResultTable table;
    table.columns = {{"name", "name"}, {"n", "n"}, {"at", "at"}};
    table.rows = {{std::string{"0123456789"}, std::int64_t{12'345'678'901}, sample::at(1, 14, 26)}};
    jobtally::render::Style style;
    style.max_width = 10;
    CHECK(table_of(table, style) ==
          "name                     n  at\n"
          "0123456789  12,345,678,901  2026-11-01 14:26\n");
}

TEST_CASE("an answer without rows is its note", "[render]") {
    jobtally::table::ResultTable table = sample::rates();
    table.rows.clear();
    table.total = jobtally::table::Row(7);
    (*table.total)[2] = std::int64_t{0};
    (*table.total)[5] = jobtally::time::Duration{0};
    CHECK(table_of(table) ==
          "2026-11-01 00:00 to 2026-11-08 00:00 UTC, by created_at\n"
          "no reports\n");
    table.total.reset();
    table.empty_note = "no \x1b failures";
    jobtally::render::Style style;
    style.header = false;
    CHECK(table_of(table, style) == "no \\u{1b} failures\n");
}

TEST_CASE("a total alone is a table without a rule", "[render]") {
    jobtally::table::ResultTable table = sample::rates();
    table.rows.clear();
    table.window.reset();
    CHECK(table_of(table) ==
          "definition  reports  success  last  at\n"
          "total        12,346   50.0 %  -     2026-11-07 14:26\n");
}

TEST_CASE("no text acts on the terminal", "[render]") {
    using namespace std::string_literals;
    CHECK(table_of(
              sample::named({"a\x1b[2Jb", "c\0d"s, "\u202egpj", "x\ny\tz", "e\u0301", "\xff"})) ==
          "definition   reports\n"
          "a\\u{1b}[2Jb        7\n"
          "c\\u{00}d           7\n"
          "\\u{202e}gpj        7\n"
          "x\\ny\\tz            7\n"
          "e\u0301                  7\n"
          "\\xff               7\n");
}

TEST_CASE("columns without a title show their key; lines do not end in spaces", "[render]") {
    jobtally::table::ResultTable table;
    table.columns = {{"a", "", jobtally::table::Audience::everyone, true}, {"b", ""}, {"c", ""}};
    table.rows = {{std::string{"x"}, std::string{}, std::string{}},
                  {std::string{"long"}, std::string{"y"}, {}}};
    table.total = jobtally::table::Row(3);
    CHECK(table_of(table) ==
          "a      b  c\n"
          "x\n"
          "long   y  -\n"
          "───────────\n"
          "total  -  -\n");
}

TEST_CASE("an endless text is cut where people read, and does not widen all lines", "[render]") {
    jobtally::table::ResultTable table;
    table.columns = {{"definition_name", "name"}, {"reports", "reports"}};
    const std::string endless(900'000, 'N');
    table.rows.assign(1000, {std::string("short"), std::int64_t{1}});
    table.rows.push_back({endless, std::int64_t{2}});
    const auto text = table_of(table);
    CHECK(text.find(std::string(1990, 'N')) != std::string::npos);
    CHECK(text.find(std::string(2001, 'N')) == std::string::npos);
    CHECK(text.size() < 1002 * 2100);
}
