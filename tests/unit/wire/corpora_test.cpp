// Public torture sets: JSONTestSuite, utf8tests and the big list of naughty strings. Skipped where
// they are absent.
#include "core/base/json_text.hpp"
#include "core/wire/report_reader.hpp"
#include "core/wire/report_writer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/read_reports.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <set>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace {

std::filesystem::path corpora() {
    if (const char* set = std::getenv("JOBTALLY_CORPORA")) return set;
    return std::filesystem::path(JOBTALLY_SOURCE_DIR) / "../shared/corpora";
}

// The path, or empty (and a word on stdout) where it is absent.
std::filesystem::path corpus(const char* name) {
    const auto path = corpora() / name;
    if (std::filesystem::exists(path)) return path;
    std::cout << "skipped: no " << name << " in JOBTALLY_CORPORA\n";
    return {};
}

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool is_refused_as_json(const std::string& text) {
    const auto rejections = jobtally::test::read_reports(text).rejections;
    return std::any_of(rejections.begin(), rejections.end(),
                       [](const auto& rejection) { return !rejection.is_json; });
}

// No JSON text each, but fine as a stream: nothing at all, or several values in a row.
const std::set<std::string> fine_as_stream{
    "n_single_space.json",                            // nothing but a blank
    "n_structure_no_data.json",                       // nothing
    "n_structure_UTF8_BOM_no_data.json",              // nothing but a byte order mark
    "n_structure_double_array.json",                  // [][]
    "n_structure_object_with_trailing_garbage.json",  // {"a": true} "x"
};

// Either is allowed; these are refused as no JSON, all others are taken as JSON. What is not UTF-8
// within a text is a problem of that member, not of the syntax.
const std::set<std::string> refused_either{
    "i_number_huge_exp.json",  // an exponent beyond 2^31
    // escapes of lone surrogates stand for no character
    "i_object_key_lone_2nd_surrogate.json", "i_string_1st_surrogate_but_2nd_missing.json",
    "i_string_1st_valid_surrogate_2nd_invalid.json",
    "i_string_incomplete_surrogate_and_escape_valid.json",
    "i_string_incomplete_surrogate_pair.json", "i_string_incomplete_surrogates_escape_valid.json",
    "i_string_invalid_lonely_surrogate.json", "i_string_invalid_surrogate.json",
    "i_string_inverted_surrogates_U+1D11E.json", "i_string_lone_second_surrogate.json",
    // other encodings
    "i_string_utf16BE_no_BOM.json", "i_string_utf16LE_no_BOM.json",
    "i_structure_500_nested_arrays.json",  // deeper than the limit
};

std::string escaped_bytes(const std::string& hex) {
    std::string bytes;
    std::string digits;
    for (const char digit : hex)
        if (digit != ' ') digits += digit;
    for (std::size_t at = 0; at + 1 < digits.size(); at += 2)
        bytes += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
    return bytes;
}

// What JSON demands is escaped; bytes that are not UTF-8 stay.
std::string in_json(const std::string& bytes) {
    std::string out;
    for (const char byte : bytes) {
        const auto code = static_cast<unsigned char>(byte);
        const bool escaped = code < 0x20 || byte == '"' || byte == '\\';
        out += escaped ? fmt::format("\\u{:04x}", code) : std::string(1, byte);
    }
    return out;
}

std::string named(const std::string& name_in_json) {
    return R"({"id":"a","status":"S","created_at":"2026-01-02T03:04:05Z","definition_name":")" +
           name_in_json + "\"}";
}

}  // namespace

