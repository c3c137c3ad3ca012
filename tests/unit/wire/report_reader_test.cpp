// What is a report and what is not, member by member, in every shape it may come.
#include "core/wire/report_reader.hpp"

#include "core/time/rfc3339.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/read_reports.hpp"

namespace {

using jobtally::test::read_reports;

constexpr const char* sample =
    R"({"total_succeeded":2,"total_operations":3,"total_failed":1,)"
    R"("id":"AXVLj1","status":"SUCCESS","created_at":"2020-11-21T14:26:10.345Z",)"
    R"("type":"import","updated_at":"2020-11-21T14:26:11.630Z",)"
    R"("definition_id":"AWstKc","definition_name":"User import"})";

// A report with its required members and `more`.
std::string report_with(const std::string& more) {
    return R"({"id":"a","status":"SUCCESS","created_at":"2026-01-02T03:04:05Z")" +
           (more.empty() ? "" : "," + more) + "}";
}

std::string only_reason(const std::string& text) {
    const auto read = read_reports(text);
    if (read.reports.size() + read.rejections.size() != 1) return "not one";
    return read.rejections.empty() ? "a report" : read.rejections[0].reason;
}

std::string ids(const jobtally::test::Read& read) {
    std::string result;
    for (const auto& report : read.reports) result += (result.empty() ? "" : " ") + report.id;
    return result;
}

std::string small(const std::string& id) {
    return R"({"id":")" + id + R"(","status":"SUCCESS","created_at":"2026-01-02T03:04:05Z"})";
}

}  // namespace

TEST_CASE("the vendor's sample is read in full", "[wire]") {
    const auto read = read_reports(sample);
    REQUIRE(read.reports.size() == 1);
    CHECK(read.rejections.empty());
    const auto& report = read.reports[0];
    CHECK(report.id == "AXVLj1");
    CHECK(report.status == "SUCCESS");
    CHECK(jobtally::time::format_utc(report.created_at) == "2020-11-21T14:26:10.345Z");
    CHECK(jobtally::time::format_utc(*report.updated_at) == "2020-11-21T14:26:11.630Z");
    CHECK(report.type == "import");
    CHECK(report.total_operations == 3);
    CHECK(report.total_succeeded == 2);
    CHECK(report.total_failed == 1);
    CHECK(report.definition_id == "AWstKc");
    CHECK(report.definition_name == "User import");
    CHECK(report.unknown_members.empty());
}

TEST_CASE("what is missing or null is unknown, also after a report that had it", "[wire]") {
    const auto read = read_reports(
        std::string(sample) + report_with("") +
        report_with(
            R"("type":null,"updated_at":null,"total_operations":null,"total_succeeded":null,)"
            R"("total_failed":null,"definition_id":null,"definition_name":null,"definition":null)"));
    REQUIRE(read.reports.size() == 3);
    for (std::size_t i = 1; i < 3; ++i) {
        jobtally::model::JobReport expected;
        expected.id = "a";
        expected.status = "SUCCESS";
        expected.created_at = *jobtally::time::parse_rfc3339("2026-01-02T03:04:05Z");
        CHECK(read.reports[i] == expected);
    }
}

