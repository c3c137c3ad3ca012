// The big list of naughty strings through every format: nothing raw, nothing broken, all of it
// back.
#include "core/base/text.hpp"
#include "core/render/text/renderer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/read_back.hpp"
#include "tests/unit/render/sample.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include <boost/json/parse.hpp>

namespace {

using namespace jobtally::test;

// Empty where the corpora are not there.
std::vector<std::string> naughty_strings() {
    const char* root = std::getenv("JOBTALLY_CORPORA");
    const std::string path =
        (root != nullptr ? std::string{root}
                         : std::string{JOBTALLY_SOURCE_DIR "/../shared/corpora"}) +
        "/blns/blns.json";
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::cout << "skipped: no naughty strings at " << path << "\n";
        return {};
    }
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    std::vector<std::string> out;
    const boost::json::value list = boost::json::parse(bytes);
    for (const auto& value : list.as_array()) {
        out.emplace_back(value.as_string().c_str(), value.as_string().size());
    }
    // What that list lacks: all the low controls, and bytes of C1.
    for (char letter = 0; letter < 0x20; ++letter) out.push_back(std::string{"a"} + letter + "b");
    for (const char* more :
         {"\u009b31m", "\u0085", "\\n", "\\", "'=1", "a\\tb\tc", "\"", ",", "|"}) {
        out.emplace_back(more);
    }
    return out;
}

}  // namespace

TEST_CASE("naughty strings through json and ndjson come back to the byte", "[render]") {
    const auto texts = naughty_strings();
    if (texts.empty()) return;
    const auto table = sample::named(texts);
    const std::string ndjson = render(table, jobtally::render::Format::ndjson, {});
    const std::string json = render(table, jobtally::render::Format::json, {});
    const auto lines = lines_of(ndjson);
    const auto rows = boost::json::parse(json).at("groups").as_array();
    REQUIRE(lines.size() == texts.size());
    REQUIRE(rows.size() == texts.size());
    for (std::size_t at = 0; at < texts.size(); ++at) {
        CHECK_FALSE(acts_on_a_terminal(lines[at], ""));
        CHECK(boost::json::parse(lines[at]).at("definition_name").as_string() == texts[at]);
        CHECK(rows[at].at("definition_name").as_string() == texts[at]);
    }
    CHECK_FALSE(acts_on_a_terminal(json, "\n"));
}

TEST_CASE("naughty strings through csv and tsv break no column", "[render]") {
    const auto texts = naughty_strings();
    if (texts.empty()) return;
    jobtally::render::Style style;
    style.header = false;
    const auto csv = lines_of(render(sample::named(texts), jobtally::render::Format::csv, style));
    const auto tsv = lines_of(render(sample::named(texts), jobtally::render::Format::tsv, style));
    REQUIRE(csv.size() == texts.size());
    REQUIRE(tsv.size() == texts.size());
    for (std::size_t at = 0; at < texts.size(); ++at) {
        CHECK_FALSE(acts_on_a_terminal(csv[at], ""));
        CHECK_FALSE(acts_on_a_terminal(tsv[at], "\t"));
        const auto fields = csv_fields(csv[at]);
        REQUIRE(fields.size() == 2);
        CHECK(fields[0] == guarded(texts[at], jobtally::visible(texts[at])));
        const std::size_t tab = tsv[at].find('\t');
        CHECK(tsv[at].substr(tab) == "\t7");
        CHECK(tsv_turned_back(tsv[at].substr(0, tab)) == texts[at]);
    }
}

TEST_CASE("naughty strings through table and markdown break no column", "[render]") {
    const auto texts = naughty_strings();
    if (texts.empty()) return;
    for (const std::size_t max_width : {0, 40}) {
        jobtally::render::Style style;
        style.header = false;
        style.max_width = max_width;
        const auto table =
            lines_of(render(sample::named(texts), jobtally::render::Format::table, style));
        REQUIRE(table.size() == texts.size());
        for (const std::string& line : table) {
            CHECK_FALSE(acts_on_a_terminal(line, ""));
            CHECK(line.substr(line.size() - 3) == "  7");
            CHECK(jobtally::display_width(line) == jobtally::display_width(table.front()));
            if (max_width > 0) CHECK(jobtally::display_width(line) <= max_width);
        }
    }
    const auto markdown =
        lines_of(render(sample::named(texts), jobtally::render::Format::markdown, {}));
    REQUIRE(markdown.size() == texts.size() + 2);
    for (const std::string& line : markdown) {
        CHECK_FALSE(acts_on_a_terminal(line, ""));
        std::size_t bars = 0;
        for (std::size_t at = 0; at < line.size(); ++at) {
            if (line[at] == '\\') {
                ++at;
            } else if (line[at] == '|') {
                ++bars;
            }
        }
        CHECK(bars == 3);
    }
}

TEST_CASE("naughty strings through html are text and nothing else", "[render]") {
    const auto texts = naughty_strings();
    if (texts.empty()) return;
    auto table = sample::named(texts);
    const auto bare = render(sample::named({"x"}), jobtally::render::Format::html, {});
    const std::string page = render(table, jobtally::render::Format::html, {});
    CHECK_FALSE(acts_on_a_terminal(page, "\n"));
    const auto tags = [](const std::string& text) {
        return std::count(text.begin(), text.end(), '<');
    };
    // A row has a heading, its isolated text, a cell and their ends: 8 tags, whatever the text
    // says.
    CHECK(tags(page) - tags(bare) == static_cast<std::ptrdiff_t>(8 * (texts.size() - 1)));
    const auto quotes = [](const std::string& text) {
        return std::count(text.begin(), text.end(), '"');
    };
    std::ptrdiff_t expected = 0;
    for (const auto& text : texts) {
        expected += jobtally::display_width(jobtally::visible(text)) > 40 ? 10 : 8;
    }
    CHECK(quotes(page) - quotes(bare) == expected - 8);
}
