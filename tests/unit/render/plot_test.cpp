// Bars as text, to the letter.
#include "core/render/text/renderer.hpp"
#include "tests/support/catch.hpp"

namespace plot_test {

using namespace jobtally;
using Tone = table::PlotPart::Tone;

render::Style style(std::size_t width, bool ascii = false) {
    render::Style style;
    style.max_width = width;
    style.ascii = ascii;
    return style;
}

table::Plots outcomes() {
    table::Plot plot{"",
                     {{"ok", Tone::good}, {"partial", Tone::doubtful}, {"failed", Tone::bad}},
                     {{"runs", "runs"}},
                     {}};
    plot.bars = {{"Mon", {20, 0, 0}, {std::int64_t{20}}, {}},
                 {"Tue", {5, 4, 1}, {std::int64_t{10}}, {}},
                 {"Wed", {0, 0, 0}, {std::int64_t{0}}, {}}};
    return {std::nullopt, {plot}};
}

TEST_CASE("the longest bar fills the line, the others are to scale", "[render]") {
    // 35 columns: 3 of the label, 4 of the figures, 2 + 2 of gaps leave 24. The names of the parts
    // are wider.
    CHECK(render::render_plots(outcomes(), style(35)) ==
          "█ ok  ▒ partial  ░ failed\n"
          "                               runs\n"
          "Mon  ████████████████████████    20\n"
          "Tue  ██████▒▒▒▒▒░                10\n"
          "Wed                               0\n");
}

TEST_CASE("without UTF-8 bars are ASCII", "[render]") {
    auto plots = outcomes();
    plots.plots[0].bars.resize(2);
    const auto text = render::render_plots(plots, style(35, true));
    CHECK(text.find("Tue  ######+++++x") != std::string::npos);
}

TEST_CASE("a part that is there at all can be seen", "[render]") {
    auto plots = outcomes();
    plots.plots[0].bars[0].lengths = {10'000, 1, 1};
    const auto text = render::render_plots(plots, style(35));
    CHECK(text.find("▒░") != std::string::npos);
}

TEST_CASE("a bar of one part ends in an eighth", "[render]") {
    const table::Plot plot{
        "Nightly\x1b[31m",
        {{"runs", Tone::plain}},
        {},
        {{"a", {80}, {}, "median 2 s"}, {"b", {41}, {}, {}}, {"c", {0.0001}, {}, {}}}};
    CHECK(render::render_plots({std::nullopt, {plot}}, style(15)) ==
          "Nightly\\u{1b}[31m\n"
          "   runs\n"
          "a  ██████████  median 2 s\n"
          "b  █████▏\n"
          "c  ▏\n");
}

TEST_CASE("no bars are said in words", "[render]") {
    CHECK(render::render_plots({}, style(80)) == "no reports\n");
}

}  // namespace plot_test
