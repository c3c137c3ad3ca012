#include "core/base/numbers.hpp"
#include "core/render/page/chart_parts.hpp"
#include "core/render/page/charts.hpp"
#include "core/render/page/html.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::render {
namespace {

using table::Ends;

// In the drawing's own units; a page 960 wide shows them as pixels.
constexpr double width = 960;
constexpr double height = 330;
constexpr double left = 56;
constexpr double right = 14;
struct Panel {
    double top;
    double bottom;
    double tall() const { return bottom - top; }
};
constexpr Panel shares{30, 114};
constexpr Panel counts{160, 300};
constexpr double least_bar = 3;  // so that one failure among thousands is seen

std::string grid_line(double y) {
    return fmt::format("<line class=\"grid\" x1=\"{0}\" y1=\"{2}\" x2=\"{1}\" y2=\"{2}\"/>\n", left,
                       width - right, coordinate(y));
}

std::string label(std::string_view kind, double x, double y, std::string_view text) {
    return fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>\n", kind, coordinate(x),
                       coordinate(y), text);
}

class DaysDrawing {
  public:
    explicit DaysDrawing(const table::DaysChart& chart)
        : m_chart(chart), m_step((width - left - right) / static_cast<double>(chart.days.size())) {
        double least = 1;
        std::int64_t most = 0;
        for (const Ends& ends : chart.totals) {
            if (ends.finished() > 0) least = std::min(least, ends.success());
            most = std::max(most, ends.finished());
        }
        m_floor = share_floor(least);
        m_ticks = count_ticks(most);
    }

    std::string axes() const {
        std::string out = label("panel", left, shares.top - 12, "Jobs that succeeded, per cent");
        for (const double share : {m_floor, (m_floor + 1) / 2, 1.0}) {
            const double y = y_of_share(share);
            out += grid_line(y) + label("y", left - 8, y + 4.5, fmt::format("{:.4g}", share * 100));
        }
        out += label("panel", left, counts.top - 14, "Finished jobs a day");
        for (const std::int64_t count : m_ticks) {
            const double y = counts.bottom - tall(count);
            out += grid_line(y) + label("y", left - 8, y + 4.5, count_text(count));
        }
        for (const DayTick& tick : day_ticks(m_chart.days)) {
            out += label("x", center(tick.place), counts.bottom + 22, tick.label);
        }
        return out;
    }

    // Broken where a day has no finished job.
    std::string share_line() const {
        std::string path;
        bool broken = true;
        for (std::size_t day = 0; day < m_chart.totals.size(); ++day) {
            const Ends& ends = m_chart.totals[day];
            if (ends.finished() > 0) {
                path += fmt::format("{}{} {}", broken ? "M" : "L", coordinate(center(day)),
                                    coordinate(y_of_share(ends.success())));
            }
            broken = ends.finished() == 0;
        }
        return path.empty() ? "" : fmt::format("<path class=\"line\" d=\"{}\"/>\n", path);
    }

    // The whole height of a day shows its figures to whoever points at it.
    std::string day(std::size_t day) const {
        const Ends& ends = m_chart.totals[day];
        std::string out = fmt::format(
            R"(<g class="mark"><title>{}: {}</title><rect class="hit" x="{}" y="{}" width="{}" height="{}"/>)",
            day_text(m_chart.days[day]), ends_text(ends),
            coordinate(left + m_step * static_cast<double>(day)), shares.top - 8,
            coordinate(m_step), counts.bottom - shares.top + 8);
        if (ends.finished() > 0) out += dot(day, ends) + bars(day, ends);
        return out + "</g>\n";
    }

  private:
    double center(std::size_t day) const {
        return left + m_step * (static_cast<double>(day) + 0.5);
    }
    double y_of_share(double share) const {
        return shares.bottom - shares.tall() * (share - m_floor) / (1 - m_floor);
    }
    double tall(std::int64_t count) const {
        return counts.tall() * static_cast<double>(count) / static_cast<double>(m_ticks.back());
    }

    // A disc is a day without failures, a diamond one with some.
    std::string dot(std::size_t day, const Ends& ends) const {
        const double size = std::clamp(m_step / 4, 1.5, 4.5);
        const auto x = coordinate(center(day));
        const double y = y_of_share(ends.success());
        if (ends.failed == 0) {
            return fmt::format(R"(<circle class="clean" cx="{}" cy="{}" r="{}"/>)", x,
                               coordinate(y), coordinate(size * 0.8));
        }
        const double half = size * 1.3;
        return fmt::format(R"(<path class="failed" d="M{0} {1}l{2} {2}l-{2} {2}l-{2} -{2}z"/>)", x,
                           coordinate(y - half), coordinate(half));
    }

    // From the axis up: succeeded in full, partial, failed; above them how many failed.
    std::string bars(std::size_t day, const Ends& ends) const {
        const double wide = std::clamp(m_step * 0.66, 1.0, 26.0);
        const double x = center(day) - wide / 2;
        double y = counts.bottom;
        std::string out;
        const auto add = [&](std::string_view kind, std::int64_t count) {
            if (count == 0) return;
            const double high = std::max(tall(count), least_bar);
            y -= high;
            out += fmt::format(R"(<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>)", kind,
                               coordinate(x), coordinate(y), coordinate(wide), coordinate(high));
        };
        add("clean", ends.clean());
        add("partial", ends.partial);
        add("failed", ends.failed);
        if (ends.failed > 0 && m_step >= 14) {
            out += label("count", center(day), y - 5, count_text(ends.failed));
        }
        return out;
    }

    const table::DaysChart& m_chart;
    double m_step;  // of a day
    double m_floor = 0;
    std::vector<std::int64_t> m_ticks;
};

std::string summary_of(const table::DaysChart& chart) {
    Ends all;
    for (const Ends& ends : chart.totals) all += ends;
    const auto with_failures = std::count_if(chart.totals.begin(), chart.totals.end(),
                                             [](const Ends& ends) { return ends.failed > 0; });
    return fmt::format("{} to {}: {}; failures on {} of {} days", day_text(chart.days.front()),
                       day_text(chart.days.back()), ends_text(all), count_text(with_failures),
                       count_text(std::ssize(chart.days)));
}

std::string legend_entry(std::string_view kind, std::string_view text) {
    return fmt::format(
        "<li><svg class=\"key\" width=\"14\" height=\"14\" aria-hidden=\"true\"><rect "
        "class=\"{}\" width=\"14\" height=\"14\"/></svg> {}</li>",
        kind, text);
}

}  // namespace

std::string svg_days(const table::DaysChart& chart) {
    const DaysDrawing drawing(chart);
    std::string out =
        fmt::format("<svg class=\"days\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n",
                    width, height, summary_of(chart));
    out += drawing.axes() + drawing.share_line();
    for (std::size_t day = 0; day < chart.days.size(); ++day) out += drawing.day(day);
    return out + "</svg>\n";
}

std::string html_days(const table::DaysChart& chart, const Style& style) {
    constexpr std::string_view title = "Success per day";
    std::string body = "<p class=\"lead\">" + span_text(chart, style) + "</p>\n";
    if (chart.definitions.empty()) {
        return html_section("per-day", title, body + html_nothing("no reports"));
    }
    body += html_scroll_box(title, svg_days(chart)) + "<ul class=\"legend\">" +
            legend_entry("clean", "succeeded") +
            legend_entry("partial", "partial: succeeded, but records failed") +
            legend_entry("failed", "failed; a diamond marks a day with failed jobs") + "</ul>\n";
    return html_section("per-day", title, body);
}

}  // namespace jobtally::render
