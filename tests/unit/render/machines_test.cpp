// JSON, NDJSON, CSV, TSV and Markdown, to the letter.
#include "core/render/text/renderer.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/render/sample.hpp"

#include <limits>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace {

std::string plain(const jobtally::table::ResultTable& table, jobtally::render::Format format,
                  bool header = true) {
    jobtally::render::Style style;
    style.header = header;
    return render(table, format, style);
}

constexpr auto as_json = jobtally::render::Format::json;
constexpr auto as_ndjson = jobtally::render::Format::ndjson;
constexpr auto as_csv = jobtally::render::Format::csv;
constexpr auto as_tsv = jobtally::render::Format::tsv;
constexpr auto as_markdown = jobtally::render::Format::markdown;

}  // namespace

TEST_CASE("json has window, rows and total, one row a line", "[render]") {
    CHECK(
        plain(sample::rates(), as_json) ==
        "{\n"
        "  \"window\": {\"since\": \"2026-11-01T00:00:00Z\", \"until\": \"2026-11-08T00:00:00Z\", "
        "\"timezone\": \"UTC\", \"at\": \"created\"},\n"
        "  \"groups\": [\n"
        "    {\"definition_id\": \"aB3\", \"definition_name\": \"Users: daily\", "
        "\"reports\": 12345, \"job_success_rate\": 0.985, \"last_status\": \"SUCCESS\", "
        "\"mean_seconds\": 1.285, \"last_created_at\": \"2026-11-07T14:26:10Z\"},\n"
        "    {\"definition_id\": \"x,\\\"y\\\"\", \"definition_name\": \"日本\", "
        "\"reports\": 1, \"job_success_rate\": null, \"last_status\": \"FAILURE\", "
        "\"mean_seconds\": null, \"last_created_at\": \"2026-11-07T02:00:00Z\"}\n"
        "  ],\n"
        "  \"total\": {\"reports\": 12346, \"job_success_rate\": 0.5, \"last_status\": null, "
        "\"mean_seconds\": 1.285, \"last_created_at\": \"2026-11-07T14:26:10Z\"}\n"
        "}\n");
}

TEST_CASE("json of nothing is still an object with its array", "[render]") {
    jobtally::table::ResultTable table;
    table.rows_key = "reports";
    table.columns = {{"id", "id"}};
    CHECK(plain(table, as_json) == "{\n  \"reports\": []\n}\n");
    table.window = jobtally::table::Window{};
    CHECK(plain(table, as_json) ==
          "{\n"
          "  \"window\": {\"since\": null, \"until\": null, \"timezone\": \"UTC\", \"at\": "
          "\"created\"},\n"
          "  \"reports\": []\n"
          "}\n");
    CHECK(plain(table, as_ndjson).empty());
}

TEST_CASE("json spells every kind of cell", "[render]") {
    using namespace jobtally::table;
    ResultTable table;
    table.columns = {{"b", ""}, {"n", ""}, {"inf", ""}, {"list", ""}, {"none", ""}, {"raw", ""}};
    table.rows = {{false, Number{1e-7}, Number{std::numeric_limits<double>::infinity()},
                   std::vector<std::string>{"a", "\"b\""}, std::vector<std::string>{},
                   RawJson{"{\"x\":\n [1,\t\"\\n\xc2\x9b\"]}"}}};
    CHECK(plain(table, as_ndjson) ==
          "{\"b\": false, \"n\": 1e-07, \"inf\": null, \"list\": [\"a\", \"\\\"b\\\"\"], "
          "\"none\": [], \"raw\": {\"x\":  [1, \"\\n\\u009b\"]}}\n");
}

TEST_CASE("json strings hold no byte that acts on a terminal, and parse back", "[render]") {
    using namespace std::string_literals;
    const std::string odd = "\0\x1f\x7f\"\\/\n\r\t\b\u0085\u2028\u202e\u200b\U000e0041é🚀"s;
    const std::string line = plain(sample::named({odd}), as_ndjson);
    CHECK(line ==
          "{\"definition_name\": \"\\u0000\\u001f\\u007f\\\"\\\\/\\n\\r\\t\\b\\u0085\\u2028"
          "\\u202e\\u200b\\udb40\\udc41é🚀\", \"reports\": 7}\n");
    CHECK(boost::json::parse(line).at("definition_name").as_string() == odd);
    CHECK(plain(sample::named({"a\xff"
                               "b"}),
                as_ndjson) ==
          "{\"definition_name\": \"a\ufffd"
          "b\", \"reports\": 7}\n");
}

TEST_CASE("json nests what was compared", "[render]") {
    jobtally::table::ResultTable table = sample::named({"a"});
    table.columns.push_back({"previous.reports", "before"});
    table.columns.push_back({"p99.9_seconds", ""});
    table.rows[0].emplace_back(std::int64_t{5});
    table.rows[0].emplace_back(jobtally::time::Duration{1'000'000});
    table.total = jobtally::table::Row{{}, std::int64_t{7}, std::int64_t{5}, {}};
    table.window = jobtally::table::Window{};
    table.window->previous = jobtally::time::TimeSpan{sample::at(1, 0, 0), {}};
    CHECK(plain(table, as_json) ==
          "{\n"
          "  \"window\": {\"since\": null, \"until\": null, \"timezone\": \"UTC\", \"at\": "
          "\"created\", \"previous\": {\"since\": \"2026-11-01T00:00:00Z\", \"until\": null}},\n"
          "  \"groups\": [\n"
          "    {\"definition_name\": \"a\", \"reports\": 7, \"p99.9_seconds\": 1, "
          "\"previous\": {\"reports\": 5}}\n"
          "  ],\n"
          "  \"total\": {\"reports\": 7, \"p99.9_seconds\": null, \"previous\": {\"reports\": 5}}\n"
          "}\n");
    CHECK(plain(table, as_csv) ==
          "definition_name,reports,previous.reports,p99.9_seconds\na,7,5,1\n");
}

