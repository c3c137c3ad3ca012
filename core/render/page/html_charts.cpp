#include "core/render/page/html_charts.hpp"

#include "core/render/page/html_text.hpp"
#include "core/render/page/svg_charts.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace jobtally::render {
namespace {

using table::Cell;
using table::Ends;

// `09:30` where a span begins or ends within a day.
std::string clock_text(const std::optional<time::Instant>& at, const Style& style) {
    if (!at) return {};
    const auto local = style.zone.to_local(*at);
    if (local == std::chrono::floor<std::chrono::days>(local)) return {};
    return " " + format_local(*at, style.zone, false).substr(11);
}

std::string span_text(const table::DaysChart& chart, const Style& style) {
    return fmt::format("{} {}, {}{} to {}{}", chart.days.size(),
                       chart.days.size() == 1 ? "day" : "days", day_text(chart.days.front()),
                       clock_text(chart.span.since, style), day_text(chart.days.back()),
                       clock_text(chart.span.until, style));
}

std::string open_section(std::string_view id, std::string_view title, const std::string& lead) {
    return fmt::format(
        "<section id=\"{0}\" aria-labelledby=\"{0}-h\">\n<h2 id=\"{0}-h\">{1}</h2>\n"
        "<p class=\"lead\">{2}</p>\n",
        id, title, html_text(lead));
}

std::string open_box(std::string_view label, std::string_view more = {}) {
    return fmt::format(
        "<div class=\"scroll chart\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"{}>\n",
        html_text(label), more);
}

std::string number_cell(const Cell& value) {
    return fmt::format(R"(<td class="n" data-value="{}">{}</td>)", html_text(machine_text(value)),
                       html_text(human_text(value, {})));
}

std::string number_heading(std::string_view key, std::string_view title) {
    return fmt::format(R"(<th scope="col" class="n" data-key="{}" data-sort="number">{}</th>)", key,
                       title);
}

std::string text_heading(std::string_view key, std::string_view title) {
    return fmt::format(R"(<th scope="col" data-key="{}" data-sort="text">{}</th>)", key, title);
}

std::string name_cell(std::string_view label, std::string_view id) {
    return fmt::format(
        R"(<th scope="row" class="name" data-value="{0}" title="{0}" data-id="{1}"><bdi>{0}</bdi></th>)",
        html_text(label), html_text(id));
}

std::string iso_day(std::chrono::local_days day) {
    const std::chrono::year_month_day date{day};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

// The chart's figures as a table, newest day first.
std::string days_table(const table::DaysChart& chart) {
    std::string out =
        "<details>\n<summary>The same as a table</summary>\n"
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Figures per day\">\n"
        "<table class=\"sortable\" data-rows=\"days\">\n<caption>Figures per "
        "day</caption>\n<thead>\n<tr>";
    out += text_heading("day", "day") + number_heading("reports", "reports") +
           number_heading("succeeded", "succeeded") + number_heading("partial", "partial") +
           number_heading("failed", "failed") + number_heading("job_success_rate", "success");
    out += "</tr>\n</thead>\n<tbody>\n";
    for (std::size_t at = chart.days.size(); at-- > 0;) {
        const Ends& ends = chart.totals[at];
        const Cell rate = ends.finished() == 0
                              ? Cell{}
                              : Cell{table::Ratio{static_cast<double>(ends.succeeded) /
                                                  static_cast<double>(ends.finished())}};
        out += fmt::format(R"(<tr><th scope="row" data-value="{}">{}</th>)",
                           iso_day(chart.days[at]), day_text(chart.days[at]));
        out += number_cell(ends.reports) + number_cell(ends.succeeded) + number_cell(ends.partial) +
               number_cell(ends.failed) + number_cell(rate) + "</tr>\n";
    }
    return out + "</tbody>\n</table>\n</div>\n</details>\n";
}

std::string more_text(std::int64_t more, std::string_view rest) {
    if (more == 0) return {};
    return fmt::format("<p class=\"more\">and {} more {}{}</p>\n", more,
                       more == 1 ? "definition" : "definitions", rest);
}

std::string legend_entry(DayKind kind, std::string_view text) {
    return fmt::format("<li>{} {}</li>", svg_sign(kind), text);
}

std::string grid_legend() {
    return "<ul class=\"legend\">" + legend_entry(DayKind::clean, "all succeeded") +
           legend_entry(DayKind::partial, "succeeded, but records failed") +
           legend_entry(DayKind::some_failed, "some failed") +
           legend_entry(DayKind::all_failed, "all failed") +
           legend_entry(DayKind::unfinished, "none finished") +
           legend_entry(DayKind::none, "no report") + "</ul>\n";
}

std::string days_legend() {
    std::string out = "<ul class=\"legend\">";
    for (const auto& [kind, text] : {std::pair{"clean", "succeeded"},
                                     std::pair{"partial", "partial: succeeded, but records failed"},
                                     std::pair{"failed", "failed"}}) {
        out += fmt::format(
            "<li><svg class=\"key\" width=\"14\" height=\"14\" aria-hidden=\"true\"><rect "
            "class=\"{}\" width=\"14\" height=\"14\"/></svg> {}</li>",
            kind, text);
    }
    return out +
           "</ul>\n<p>A diamond marks a day with failed jobs; where there is room, their number "
           "stands above the bar.</p>\n";
}

bool any_report(const table::DaysChart& chart) {
    return std::any_of(chart.totals.begin(), chart.totals.end(),
                       [](const Ends& ends) { return ends.reports > 0; });
}

}  // namespace

std::string html_days(const table::DaysChart& chart, const Style& style) {
    std::string out = open_section("per-day", "Success per day", span_text(chart, style));
    if (!any_report(chart)) return out + "<p class=\"none\">no reports</p>\n</section>\n";
    out += "<figure>\n" + open_box("Success per day", " data-from=\"end\"") + svg_days(chart) +
           "</div>\n<figcaption>" + days_legend() + "</figcaption>\n</figure>\n";
    return out + days_table(chart) + "</section>\n";
}

std::string html_grid(const table::DaysChart& chart, const Style& style) {
    std::string out = open_section("grid", "Day by day, definition by definition",
                                   span_text(chart, style) + ", worst first");
    if (chart.definitions.empty()) return out + "<p class=\"none\">no reports</p>\n</section>\n";
    out += "<figure>\n" + svg_signs() + open_box("Days by definition", " data-from=\"end\"");
    out +=
        "<table class=\"sortable strips\" data-rows=\"grid\">\n<caption>How each day ended for "
        "each definition</caption>\n<thead>\n<tr>";
    out += text_heading("definition_name", "definition") + number_heading("reports", "reports") +
           number_heading("partial", "partial") + number_heading("failed", "failed") +
           "<th scope=\"col\" class=\"drawn\">" + svg_day_axis(chart) +
           "<span class=\"unseen\">days</span></th>";
    out += "</tr>\n</thead>\n<tbody>\n";
    for (const auto& definition : chart.definitions) {
        out += "<tr>" + name_cell(definition.label, definition.id) +
               number_cell(definition.all.reports) + number_cell(definition.all.partial) +
               number_cell(definition.all.failed) + "<td class=\"drawn\">" +
               svg_strip(chart, definition) + "</td></tr>\n";
    }
    out += "</tbody>\n</table>\n</div>\n";
    out += more_text(chart.more, chart.more_failed == 0 ? ", none of them with failures"
                                                        : fmt::format(", {} of them with failures",
                                                                      chart.more_failed));
    return out + "<figcaption>" + grid_legend() + "</figcaption>\n</figure>\n</section>\n";
}

std::string html_durations(const table::DurationsChart& chart, const table::DaysChart& days,
                           const Style& style) {
    std::string out =
        open_section("durations", "How long jobs take",
                     span_text(days, style) + ", slowest first, on a logarithmic axis");
    if (chart.boxes.empty()) {
        return out + "<p class=\"none\">no durations known</p>\n</section>\n";
    }
    time::Duration least = chart.boxes.front().min;
    time::Duration most = chart.boxes.front().max;
    for (const auto& box : chart.boxes) {
        least = std::min(least, box.p5);
        most = std::max(most, box.max);
    }
    const LengthAxis axis(least, most, box_width);
    out += "<figure>\n" + open_box("Durations by definition");
    out +=
        "<table class=\"sortable strips\" data-rows=\"durations\">\n<caption>Durations of finished "
        "jobs</caption>\n<thead>\n<tr>";
    out += text_heading("definition_name", "definition") + number_heading("count", "runs") +
           number_heading("p50_seconds", "median") + number_heading("p95_seconds", "p95") +
           number_heading("max_seconds", "longest") + "<th scope=\"col\" class=\"drawn\">" +
           svg_length_axis(axis) + "<span class=\"unseen\">spread</span></th>";
    out += "</tr>\n</thead>\n<tbody>\n";
    for (const auto& box : chart.boxes) {
        out += "<tr>" + name_cell(box.label, box.id) + number_cell(box.count) +
               number_cell(box.p50) + number_cell(box.p95) + number_cell(box.max) +
               "<td class=\"drawn\">" + svg_box(axis, box) + "</td></tr>\n";
    }
    out += "</tbody>\n</table>\n</div>\n" + more_text(chart.more, "");
    return out +
           "<figcaption><p>The box holds the middle half of the runs, the thick line is the "
           "median, "
           "the whiskers reach from the 5th to the 95th percentile, the dot is the longest run. A "
           "duration runs from the creation of a report to its last update and may include time in "
           "a queue.</p></figcaption>\n</figure>\n</section>\n";
}

}  // namespace jobtally::render
