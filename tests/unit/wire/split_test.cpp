// The same comes out however the input is cut: every cut point, and one byte at a time.
#include "core/wire/report_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/read_reports.hpp"

#include <numeric>

namespace {

// All that came out, as text: Catch shows the first difference.
std::string account(const jobtally::test::Read& read) {
    std::string result;
    for (const auto& report : read.reports) {
        result += "report " + report.id + " " + report.status + " " +
                  std::to_string(jobtally::time::micros(report.created_at)) + " " +
                  std::to_string(report.total_failed.value_or(-1)) + " " +
                  report.definition_name.value_or("-") + " " + report.unknown_members + "\n";
    }
    for (const auto& rejection : read.rejections) {
        result += "rejection " + std::to_string(rejection.line) + " " + rejection.reason + " <" +
                  rejection.body + "> " + (rejection.is_json ? "JSON" : "not JSON") + "\n";
    }
    return result;
}

std::vector<std::string> texts_to_cut() {
    const std::string good =
        R"({"id":"aé\n\ud83d\ude00","status":"SUCCESS","created_at":"2026-01-02T03:04:05.123Z",)"
        R"("total_failed":12e1,"x":[1.5,{"y":"\u00e9\\","z":[true,false,null]}],)"
        R"("definition":{"name":"n","k":-0.5e+3}})";
    const std::string other = R"({"id":77,"status":"S","created_at":"2026-01-02T03:04:05Z"})";
    return {
        "\xef\xbb\xbf" + good + "\r\n" + other + "\n",
        "[" + good + " , " + other + ",1,\"x\",null,[2]]\n12 ",
        R"({"total":2,"items":[)" + good + "," + other + R"(],"more":{"a":[1]},"n":1.5}  )",
        good + "\n{\"id\":\"broken\n" + other + "\n{\"id\":tru\n" + other,
        "[\n  " + good + ",\n  {\"id\": nul,\n  \"a\":\n  {\n  },\n  " + other + ",\n  " + other +
            "\n]\n" + other,
        R"({"total":2,"items":[
  {"id" 1},
  )" + other +
            "\n], \"x\": 1}\n" + other,
        "garbage " + other + "\n" + other + ",\n" + other + "]\n}",
        "[" + other + " " + other + "]",
        "\xef\xbb" + other + "\n" + other,
        other + "\xef",
        "{\"a\":[\n" + other + "\n" + other + ",\n" + other,
        "[" + other + ",",
        R"({"items":[)",
        "{\"a\":\"\\ud800x\"}\n{\"a\":\"\\q\"}\n{\"a\":\"\\u12g4\"}\n{\"a\":\xff}\n{\"a\":01}\n{"
        "\"a\":-}\n" +
            other,
        "{\"definition_name\":\"\xe2\x82\xac\xe2\x82\"}" + other,
        "1 2\n3.5e1\n-",
        "{\"id\":\"a\",\"status\":\"SUC" + other + "\nxx" + other + "{}" + other + " yy",
        "{\"id\":\"a\",\"status\":" + other + "\n{\"x\":{\"id\":\"a\",\"sta" + other + "}," + other,
        "[" + other + ",\"a{" + other + "\"b{\"," + other + R"(],{"items":[{"x":)" + other,
        R"({"items":[{"id":},)" + other + R"(],"x":{"y":1},"z":)" + other + "}" + other,
    };
}

}  // namespace

TEST_CASE("every cut point gives the same", "[wire]") {
    jobtally::wire::Limits small;
    small.report_bytes = 60;
    small.kept_body = 20;
    small.depth = 2;
    for (const auto& limits : {jobtally::wire::Limits{}, small}) {
        for (const auto& text : texts_to_cut()) {
            const std::string whole = account(jobtally::test::read_reports(text, limits));
            for (std::size_t cut = 0; cut <= text.size(); ++cut) {
                CAPTURE(text, cut);
                REQUIRE(account(jobtally::test::read_pieces(text, {cut}, limits)) == whole);
            }
            for (const std::size_t step : {1, 2, 3, 7}) {
                CAPTURE(text, step);
                std::vector<std::size_t> cuts;
                for (std::size_t cut = step; cut < text.size(); cut += step) cuts.push_back(cut);
                REQUIRE(account(jobtally::test::read_pieces(text, cuts, limits)) == whole);
            }
        }
    }
}

TEST_CASE("a reader that is fed before it is empty copies what is unread", "[wire]") {
    const std::string text = "{\"id\":1}\n{\"id\":2}\n{\"id\":3,";
    jobtally::wire::ReportReader reader;
    jobtally::model::JobReport report;
    jobtally::model::Rejection rejection;
    reader.feed(text);
    CHECK(reader.next(report, rejection) == jobtally::wire::ReportReader::Got::rejection);
    reader.feed("\"x\":1}");
    reader.finish();
    jobtally::test::Read rest;
    jobtally::test::drain(reader, rest);
    REQUIRE(rest.rejections.size() == 2);
    CHECK(rest.rejections[0].line == 2);
    CHECK(rest.rejections[1].body == "{\"id\":3,\"x\":1}");
    CHECK(rest.rejections[1].line == 3);
}