TEST_CASE("rejections name the member", "[wire]") {
    CHECK(only_reason("{}") == "id: missing");
    CHECK(only_reason(R"({"id":null,"status":"S"})") == "id: missing");
    CHECK(only_reason(R"({"id":"a","created_at":"2026-01-02T03:04:05Z"})") == "status: missing");
    CHECK(only_reason(R"({"id":"a","status":"S"})") == "created_at: missing");
    CHECK(only_reason(R"({"id":""})") == "id: empty");
    CHECK(only_reason(R"({"id":"a","status":""})") == "status: empty");
    CHECK(only_reason(R"({"id":1.5})") == "id: expected a string or an integer, got a number");
    CHECK(only_reason(R"({"id":["a"]})") == "id: expected a string or an integer, got an array");
    CHECK(only_reason(R"({"id":{"a":1}})") == "id: expected a string or an integer, got an object");
    CHECK(only_reason(R"({"status":7})") == "status: expected a string, got a number");
    CHECK(only_reason(R"({"type":true})") == "type: expected a string, got true");
    CHECK(only_reason(R"({"created_at":1})") == "created_at: expected a string, got a number");
    CHECK(only_reason(R"({"total_failed":"1"})") == "total_failed: expected a count, got a string");
    CHECK(only_reason(R"({"definition":"x"})") == "definition: expected an object, got a string");
    CHECK(only_reason(R"({"definition":[]})") == "definition: expected an object, got an array");
    CHECK(only_reason(R"({"definition":{"name":1}})") ==
          "definition.name: expected a string, got a number");
    CHECK(only_reason(R"({"definition":{"type":[]}})") ==
          "definition.type: expected a string, got an array");
    CHECK(only_reason(R"({"id":"a","id":"a"})") == "id: given twice");
    CHECK(only_reason(R"({"id":"a","\u0069d":"a"})") == "id: given twice");
    CHECK(only_reason(R"({"id":null,"id":"a"})") == "id: given twice");
    CHECK(only_reason(R"({"definition":{"id":"a","id":"a"}})") == "definition.id: given twice");
    CHECK(only_reason(R"({"definition":{},"definition":{}})") == "definition: given twice");
    CHECK_THAT(only_reason(R"({"created_at":"x"})"), Catch::Matchers::StartsWith("created_at: "));
    CHECK_THAT(only_reason(report_with(R"("updated_at":"2026-02-30T00:00:00Z")")),
               Catch::Matchers::StartsWith("updated_at: "));
}

TEST_CASE("what is JSON but no object is no report", "[wire]") {
    CHECK(only_reason("1") == "expected an object, got a number");
    CHECK(only_reason("-1.5e3 ") == "expected an object, got a number");
    CHECK(only_reason("\"x\"") == "expected an object, got a string");
    CHECK(only_reason("null") == "expected an object, got null");
    CHECK(only_reason("true\n") == "expected an object, got true");
    CHECK(only_reason("[[]]") == "[0]: expected an object, got an array");
    CHECK(only_reason("[null]") == "[0]: expected an object, got null");
    CHECK(only_reason(R"({"items":[{"items":[]}]})") == "items[0].id: missing");
    const auto read = read_reports("1");
    CHECK(read.rejections[0].is_json);
    CHECK(read.rejections[0].body == "1");
}

TEST_CASE("counts are exact", "[wire]") {
    const auto count = [](const std::string& number) {
        const auto read = read_reports(report_with("\"total_operations\":" + number));
        if (read.reports.size() == 1) return std::to_string(*read.reports[0].total_operations);
        return read.rejections.at(0).reason;
    };
    CHECK(count("0") == "0");
    CHECK(count("-0") == "0");
    CHECK(count("-0.0e5") == "0");
    CHECK(count("3.0") == "3");
    CHECK(count("3.000000000000000000000000") == "3");
    CHECK(count("1e2") == "100");
    CHECK(count("1E+2") == "100");
    CHECK(count("1200e-2") == "12");
    CHECK(count("0.3e1") == "3");
    CHECK(count("0e999") == "0");
    CHECK(count("9223372036854775807") == "9223372036854775807");
    CHECK(count("9223372036854775807.0") == "9223372036854775807");
    CHECK(count("922337203685477580.7e1") == "9223372036854775807");
    CHECK(count("9007199254740993.0") == "9007199254740993");
    CHECK(count("9223372036854775808") ==
          "total_operations: count above 2^63-1: 9223372036854775808");
    CHECK(count("18446744073709551616") ==
          "total_operations: count above 2^63-1: 18446744073709551616");
    CHECK(count("1e300") == "total_operations: count above 2^63-1: 1e300");
    CHECK(count("1e-300") == "total_operations: fractional count: 1e-300");
    CHECK(count("1.5") == "total_operations: fractional count: 1.5");
    CHECK(count("12e-1") == "total_operations: fractional count: 12e-1");
    CHECK(count("-1") == "total_operations: negative count: -1");
    CHECK(count("-9223372036854775808") ==
          "total_operations: negative count: -9223372036854775808");
    CHECK(count("-1.5") == "total_operations: negative count: -1.5");
}

