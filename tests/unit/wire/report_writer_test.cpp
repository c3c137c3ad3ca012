// What is written, to the letter, and that it is read back.
#include "core/wire/report_writer.hpp"

#include "core/base/json_text.hpp"
#include "core/time/rfc3339.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/read_reports.hpp"

#include <random>

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

namespace {

std::string random_text(std::mt19937& random) {
    const char32_t tops[] = {0x20, 0x7f, 0x7ff, 0xd7ff, 0x10ffff};
    std::string text;
    for (auto length = random() % 12; length > 0; --length) {
        const char32_t code = random() % (tops[random() % 5] + 1);
        if (code < 0x80) {
            text += static_cast<char>(code);
        } else if (code < 0x800) {
            text += static_cast<char>(0xc0 | code >> 6);
            text += static_cast<char>(0x80 | (code & 0x3f));
        } else if (code < 0x10000 && (code < 0xd800 || code > 0xdfff)) {
            text += static_cast<char>(0xe0 | code >> 12);
            text += static_cast<char>(0x80 | (code >> 6 & 0x3f));
            text += static_cast<char>(0x80 | (code & 0x3f));
        }
    }
    return text;
}

std::string random_value(std::mt19937& random, int depth) {
    std::string out;
    switch (random() % (depth > 4 ? 4 : 6)) {
        case 0:
            return "null";
        case 1:
            return random() % 2 ? "true" : "-0.50e+7";
        case 2:
            return std::to_string(random());
        case 3:
            jobtally::append_json_string(out, random_text(random));
            return out;
        case 4:
            for (auto i = random() % 4; i > 0; --i)
                out += (out.empty() ? "" : ",") + random_value(random, depth + 1);
            return "[" + out + "]";
        default:
            for (auto i = random() % 4; i > 0; --i) {
                if (!out.empty()) out += ',';
                jobtally::append_json_string(out, random_text(random));
                out += ":" + random_value(random, depth + 1);
            }
            return "{" + out + "}";
    }
}

jobtally::model::JobReport random_report(std::mt19937& random) {
    const auto sometimes = [&](auto make) -> std::optional<decltype(make())> {
        if (random() % 3 == 0) return std::nullopt;
        return make();
    };
    const auto text = [&] { return random_text(random); };
    const auto count = [&] {
        return static_cast<std::int64_t>((std::uint64_t{random()} << 32 | random()) >>
                                         (1 + random() % 63));
    };
    const auto instant = [&] {
        const auto span = (jobtally::time::end_of_time - jobtally::time::earliest).count();
        const auto at =
            (std::uint64_t{random()} << 32 | random()) % static_cast<std::uint64_t>(span);
        return jobtally::time::earliest + jobtally::time::Duration{static_cast<std::int64_t>(at)};
    };
    jobtally::model::JobReport report;
    report.id = "i" + text();
    report.status = "s" + text();
    report.created_at = instant();
    report.updated_at = sometimes(instant);
    report.type = sometimes(text);
    report.total_operations = sometimes(count);
    report.total_succeeded = sometimes(count);
    report.total_failed = sometimes(count);
    report.definition_id = sometimes(text);
    report.definition_name = sometimes(text);
    for (auto i = random() % 4; i > 0; --i) {
        report.unknown_members += report.unknown_members.empty() ? "{" : ",";
        jobtally::append_json_string(report.unknown_members, "_" + text());
        report.unknown_members += ":" + random_value(random, 0);
    }
    if (!report.unknown_members.empty()) report.unknown_members += "}";
    return report;
}

}  // namespace

TEST_CASE("what is written is read back as it was", "[wire]") {
    std::mt19937 random(20201121);
    std::vector<jobtally::model::JobReport> reports;
    std::string lines;
    for (int i = 0; i < 3000; ++i) {
        reports.push_back(random_report(random));
        const auto begin = lines.size();
        jobtally::wire::append_report(lines, reports.back());
        REQUIRE(lines.find('\n', begin) == std::string::npos);
        lines += '\n';
    }
    const auto read = jobtally::test::read_reports(lines);
    CHECK(read.rejections.empty());
    REQUIRE(read.reports.size() == reports.size());
    for (std::size_t i = 0; i < reports.size(); ++i) REQUIRE(read.reports[i] == reports[i]);
}