TEST_CASE("JSONTestSuite: strict about JSON", "[wire]") {
    const auto folder = corpus("JSONTestSuite/test_parsing");
    if (folder.empty()) return;
    int accepted = 0, refused = 0, streams = 0, either_refused = 0, either_taken = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        const bool is_refused = is_refused_as_json(content_of(entry.path()));
        CAPTURE(name);
        if (name[0] == 'y') {
            CHECK_FALSE(is_refused);
            ++accepted;
        } else if (name[0] == 'n') {
            CHECK(is_refused == !fine_as_stream.contains(name));
            ++(fine_as_stream.contains(name) ? streams : refused);
        } else {
            CHECK(is_refused == refused_either.contains(name));
            ++(is_refused ? either_refused : either_taken);
        }
    }
    std::cout << "JSONTestSuite: y " << accepted << " accepted; n " << refused << " refused, "
              << streams << " fine as a stream; i " << either_refused << " refused, "
              << either_taken << " taken\n";
    CHECK(accepted + refused + streams + either_refused + either_taken == 318);
}

TEST_CASE("JSONTestSuite: every cut point gives the same", "[wire]") {
    const auto folder = corpus("JSONTestSuite/test_parsing");
    if (folder.empty()) return;
    const auto outline = [](const jobtally::test::Read& read) {
        std::string result = std::to_string(read.reports.size());
        for (const auto& rejection : read.rejections)
            result += "\n" + rejection.reason + "<" + rejection.body + ">";
        return result;
    };
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string text = content_of(entry.path());
        if (text.size() > 300) continue;
        const std::string whole = outline(jobtally::test::read_reports(text));
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            CAPTURE(entry.path().filename().string(), cut);
            REQUIRE(outline(jobtally::test::read_pieces(text, {cut})) == whole);
        }
    }
}

TEST_CASE("utf8tests: invalid UTF-8 in a name is rejected, valid kept to the letter", "[wire]") {
    const auto path = corpus("utf8tests/utf8tests.txt");
    if (path.empty()) return;
    // Lines: `1.0: valid: text`, `1.1: valid hex: E2 82 AC`, `9.0: invalid hex: FF: ...`.
    int valid = 0, invalid = 0;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        const auto first = line.find(':'), second = line.find(':', first + 1);
        const std::string kind = line.substr(first + 1, second - first - 1);
        const std::string rest = line.substr(second + 1, line.find(':', second + 1) - second - 1);
        const bool is_hex = kind.find("hex") != std::string::npos;
        const std::string bytes =
            is_hex ? escaped_bytes(rest) : rest.substr(rest.find_first_not_of(' '));
        const auto read = jobtally::test::read_reports(named(in_json(bytes)));
        CAPTURE(line);
        if (kind.find("invalid") != std::string::npos) {
            ++invalid;
            REQUIRE(read.rejections.size() == 1);
            CHECK_THAT(read.rejections[0].reason,
                       Catch::Matchers::StartsWith("definition_name: not UTF-8"));
        } else {
            ++valid;
            REQUIRE(read.reports.size() == 1);
            CHECK(read.reports[0].definition_name == bytes);
        }
    }
    std::cout << "utf8tests: " << valid << " valid kept, " << invalid << " invalid rejected\n";
    CHECK(valid + invalid > 200);
}

TEST_CASE("naughty strings come back to the letter", "[wire]") {
    const auto path = corpus("blns/blns.json");
    if (path.empty()) return;
    const auto strings = boost::json::parse(content_of(path)).as_array();
    for (const auto& value : strings) {
        const std::string text(value.as_string().data(), value.as_string().size());
        jobtally::model::JobReport report;
        report.id = "x" + text;
        report.status = "s" + text;
        report.type = report.definition_id = report.definition_name = text;
        report.unknown_members = "{";
        jobtally::append_json_string(report.unknown_members, "u" + text);
        report.unknown_members += ":";
        jobtally::append_json_string(report.unknown_members, text);
        report.unknown_members += "}";
        std::string written;
        jobtally::wire::append_report(written, report);
        const auto read = jobtally::test::read_reports(written);
        CAPTURE(written);
        REQUIRE(read.reports.size() == 1);
        CHECK(read.reports[0] == report);
    }
    std::cout << "blns: " << strings.size() << " strings came back\n";
}