TEST_CASE("an integer id is its decimal text, of any length", "[wire]") {
    const auto id = [](const std::string& number) {
        const auto read = read_reports(
            R"({"status":"S","created_at":"2026-01-02T03:04:05Z","id":)" + number + "}");
        return read.reports.size() == 1 ? read.reports[0].id : read.rejections.at(0).reason;
    };
    CHECK(id("7") == "7");
    CHECK(id("-7") == "-7");
    CHECK(id("18446744073709551615") == "18446744073709551615");
    CHECK(id("123456789012345678901234567890") == "123456789012345678901234567890");
    CHECK(id("1e3") == "id: expected a string or an integer, got a number");
    CHECK(id("3.0") == "id: expected a string or an integer, got a number");
}

TEST_CASE("the definition object stands for the flat members", "[wire]") {
    const auto read = read_reports(report_with(
        R"("definition":{"id":"d","name":"n","type":"export","enabled":true,"settings":{"a":[1,2]}})"));
    REQUIRE(read.reports.size() == 1);
    CHECK(read.reports[0].definition_id == "d");
    CHECK(read.reports[0].definition_name == "n");
    CHECK(read.reports[0].type == "export");
    CHECK(read.reports[0].unknown_members ==
          R"({"definition":{"type":"export","enabled":true,"settings":{"a":[1,2]}}})");

    const auto both = read_reports(
        report_with(
            R"("type":"import","definition_id":"d","definition":{"id":"d","type":"export"})") +
        report_with(
            R"("definition":{"id":"d","name":null},"definition_id":null,"definition_name":"n")"));
    REQUIRE(both.reports.size() == 2);
    CHECK(both.reports[0].type == "import");
    CHECK(both.reports[0].definition_id == "d");
    CHECK(both.reports[1].definition_id == "d");
    CHECK(both.reports[1].definition_name == "n");
    CHECK(both.reports[1].unknown_members.empty());

    CHECK(only_reason(report_with(R"("definition_id":"d","definition":{"id":"e"})")) ==
          R"(definition.id: "e" contradicts definition_id "d")");
    CHECK(only_reason(report_with(R"("definition":{"name":"e"},"definition_name":"d")")) ==
          R"(definition.name: "e" contradicts definition_name "d")");
}

TEST_CASE("unknown members are kept in their order, numbers to the letter", "[wire]") {
    const auto read = read_reports(R"({"z":1.50,"id":"a","y":[{},[],"\u00e9\n\"\\\/",{"k":null}],)"
                                   R"("status":"S","x":1e400,"created_at":"2026-01-02T03:04:05Z",)"
                                   R"("":false,"z":-0})");
    REQUIRE(read.reports.size() == 1);
    CHECK(read.reports[0].unknown_members ==
          R"({"z":1.50,"y":[{},[],"é\n\"\\/",{"k":null}],"x":1e400,"":false,"z":-0})");
}

TEST_CASE("invalid UTF-8 is rejected by member", "[wire]") {
    CHECK(only_reason(report_with("\"definition_name\":\"a\xff\"")) ==
          R"(definition_name: not UTF-8: "a\xff")");
    CHECK(only_reason(report_with("\"x\":{\"y\":[\"\xc0\x80\"]}")) ==
          R"(x: not UTF-8: "\xc0\x80")");
    CHECK(only_reason(report_with("\"x\xff\":1")) == R"(x\xff: a name that is not UTF-8: "x\xff")");
    CHECK(only_reason(report_with("\"definition\":{\"name\":\"\xed\xa0\x80\"}")) ==
          R"(definition.name: not UTF-8: "\xed\xa0\x80")");
}

