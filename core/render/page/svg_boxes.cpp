// How long runs take: a box plot a definition on one logarithmic axis.
#include "core/render/page/html_text.hpp"
#include "core/render/page/svg_charts.hpp"
#include "core/time/human.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::render {
namespace {

constexpr double margin = 22;  // room for the labels at both ends
constexpr double tall = 26;
constexpr double middle = tall / 2;

std::string open_svg(double high, std::string_view more) {
    return fmt::format(R"(<svg class="box" width="{0}" height="{1}" viewBox="0 0 {0} {1}" {2}>)",
                       box_width + 2 * margin, high, more);
}

std::string tick_line(double x, double high) {
    return fmt::format(R"(<line class="grid" x1="{0}" y1="0" x2="{0}" y2="{1}"/>)", coordinate(x),
                       coordinate(high));
}

}  // namespace

std::string svg_length_axis(const LengthAxis& axis) {
    std::string out = open_svg(18, R"(aria-hidden="true")");
    for (const auto& tick : axis.ticks()) {
        out += fmt::format(R"(<text class="tick middle" x="{}" y="12">{}</text>)",
                           coordinate(margin + axis.place(tick.at)), tick.label);
    }
    return out + "</svg>";
}

std::string box_text(const table::DurationBox& box) {
    using time::human_length;
    if (box.count == 1) return "1 run: " + human_length(box.p50);
    return fmt::format("{} runs: median {}; half of them {} to {}; 90 % {} to {}; longest {}",
                       box.count, human_length(box.p50), human_length(box.p25),
                       human_length(box.p75), human_length(box.p5), human_length(box.p95),
                       human_length(box.max));
}

std::string svg_box(const LengthAxis& axis, const table::DurationBox& box) {
    const auto x = [&](time::Duration length) { return margin + axis.place(length); };
    std::string out = open_svg(tall, fmt::format(R"(role="img" aria-label="{}: {}")",
                                                 html_text(box.label), box_text(box)));
    for (const auto& tick : axis.ticks()) out += tick_line(x(tick.at), tall);
    out += fmt::format("\n<g class=\"mark\"><title>{}: {}</title>", html_text(box.label),
                       box_text(box));
    out += fmt::format(R"(<rect class="hit" x="0" y="0" width="{}" height="{}"/>)",
                       box_width + 2 * margin, tall);
    out += fmt::format(R"(<path class="whisker" d="M{0} 8v10M{0} {2}H{1}M{1} 8v10"/>)",
                       coordinate(x(box.p5)), coordinate(x(box.p95)), middle);
    const double from = x(box.p25);
    const double wide = std::max(3.0, x(box.p75) - from);
    out += fmt::format(R"(<rect class="half" x="{}" y="6" width="{}" height="14" rx="2"/>)",
                       coordinate(from), coordinate(wide));
    out += fmt::format(R"(<path class="median" d="M{} 4v18"/>)",
                       coordinate(std::clamp(x(box.p50), from, from + wide)));
    out += fmt::format(R"(<circle class="longest" cx="{}" cy="{}" r="2.5"/></g>)",
                       coordinate(x(box.max)), middle);
    return out + "</svg>";
}

}  // namespace jobtally::render