TEST_CASE("csv has keys and rows, and no total", "[render]") {
    const std::string header =
        "definition_id,definition_name,reports,job_success_rate,last_status,mean_seconds,"
        "last_created_at\n";
    const std::string rows =
        "aB3,Users: daily,12345,0.985,SUCCESS,1.285,2026-11-07T14:26:10Z\n"
        "\"x,\"\"y\"\"\",日本,1,,FAILURE,,2026-11-07T02:00:00Z\n";
    CHECK(plain(sample::rates(), as_csv) == header + rows);
    CHECK(plain(sample::rates(), as_csv, false) == rows);
}

TEST_CASE("csv guards texts, not numbers, and shows controls", "[render]") {
    using namespace std::string_literals;
    CHECK(plain(sample::named({"=1+1", "+a", "-a,b", "@a", "\ta", "\ra", "", " =a", "a\nb\0"s,
                               "c:\\new", "\u202e"}),
                as_csv, false) ==
          "'=1+1,7\n'+a,7\n\"'-a,b\",7\n'@a,7\n'\\ta,7\n'\\ra,7\n\"\",7\n =a,7\na\\nb\\u{00},7\n"
          "c:\\new,7\n\\u{202e},7\n");
    jobtally::table::ResultTable table;
    table.columns = {{"n", ""}, {"d", ""}, {"list", ""}};
    table.rows = {{std::int64_t{-5}, jobtally::time::Duration{-1'500'000},
                   std::vector<std::string>{"=a", "b"}}};
    CHECK(plain(table, as_csv) == "n,d,list\n-5,-1.5,'=a; b\n");
}

TEST_CASE("csv of one column has no blank line", "[render]") {
    jobtally::table::ResultTable table;
    table.columns = {{"last_success_at", ""}};
    table.rows = {jobtally::table::Row(1)};
    CHECK(plain(table, as_csv) == "last_success_at\n\"\"\n");
}

TEST_CASE("tsv can be turned back to the byte", "[render]") {
    using namespace std::string_literals;
    CHECK(
        plain(sample::named({"a\tb\nc\rd\\e", "\0\x1b"s, "\\n", "=1", "x\"y,z", "\xff"}), as_tsv) ==
        "definition_name\treports\n"
        "a\\tb\\nc\\rd\\\\e\t7\n\\u{00}\\u{1b}\t7\n\\\\n\t7\n=1\t7\nx\"y,z\t7\n\\xff\t7\n");
    CHECK(plain(sample::rates(), as_tsv, false) ==
          "aB3\tUsers: daily\t12345\t0.985\tSUCCESS\t1.285\t2026-11-07T14:26:10Z\n"
          "x,\"y\"\t日本\t1\t\tFAILURE\t\t2026-11-07T02:00:00Z\n");
}

TEST_CASE("markdown is a pipe table with its total in bold", "[render]") {
    CHECK(plain(sample::rates(), as_markdown) ==
          "2026-11-01 00:00 to 2026-11-08 00:00 UTC, by created\\_at\n"
          "\n"
          "| definition | reports | success | last | at |\n"
          "| --- | ---: | ---: | --- | --- |\n"
          "| Users: daily | 12,345 | 98.5 % | SUCCESS | 2026-11-07 14:26 |\n"
          "| 日本 | 1 | - | FAILURE | 2026-11-07 02:00 |\n"
          "| **total** | **12,346** | **50.0 %** | **-** | **2026-11-07 14:26** |\n");
    CHECK(plain(sample::named({"a"}), as_markdown, false) == "| a | 7 |\n");
}

TEST_CASE("markdown texts mean what they say", "[render]") {
    CHECK(plain(sample::named({"a|b", "<b>&amp;", "[x](http://y)", "*a*_b_`c`~d~", "#1 @me \\",
                               "www.x.org", "", "$x$!", "a\nb"}),
                as_markdown, false) ==
          "| a\\|b | 7 |\n"
          "| &lt;b&gt;&amp;amp; | 7 |\n"
          "| \\[x\\](http\\://y) | 7 |\n"
          "| \\*a\\*\\_b\\_\\`c\\`\\~d\\~ | 7 |\n"
          "| \\#1 \\@me \\\\ | 7 |\n"
          "| www\\.x.org | 7 |\n"
          "| | 7 |\n"
          "| \\$x\\$\\! | 7 |\n"
          "| a\\\\nb | 7 |\n");
}

TEST_CASE("markdown of nothing is its note", "[render]") {
    jobtally::table::ResultTable table;
    table.empty_note = "nothing *at all*";
    CHECK(plain(table, as_markdown) == "nothing \\*at all\\*\n");
}
