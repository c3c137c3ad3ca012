#include "core/base/numbers.hpp"
#include "core/render/page/chart_parts.hpp"
#include "core/render/page/charts.hpp"
#include "core/render/page/html.hpp"

#include <iterator>

#include <fmt/format.h>

namespace jobtally::render {
namespace {

// Of a sign's symbol; long rows of days squeeze it.
constexpr double sign_width = 20;
constexpr double sign_height = 22;
constexpr std::size_t most_named_days = 10;

struct Sign {
    const char* name;
    const char* meaning;
};
constexpr Sign signs[] = {{"none", "no report"},
                          {"clean", "all succeeded"},
                          {"partial", "succeeded, but records failed"},
                          {"some", "some failed"},
                          {"all", "all failed"},
                          {"open", "none finished"}};

const Sign& sign_of(DayKind kind) {
    return signs[static_cast<std::size_t>(kind)];
}

// Clean days are small and quiet; a day on which all failed fills its cell.
constexpr std::string_view symbols =
    R"(<svg width="0" height="0" class="signs" aria-hidden="true">
<symbol id="s-none" overflow="visible"><circle class="gap" cx="9" cy="11" r="1"/></symbol>
<symbol id="s-clean" overflow="visible"><rect class="sign clean" x="4" y="6.5" width="10" height="9" rx="3"/></symbol>
<symbol id="s-partial" overflow="visible"><rect class="sign partial" x="0.5" y="1.5" width="17" height="19" rx="3"/><text class="letter partial" x="9" y="15.5">p</text></symbol>
<symbol id="s-some" overflow="visible"><rect class="sign some" x="0.5" y="1.5" width="17" height="19" rx="3"/><text class="letter some" x="9" y="15.5">f</text></symbol>
<symbol id="s-all" overflow="visible"><rect class="sign all" x="0" y="1" width="18" height="20" rx="3"/><text class="letter all" x="9" y="15.5">F</text></symbol>
<symbol id="s-open" overflow="visible"><rect class="sign open" x="0.5" y="1.5" width="17" height="19" rx="3"/><text class="letter open" x="9" y="15.5">r</text></symbol>
</svg>
)";

// In pixels.
double day_width(std::size_t days) {
    if (days <= 31) return 20;
    return days <= 62 ? 16 : 7;
}

std::string days_with(const table::DaysChart& chart, const table::DefinitionDays& definition,
                      std::int64_t table::Ends::*count) {
    std::string out;
    std::size_t found = 0;
    for (std::size_t day = 0; day < chart.days.size(); ++day) {
        if (definition.days[day].*count == 0 || ++found > most_named_days) continue;
        out += (out.empty() ? "" : ", ") + short_day_text(chart.days[day]);
    }
    if (found > most_named_days) out += fmt::format(" and {} more", found - most_named_days);
    return out;
}

std::string strip_text(const table::DaysChart& chart, const table::DefinitionDays& definition,
                       const Style& style) {
    std::string out = readable(definition.label, style) + ": " + ends_text(definition.all);
    const auto failed = days_with(chart, definition, &table::Ends::failed);
    const auto partial = days_with(chart, definition, &table::Ends::partial);
    if (!failed.empty()) out += "; failed on " + failed;
    if (!partial.empty()) out += "; partial on " + partial;
    return out;
}

std::string axis(const table::DaysChart& chart) {
    const double step = day_width(chart.days.size());
    std::string out = fmt::format(
        R"(<svg class="strip" width="{0}" height="18" viewBox="0 0 {0} 18" preserveAspectRatio="none" aria-hidden="true">)",
        step * static_cast<double>(chart.days.size()));
    for (const DayTick& tick : day_ticks(chart.days)) {
        out += fmt::format(R"(<text class="tick" x="{}" y="12">{}</text>)",
                           step * static_cast<double>(tick.place), tick.label);
    }
    return out + "</svg><span class=\"unseen\">days</span>";
}

std::string legend() {
    std::string out = "<ul class=\"legend\">";
    for (const auto kind : {DayKind::clean, DayKind::partial, DayKind::some_failed,
                            DayKind::all_failed, DayKind::unfinished, DayKind::none}) {
        const Sign& sign = sign_of(kind);
        out += fmt::format(
            "<li><svg class=\"strip\" width=\"{0}\" height=\"{1}\" aria-hidden=\"true\"><use "
            "href=\"#s-{2}\"/></svg> {3}</li>",
            sign_width, sign_height, sign.name, sign.meaning);
    }
    return out + "</ul>\n";
}

table::ResultTable table_of(const table::DaysChart& chart) {
    table::ResultTable table;
    table.rows_key = "grid";
    table.columns = {{"definition_name", "definition", table::Audience::everyone, true},
                     {"reports", "reports"},
                     {"partial", "partial"},
                     {"failed", "failed"}};
    for (const auto& definition : chart.definitions) {
        const table::Ends& all = definition.all;
        table.rows.push_back({definition.label, all.reports, all.partial, all.failed});
    }
    return table;
}

std::string more_text(const table::DaysChart& chart) {
    if (chart.more == 0) return {};
    const std::string failed = chart.more_failed == 0 ? "none" : count_text(chart.more_failed);
    return fmt::format("<p class=\"more\">and {} more {}, {} of them with failures</p>\n",
                       count_text(chart.more), chart.more == 1 ? "definition" : "definitions",
                       failed);
}

}  // namespace

DayKind kind_of(const table::Ends& ends) {
    if (ends.reports == 0) return DayKind::none;
    if (ends.finished() == 0) return DayKind::unfinished;
    if (ends.succeeded == 0) return DayKind::all_failed;
    if (ends.failed > 0) return DayKind::some_failed;
    return ends.partial > 0 ? DayKind::partial : DayKind::clean;
}

std::string svg_strip(const table::DaysChart& chart, const table::DefinitionDays& definition,
                      const Style& style) {
    const auto days = static_cast<double>(chart.days.size());
    const double step = day_width(chart.days.size());
    std::string out = fmt::format(
        R"(<svg class="strip{}" width="{}" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">)",
        step < 10 ? " narrow" : "", step * days, sign_height, sign_width * days, sign_height,
        html_text(strip_text(chart, definition, style)));
    for (std::size_t day = 0; day < chart.days.size(); ++day) {
        const table::Ends& ends = definition.days[day];
        fmt::format_to(std::back_inserter(out),
                       "\n<use href=\"#s-{}\" x=\"{}\"><title>{}: {}</title></use>",
                       sign_of(kind_of(ends)).name, sign_width * static_cast<double>(day),
                       day_text(chart.days[day]), ends_text(ends));
    }
    return out + "</svg>";
}

std::string html_grid(const table::DaysChart& chart, const Style& style) {
    Drawings strips{axis(chart), {}};
    for (const auto& definition : chart.definitions) {
        strips.cells.push_back(svg_strip(chart, definition, style));
    }
    std::string body = "<p class=\"lead\">" + span_text(chart, style) + ", worst first</p>\n";
    body += std::string(symbols) +
            html_table(table_of(chart), "How each day ended for each definition", style, strips);
    if (!chart.definitions.empty()) body += more_text(chart) + legend();
    return html_section("grid", "Day by day, definition by definition", body);
}

}  // namespace jobtally::render
