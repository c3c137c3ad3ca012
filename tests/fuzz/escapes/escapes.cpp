// Whatever a name holds, no format lets it act, break its line or its column, and those that
// promise it give it back to the byte.
#include "core/base/glob.hpp"
#include "core/base/json_text.hpp"
#include "core/base/text.hpp"
#include "core/listen/watch/access_log.hpp"
#include "core/render/text/plugin_output.hpp"
#include "core/render/text/renderer.hpp"
#include "tests/fuzz/demand.hpp"
#include "tests/support/read_back.hpp"
#include "tests/unit/render/sample.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>

namespace {

using namespace jobtally;
using namespace jobtally::test;
using fuzz::demand;
using render::Format;

void try_visible(const std::string& text, std::size_t width) {
    const std::string shown = visible(text);
    demand(!acts_on_a_terminal(shown, "") && is_utf8(shown), "visible text that acts");
    demand(visible(shown) == shown, "visible text that is not visible");
    demand(is_unseen('\n') && (text.empty() || is_utf8(text) || shown != text),
           "broken text shown as it is");
    const std::string cut = shorten(shown, width);
    demand(display_width(cut) <= width, "a text that is too wide");
    demand(display_width(shown) > width || cut == shown, "a text cut for nothing");
}

void try_glob(std::string_view text) {
    std::string quoted;
    std::string any;
    for (std::string_view rest = text; !rest.empty();) {
        const auto size = front_of(rest).size;
        quoted += '\\';
        quoted += rest.substr(0, size);
        any += '?';
        rest.remove_prefix(size);
    }
    demand(glob_match(quoted, text), "a text that does not match itself");
    demand(!is_glob(quoted), "a quoted pattern that counts as one");
    demand(glob_match(any, text) && glob_match("*", text), "a text that does not match ? or *");
    demand(!glob_match(any + "?", text), "a text that matches a longer pattern");
    demand(glob_match(text, text) || is_glob(text) || text.find('\\') != text.npos,
           "a plain pattern that does not match itself");
}

std::string json_name(std::string_view line) {
    const auto value = boost::json::parse(boost::json::string_view(line.data(), line.size()));
    const auto& name = value.at("definition_name").as_string();
    return {name.data(), name.size()};
}

void try_json(const table::ResultTable& table, const std::string& text) {
    const std::string json = render::render(table, Format::json, {});
    demand(!acts_on_a_terminal(json, "\n"), "json that acts");
    const auto lines = lines_of(render::render(table, Format::ndjson, {}));
    demand(lines.size() == 1 && !acts_on_a_terminal(lines[0], ""), "ndjson that acts");
    const std::string back = json_name(lines[0]);
    demand(is_utf8(back) && (back == text || !is_utf8(text)), "another text from ndjson");
    const auto rows = boost::json::parse(json).at("groups").as_array();
    demand(rows.size() == 1 && rows[0].at("definition_name").as_string() == back,
           "another text from json");
}

void try_separated(const table::ResultTable& table, const std::string& text) {
    render::Style style;
    style.header = false;
    const auto csv = lines_of(render::render(table, Format::csv, style));
    demand(csv.size() == 1 && !acts_on_a_terminal(csv[0], ""), "csv that acts");
    const auto fields = csv_fields(csv[0]);
    demand(fields.size() == 2 && fields[0] == guarded(text, visible(text)) && fields[1] == "7",
           "another text from csv");
    const auto tsv = lines_of(render::render(table, Format::tsv, style));
    demand(tsv.size() == 1 && !acts_on_a_terminal(tsv[0], "\t"), "tsv that acts");
    const auto tab = tsv[0].find('\t');
    demand(tsv[0].substr(tab) == "\t7", "a tsv line of other than two fields");
    demand(tsv_turned_back(tsv[0].substr(0, tab)) == text, "another text from tsv");
}

std::size_t unquoted_bars(std::string_view line) {
    std::size_t bars = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] == '\\') {
            ++at;
        } else if (line[at] == '|') {
            ++bars;
        }
    }
    return bars;
}

void try_for_the_eye(const table::ResultTable& table, std::size_t width) {
    render::Style style;
    style.header = false;
    style.max_width = width;
    const auto lines = lines_of(render::render(table, Format::table, style));
    demand(lines.size() == 1 && !acts_on_a_terminal(lines[0], ""), "a table that acts");
    const auto markdown = lines_of(render::render(table, Format::markdown, style));
    demand(markdown.size() == 1 && !acts_on_a_terminal(markdown[0], ""), "markdown that acts");
    demand(unquoted_bars(markdown[0]) == 3, "markdown of other than two columns");
    demand(markdown[0].find_first_of("<>") == std::string::npos, "markdown with a tag");
}

void try_html(const table::ResultTable& table) {
    static const std::string bare = render::render(sample::named({"x"}), Format::html, {});
    const std::string page = render::render(table, Format::html, {});
    demand(!acts_on_a_terminal(page, "\n"), "html that acts");
    for (const char mark : {'<', '>'}) {
        demand(std::count(page.begin(), page.end(), mark) ==
                   std::count(bare.begin(), bare.end(), mark),
               "html with another tag");
    }
}

void try_probe(const std::string& text) {
    table::Probe probe;
    probe.metric = "failed";
    probe.by_definition = true;
    probe.items.push_back(
        {{std::string("d"), text, std::string("import")}, std::int64_t{1}, "failed"});
    probe.remarks.push_back(text);
    const std::string output = render::render_plugin_output(probe, {}, true);
    for (const auto& line : lines_of(output)) {
        demand(!acts_on_a_terminal(line, ""), "plugin output that acts");
    }
    const auto first = lines_of(output).front();
    demand(first.starts_with("JOBTALLY OK") && std::count(first.begin(), first.end(), '|') <= 1,
           "plugin output with a bar of its own");
    const auto line = render::plugin_line(table::ProbeState::unknown, text);
    demand(lines_of(line).size() == 1 && line.find('|') == line.npos, "a plugin line that breaks");
}

void try_log(const std::string& text) {
    listen::AccessRecord record;
    record.peer = record.method = record.path = record.label = record.problem = text;
    demand(!acts_on_a_terminal(listen::format_access_text(record), ""), "a log line that acts");
    const std::string json = listen::format_access_json(record);
    demand(!acts_on_a_terminal(json, ""), "a log object that acts");
    demand(boost::json::parse(json).at("path").as_string() == visible(text),
           "another text from the log");
}

}  // namespace

// The first byte chooses a width.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    auto input = fuzz::text_of(bytes, size);
    const std::size_t width = fuzz::take_choice(input);
    const std::string text(input);
    try_visible(text, width);
    try_glob(text);
    const auto table = sample::named({text});
    try_json(table, text);
    try_separated(table, text);
    try_for_the_eye(table, width);
    try_html(table);
    try_probe(text);
    try_log(text);
    if (!is_utf8(text)) return 0;
    std::string json;
    append_json_string(json, text);
    demand(boost::json::parse(json).as_string() == text, "another text from a JSON string");
    return 0;
}
