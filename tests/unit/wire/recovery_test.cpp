// Syntax errors: what they cost, where reading goes on, and the limits.
#include "core/wire/report_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/read_reports.hpp"

#include <numeric>

namespace {

// The ids that were read and the bodies that were rejected, in their own order.
struct Outline {
    std::string ids;
    std::vector<std::string> bodies;
};

Outline outline(const std::string& text) {
    Outline result;
    const auto read = jobtally::test::read_reports(text);
    for (const auto& report : read.reports) result.ids += report.id;
    for (const auto& rejection : read.rejections) {
        CHECK_FALSE(rejection.is_json);
        result.bodies.push_back(rejection.body);
    }
    return result;
}

std::string plain(const std::string& id) {
    return R"({"id":")" + id + R"(","status":"SUCCESS","created_at":"2026-01-02T03:04:05Z"})";
}

using Bodies = std::vector<std::string>;

}  // namespace

TEST_CASE("a broken line costs itself alone", "[wire]") {
    for (const std::string broken :
         {R"({"id":"x)", R"({"id":"x",)", R"({"id":)", R"({"id":[)", R"({"id":{)", R"({)",
          "garbage", R"({"id":"x"]})", R"({"id":"x",})", R"({"id":'x'})", "\xff\xfe",
          "{\"id\":\"a\tb\"}", "<html>"}) {
        const auto found =
            outline(plain("a") + "\n" + broken + "\n" + plain("b") + "\n" + plain("c"));
        CAPTURE(broken);
        CHECK(found.ids == "abc");
        CHECK(found.bodies == Bodies{broken});
    }
}

TEST_CASE("garbage lines are one rejection up to the next report", "[wire]") {
    const auto found = outline("one\ntwo three\n[x\n" + plain("a") + "\nfour");
    CHECK(found.ids == "a");
    CHECK(found.bodies == Bodies{"one\ntwo three\n[x", "four"});
}

TEST_CASE("a broken pretty-printed report does not break its neighbours", "[wire]") {
    const std::string broken = "{\n  \"id\": x,\n  \"definition\":\n  {\n  }\n}";
    const auto found = outline(broken + "\n" + plain("a") + "\n" + broken + "\n" + plain("b"));
    CHECK(found.ids == "ab");
    CHECK(found.bodies == Bodies{broken, broken});
}

TEST_CASE("within an array what follows is read, and its marks are passed over", "[wire]") {
    const auto found = outline("[\n  " + plain("a") + ",\n  {\"id\": },\n  " + plain("b") +
                               ",\n  " + plain("c") + "\n]\n" + plain("d"));
    CHECK(found.ids == "abcd");
    CHECK(found.bodies == Bodies{"{\"id\": },"});
}

TEST_CASE("within a list what follows is read, its last members too", "[wire]") {
    const auto found = outline("{\"total\": 2, \"items\": [\n" + plain("a") + ",\n{\"id\": },\n" +
                               plain("b") + "\n],\n\"x\": {\"id\": 1}}\n" + plain("c"));
    CHECK(found.ids == "abc");
    CHECK(found.bodies == Bodies{"{\"id\": },", "\"x\"{\"id\": 1}"});
}

TEST_CASE("marks out of place between values are told once and cost no report", "[wire]") {
    auto found = outline(plain("a") + ",\n" + plain("b") + ",\n" + plain("c") + ",");
    CHECK(found.ids == "abc");
    CHECK(found.bodies == Bodies{","});
    found = outline("[" + plain("a") + " " + plain("b") + "," + plain("c") + "]");
    CHECK(found.ids == "abc");
    CHECK(found.bodies == Bodies{""});
    found = outline("[" + plain("a") + ",]" + plain("b"));
    CHECK(found.ids == "ab");
    CHECK(found.bodies == Bodies{"]"});
    found = outline(plain("a") + "}" + plain("b"));
    CHECK(found.ids == "ab");
    CHECK(found.bodies == Bodies{"}"});
}

TEST_CASE("what is cut off at the end is rejected", "[wire]") {
    CHECK(outline(plain("a") + "\n{\"id\":\"b\"").bodies == Bodies{"{\"id\":\"b\""});
    CHECK(outline("[" + plain("a")).bodies == Bodies{"["});
    CHECK(outline("[" + plain("a") + ",").bodies == Bodies{"["});
    CHECK(outline(R"({"items":[)" + plain("a") + "]").bodies == Bodies{R"({"items":[)"});
    CHECK(outline("{\"a\":[\n" + plain("a")).ids == "a");
    CHECK(outline("[" + plain("a") + "\n").ids == "a");
}

TEST_CASE("reasons say what is wrong and where", "[wire]") {
    const auto reason = [](const std::string& text) {
        return jobtally::test::read_reports(text).rejections.at(0).reason;
    };
    CHECK(reason("\n {\"id\" 1}") == "not JSON: unexpected character \"1\" at line 2, column 8");
    CHECK(reason("{\"id\":\"a\n") == "not JSON: unexpected character \"\\n\" at line 1, column 9");
    CHECK(reason("{\"id\":nulx}") == "not JSON: unexpected character \"n\" at line 1, column 7");
    CHECK(reason("\xff") == "not JSON: unexpected character \"\\xff\" at line 1, column 1");
    CHECK(reason("{\"id\":") == "not JSON: the input ends within a value at line 1, column 7");
    CHECK(reason("[1") == "[0]: expected an object, got a number");
    CHECK(reason("[") == "not JSON: the input ends within an array");
    CHECK(reason(std::string(200, '[')) ==
          "not JSON: nested deeper than 128 levels at line 1, column 130");
}

TEST_CASE("limits: depth, length, kept body", "[wire]") {
    jobtally::wire::Limits limits;
    limits.depth = 3;
    const std::string head = plain("a").substr(0, plain("a").size() - 1);
    CHECK(jobtally::test::read_reports(head + ",\"x\":[[1]]}", limits).reports.size() == 1);
    const auto deep =
        jobtally::test::read_reports("[" + head + ",\"x\":[[[1]]]}," + plain("b") + "]", limits);
    CHECK(deep.reports.size() == 1);
    REQUIRE(deep.rejections.size() == 1);
    CHECK(deep.rejections[0].reason == "[0].x: nested deeper than 3 levels");
    CHECK(deep.rejections[0].is_json);

    limits.report_bytes = plain("a").size();
    limits.kept_body = 10;
    const auto sized =
        jobtally::test::read_reports("[" + plain("a") + "," + plain("bb") + "]", limits);
    CHECK(sized.reports.size() == 1);
    REQUIRE(sized.rejections.size() == 1);
    CHECK(sized.rejections[0].reason == "[1]: longer than 65 bytes");
    CHECK(sized.rejections[0].body == plain("bb").substr(0, 10));
    CHECK(sized.rejections[0].is_json);
}

TEST_CASE("an oversized report is passed over to its end, in pieces", "[wire]") {
    const std::string head = plain("big").substr(0, plain("big").size() - 1);
    jobtally::wire::ReportReader reader;
    jobtally::test::Read read;
    const auto feed = [&](std::string_view bytes) {
        reader.feed(bytes);
        jobtally::test::drain(reader, read);
    };
    feed(head + ",\"x\":[\"");
    const std::string filler(1 << 16, 'x');
    for (int i = 0; i < 100; ++i) feed(filler);
    feed("\"]}\n" + plain("b"));
    reader.finish();
    jobtally::test::drain(reader, read);
    REQUIRE(read.reports.size() == 1);
    CHECK(read.reports[0].id == "b");
    REQUIRE(read.rejections.size() == 1);
    CHECK(read.rejections[0].reason == "longer than 1,048,576 bytes");
    CHECK(read.rejections[0].body.size() == 65536);
}

TEST_CASE("broken lines cost linear time", "[wire][time]") {
    for (const std::string broken :
         {"{\"id\":\"x\n", "{\"id\":[\n", "{\"a\":1\n", "x\n", "{\n", "[{\n"}) {
        std::string text;
        constexpr int lines = 50'000;
        for (int i = 0; i < lines; ++i) text += broken;
        std::vector<std::size_t> cuts;
        for (std::size_t cut = 4096; cut < text.size(); cut += 4096) cuts.push_back(cut);
        const double start = jobtally::test::processor_time();
        const auto read = jobtally::test::read_pieces(text, cuts);
        const double spent = jobtally::test::processor_time() - start;
        CAPTURE(broken);
        CHECK(read.reports.empty());
        CHECK_FALSE(read.rejections.empty());
        CHECK(spent < jobtally::test::linear_at_most);
    }
}

TEST_CASE("a long report that comes byte by byte costs linear time", "[wire][time]") {
    const auto time_for = [](std::size_t bytes) {
        std::string text = plain("a");
        text.insert(text.size() - 1, ",\"x\":\"" + std::string(bytes, 'x') + "\"");
        std::vector<std::size_t> cuts(text.size() - 1);
        std::iota(cuts.begin(), cuts.end(), 1);
        const double start = jobtally::test::processor_time();
        const auto read = jobtally::test::read_pieces(text, cuts);
        REQUIRE(read.reports.size() == 1);
        CHECK(read.reports[0].unknown_members.size() == bytes + 8);
        return jobtally::test::processor_time() - start;
    };
    CHECK(time_for(600'000) < 3 * time_for(300'000));  // four times, if it were quadratic
}
