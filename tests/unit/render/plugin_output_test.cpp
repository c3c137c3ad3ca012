// The line that monitoring systems read, to the letter.
#include "core/render/text/plugin_output.hpp"

#include "core/base/error.hpp"
#include "tests/support/catch.hpp"

namespace jobtally::render_tests {

namespace {

using table::Cell;
using table::Probe;
using table::ProbeItem;
using table::ProbeState;
using table::Ratio;

ProbeItem of_definition(const char* id, const char* name, Cell value, std::string phrase,
                        ProbeState state = ProbeState::ok) {
    return {
        {std::string(id), std::string(name), Cell{}}, std::move(value), std::move(phrase), state};
}

Probe single(Cell value, std::string phrase, ProbeState state = ProbeState::ok) {
    Probe probe;
    probe.metric = "metric";
    probe.state = state;
    probe.items = {{{}, std::move(value), std::move(phrase), state}};
    return probe;
}

Probe of_definitions(std::vector<ProbeItem> items) {
    Probe probe;
    probe.metric = "failed";
    probe.by_definition = true;
    probe.state = items.front().state;
    probe.items = std::move(items);
    return probe;
}

std::string line(const Probe& probe, bool all_items = false) {
    return render::render_plugin_output(probe, {}, all_items);
}

std::string perfdata(const Probe& probe) {
    const auto text = line(probe);
    return text.substr(text.find(" | ") + 3);
}

}  // namespace

TEST_CASE("the kind of a value decides its unit", "[render]") {
    auto probe = single(Ratio{55.0 / 56}, "of 56 jobs succeeded");
    probe.when = "in the last 24h";
    probe.warning = "95:";
    probe.critical = "90:";
    CHECK(line(probe) ==
          "JOBTALLY OK - 98.2 % of 56 jobs succeeded in the last 24h | "
          "metric=98.214286%;95:;90:;0;100\n");
    CHECK(line(single(time::Duration{3'600'000'000}, "since the last success",
                      ProbeState::critical)) ==
          "JOBTALLY CRITICAL - 1h 00m since the last success | metric=3600s;;;0\n");
    CHECK(perfdata(single(time::Duration{1'285'000}, "")) == "metric=1.285s;;;0\n");
    CHECK(line(single(std::int64_t{12345}, "of 20,000 jobs failed", ProbeState::warning)) ==
          "JOBTALLY WARNING - 12,345 of 20,000 jobs failed | metric=12345;;;0\n");
    CHECK(line(single({}, "no success among 3 jobs", ProbeState::critical)) ==
          "JOBTALLY CRITICAL - no success among 3 jobs | metric=U;;;0\n");
    CHECK(line(of_definitions({of_definition("i", "A", true, "late", ProbeState::warning)})) ==
          "JOBTALLY WARNING - 1 warning of 1 definition: A (late) | A=1;;;0\n");
    CHECK(perfdata(single(Ratio{0.29}, "")) == "metric=29%;;;0;100\n");
}

TEST_CASE("without a value there is no perfdata", "[render]") {
    Probe probe;
    probe.state = ProbeState::unknown;
    probe.remarks = {"no finished jobs in the last 24h", "no definition matches \"x\""};
    CHECK(line(probe) ==
          "JOBTALLY UNKNOWN - no finished jobs in the last 24h, no definition matches \"x\"\n");
}

TEST_CASE("of definitions the worst few are named", "[render]") {
    std::vector<ProbeItem> items;
    for (const char* name : {"E", "D", "C", "B", "A"}) {
        items.push_back(
            of_definition(name, name, std::int64_t{2}, "of 3 jobs failed",
                          items.size() < 2 ? ProbeState::critical : ProbeState::warning));
    }
    items.push_back(of_definition("z", "Z", std::int64_t{0}, "of 3 jobs failed"));
    CHECK(line(of_definitions(items)) ==
          "JOBTALLY CRITICAL - 2 critical, 3 warning of 6 definitions: E (2 of 3 jobs failed), "
          "D (2 of 3 jobs failed), C (2 of 3 jobs failed) and 2 more | "
          "A=2;;;0 B=2;;;0 C=2;;;0 D=2;;;0 E=2;;;0 Z=0;;;0\n");
    auto all_well = of_definitions({items.back()});
    all_well.when = "in the last 24h";
    CHECK(line(all_well) ==
          "JOBTALLY OK - 1 definition in the last 24h, worst: Z (0 of 3 jobs failed) | Z=0;;;0\n");
    CHECK(line(of_definitions({items[0], items[5]}), true) ==
          "JOBTALLY CRITICAL - 1 critical of 2 definitions: E (2 of 3 jobs failed) | "
          "E=2;;;0 Z=0;;;0\n"
          "CRITICAL - E: 2 of 3 jobs failed\nOK - Z: 0 of 3 jobs failed\n");
}

TEST_CASE("labels are quoted, and told apart by id", "[render]") {
    const auto label = [](const char* name) {
        const auto text =
            perfdata(of_definitions({of_definition("id", name, std::int64_t{1}, "")}));
        return text.substr(0, text.find("=1;"));
    };
    CHECK(label("plain") == "plain");
    CHECK(label("CRM contacts import") == "'CRM contacts import'");
    CHECK(label("it's") == "'it''s'");
    CHECK(label("a=b|c::d") == "a_b_c:_d");
    CHECK(label("\n\x1b[31m") == "\\n\\u{1b}[31m");
    CHECK(label("") == "id");
    CHECK(label("日本") == "日本");
    CHECK(perfdata(of_definitions({of_definition("2", "same", std::int64_t{2}, ""),
                                   of_definition("1", "same", std::int64_t{1}, ""),
                                   of_definition("3", "other", std::int64_t{3}, "")})) ==
          "'same (1)'=1;;;0 'same (2)'=2;;;0 other=3;;;0\n");
    const ProbeItem nobody{{Cell{}, Cell{}, Cell{}}, std::int64_t{4}, "x", ProbeState::ok};
    CHECK(perfdata(of_definitions({nobody})) == "'without definition'=4;;;0\n");
}

TEST_CASE("texts from outside break neither the line nor the perfdata", "[render]") {
    const char* hostile = "x | y=1\r\nOK\t\x1b[2J'\xe2\x80\xae";
    const auto text = line(of_definitions({of_definition("id", hostile, std::int64_t{1},
                                                         "of 1 job failed", ProbeState::critical)}),
                           true);
    CHECK(text ==
          "JOBTALLY CRITICAL - 1 critical of 1 definition: x \\u{7c} "
          "y=1\\r\\nOK\\t\\u{1b}[2J'\\u{202e} (1 of 1 job failed) | "
          "'x _ y_1\\r\\nOK\\t\\u{1b}[2J''\\u{202e}'=1;;;0\n"
          "CRITICAL - x \\u{7c} y=1\\r\\nOK\\t\\u{1b}[2J'\\u{202e}: 1 of 1 job failed\n");
    CHECK(render::plugin_line(ProbeState::unknown, "a|b\nc") == "JOBTALLY UNKNOWN - a\\u{7c}b\\nc");
}

TEST_CASE("a probe is JSON in the units of its thresholds", "[render]") {
    auto probe = of_definitions(
        {of_definition("i", "A \"q\"", Ratio{0.29}, "of 100 jobs succeeded", ProbeState::warning)});
    probe.metric = "job_success_rate";
    probe.warning = "95:";
    const std::string wanted = R"json({
  "window": {"since": null, "until": null, "timezone": "UTC", "at": "created"},
  "state": "WARNING",
  "metric": "job_success_rate",
  "value": 29,
  "warning": "95:",
  "critical": null,
  "message": "1 warning of 1 definition: A \"q\" (29.0 % of 100 jobs succeeded)",
  "groups": [
    {"definition_id": "i", "definition_name": "A \"q\"", "type": null, "state": "WARNING", "value": 29}
  ]
}
)json";
    CHECK(render::render_probe(probe, render::Format::json, {}, false) == wanted);
    CHECK_THROWS_AS(render::render_probe(probe, render::Format::csv, {}, false), UsageError);
}

}  // namespace jobtally::render_tests