TEST_CASE("every shape gives the same reports", "[wire]") {
    const std::string a = small("a"), b = small("b"), c = small("c");
    const std::vector<std::string> shapes{
        a + b + c,
        a + "\n" + b + "\n" + c + "\n",
        a + "\r\n" + b + "\r\n" + c,
        "\xef\xbb\xbf" + a + "\n\xef\xbb\xbf" + b + c,
        "[" + a + "," + b + "," + c + "]",
        "[\n  " + a + ",\n  " + b + "\n]\n" + c,
        R"({"total":3,"items":[)" + a + "," + b + "," + c + "]}",
        R"({ "items" : [ )" + a + ", " + b + " , " + c + R"(] , "total" : 3, "x": {"y":[1]} })",
        R"({"total":2,"items":[)" + a + "," + b + R"(]}{"total":1,"items":[)" + c + "]}[]",
    };
    for (const auto& shape : shapes) {
        CAPTURE(shape);
        const auto read = read_reports(shape);
        CHECK(ids(read) == "a b c");
        CHECK(read.rejections.empty());
    }
}

TEST_CASE("no report and no rejection in nothing", "[wire]") {
    for (const std::string text :
         {"", " \r\n\t", "\xef\xbb\xbf", "[]", R"({"total":0,"items":[]})"}) {
        const auto read = read_reports(text);
        CHECK(read.reports.empty());
        CHECK(read.rejections.empty());
    }
}

TEST_CASE("a report with a member items is no envelope", "[wire]") {
    const auto read = read_reports(report_with(R"("items":[1,2])") + R"({"items":3})");
    REQUIRE(read.reports.size() == 1);
    CHECK(read.reports[0].unknown_members == R"({"items":[1,2]})");
    REQUIRE(read.rejections.size() == 1);
    CHECK(read.rejections[0].reason == "id: missing");
}

TEST_CASE("a report that begins with items, or a second list, is rejected, not lost", "[wire]") {
    const std::string report = small("x").substr(1);
    for (const std::string& items : {std::string(), std::string("1"), small("a")}) {
        const auto read = read_reports("{\"items\":[" + items + "]," + report);
        CHECK(ids(read) == (items.size() > 1 ? "a" : ""));
        REQUIRE_FALSE(read.rejections.empty());
        CHECK(read.rejections.back().body == "{" + report);
    }
    const auto twice =
        read_reports("{\"items\":[" + small("a") + "],\"items\":[" + small("b") + "]}");
    CHECK(ids(twice) == "a");
    REQUIRE(twice.rejections.size() == 1);
    CHECK(twice.rejections[0].body == "{\"items\":[" + small("b") + "]}");
    std::string many = "{\"items\":[]";
    for (int i = 0; i < 200'000; ++i) many += ",\"m\":1";
    const auto cut = read_reports(many + "," + report);
    REQUIRE(cut.rejections.size() == 1);
    CHECK(cut.rejections[0].body.size() == jobtally::wire::Limits{}.kept_body);
    CHECK(read_reports("{\"items\":[],\"id\":1,\"status\":\"fine\"}").rejections.empty());
}

TEST_CASE("a rejection tells place, line and body", "[wire]") {
    const auto read = read_reports("{\"total\":2,\n \"items\":[\n" + small("a") +
                                   ",\n  {\"id\" : 3 } ,5\n]}\n{}");
    CHECK(ids(read) == "a");
    REQUIRE(read.rejections.size() == 3);
    CHECK(read.rejections[0].reason == "items[1].status: missing");
    CHECK(read.rejections[0].line == 4);
    CHECK(read.rejections[0].body == R"({"id" : 3 })");
    CHECK(read.rejections[0].is_json);
    CHECK(read.rejections[1].reason == "items[2]: expected an object, got a number");
    CHECK(read.rejections[1].body == "5");
    CHECK(read.rejections[2].reason == "id: missing");
    CHECK(read.rejections[2].line == 6);
    CHECK(read_reports("[{}]").rejections.at(0).reason == "[0].id: missing");
}
