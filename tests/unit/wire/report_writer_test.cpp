// What is written, to the letter, and that it is read back.
#include "core/wire/report_writer.hpp"

#include "core/time/rfc3339.hpp"
#include "tests/support/catch.hpp"

TEST_CASE("strings are escaped where JSON demands it, and not elsewhere", "[wire]") {
    std::string out;
    jobtally::wire::append_json_string(out,
                                       std::string_view("a\"b\\c/\b\f\n\r\t\0\x1f\x7fé\u2028", 19));
    CHECK(out == "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0000\\u001f\x7fé\u2028\"");
}

TEST_CASE("members are written in their order, unknown ones last", "[wire]") {
    jobtally::model::JobReport report;
    report.id = "a";
    report.status = "SUCCESS";
    report.created_at = *jobtally::time::parse_rfc3339("2026-01-02T03:04:05.678Z");
    std::string out;
    jobtally::wire::append_report(out, report);
    CHECK(out == R"({"id":"a","status":"SUCCESS","created_at":"2026-01-02T03:04:05.678Z"})");

    report.type = "import";
    report.updated_at = *jobtally::time::parse_rfc3339("2026-01-02T03:04:06Z");
    report.total_operations = 9223372036854775807;
    report.total_succeeded = 0;
    report.total_failed = 1;
    report.definition_id = "d";
    report.definition_name = "n";
    report.unknown_members = R"({"x":1})";
    out.clear();
    jobtally::wire::append_report(out, report);
    CHECK(
        out ==
        R"({"id":"a","type":"import","status":"SUCCESS","created_at":"2026-01-02T03:04:05.678Z",)"
        R"("updated_at":"2026-01-02T03:04:06Z","total_operations":9223372036854775807,)"
        R"("total_succeeded":0,"total_failed":1,"definition_id":"d","definition_name":"n","x":1})");
}
