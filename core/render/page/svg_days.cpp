// Success per day: a line of shares above bars of counts.
#include "core/render/page/html_text.hpp"
#include "core/render/page/svg_charts.hpp"

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

double share_of(const Ends& ends) {
    return static_cast<double>(ends.succeeded) / static_cast<double>(ends.finished());
}

std::string line(std::string_view kind, double x1, double y1, double x2, double y2) {
    return fmt::format(R"(<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>)", kind,
                       coordinate(x1), coordinate(y1), coordinate(x2), coordinate(y2)) +
           "\n";
}

std::string label(std::string_view kind, double x, double y, std::string_view text) {
    return fmt::format(R"(<text class="{}" x="{}" y="{}">{}</text>)", kind, coordinate(x),
                       coordinate(y), html_text(text)) +
           "\n";
}

class Drawing {
  public:
    explicit Drawing(const table::DaysChart& chart)
        : m_chart(chart), m_step((width - left - right) / static_cast<double>(chart.days.size())) {
        double least = 1;
        std::int64_t most = 0;
        for (const Ends& ends : chart.totals) {
            if (ends.finished() > 0) least = std::min(least, share_of(ends));
            most = std::max(most, ends.finished());
        }
        m_floor = share_floor(least);
        m_ticks = count_ticks(most);
    }

    std::string axes() const {
        std::string out = label("panel", left, shares.top - 12, "Jobs that succeeded, per cent");
        for (const double share : {m_floor, (m_floor + 1) / 2, 1.0}) {
            out += line("grid", left, y_of_share(share), width - right, y_of_share(share));
            out +=
                label("y", left - 8, y_of_share(share) + 4.5, fmt::format("{:.4g}", share * 100));
        }
        out += label("panel", left, counts.top - 14, "Finished jobs a day");
        for (const std::int64_t count : m_ticks) {
            out += line("grid", left, y_of_count(count), width - right, y_of_count(count));
            out += label("y", left - 8, y_of_count(count) + 4.5, fmt::to_string(count));
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
                                    coordinate(y_of_share(share_of(ends))));
            }
            broken = ends.finished() == 0;
        }
        return path.empty() ? "" : fmt::format("<path class=\"line\" d=\"{}\"/>\n", path);
    }

    std::string day(std::size_t day) const {
        const Ends& ends = m_chart.totals[day];
        const double x = left + m_step * static_cast<double>(day);
        std::string out = fmt::format(
            "<g class=\"mark\"><title>{}: {}</title><rect class=\"hit\" x=\"{}\" y=\"{}\" "
            "width=\"{}\" height=\"{}\"/>",
            html_text(day_text(m_chart.days[day])), ends_text(ends), coordinate(x),
            coordinate(shares.top - 8), coordinate(m_step),
            coordinate(counts.bottom - shares.top + 8));
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
    double y_of_count(std::int64_t count) const { return counts.bottom - tall(count); }

    // A disc is a day without failures, a diamond one with some.
    std::string dot(std::size_t day, const Ends& ends) const {
        const double size = std::min(4.5, std::max(1.5, m_step / 4));
        const double x = center(day);
        const double y = y_of_share(share_of(ends));
        if (ends.failed == 0) {
            return fmt::format(R"(<circle class="clean" cx="{}" cy="{}" r="{}"/>)", coordinate(x),
                               coordinate(y), coordinate(size * 0.8));
        }
        return fmt::format(R"(<path class="failed" d="M{} {}l{} {}l-{} {}l-{} -{}z"/>)",
                           coordinate(x), coordinate(y - size * 1.3), coordinate(size * 1.3),
                           coordinate(size * 1.3), coordinate(size * 1.3), coordinate(size * 1.3),
                           coordinate(size * 1.3), coordinate(size * 1.3));
    }

    // From the axis up: succeeded in full, partial, failed; above them how many failed.
    std::string bars(std::size_t day, const Ends& ends) const {
        const double wide = std::min(26.0, std::max(1.0, m_step * 0.66));
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
            out += fmt::format(R"(<text class="count" x="{}" y="{}">{}</text>)",
                               coordinate(center(day)), coordinate(y - 5), ends.failed);
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
    std::int64_t with_failures = 0;
    for (const Ends& ends : chart.totals) {
        all += ends;
        with_failures += ends.failed > 0 ? 1 : 0;
    }
    return fmt::format("{} to {}: {}; failures on {} of {} days", day_text(chart.days.front()),
                       day_text(chart.days.back()), ends_text(all), with_failures,
                       chart.days.size());
}

}  // namespace

std::string ends_text(const Ends& ends) {
    if (ends.reports == 0) return "no reports";
    std::string out = fmt::format("{} {}", ends.reports, ends.reports == 1 ? "report" : "reports");
    if (ends.finished() == 0) return out + ", none finished";
    out += fmt::format(": {} succeeded ({})", ends.succeeded,
                       human_text(table::Ratio{share_of(ends)}, {}));
    if (ends.partial > 0) out += fmt::format(", {} of them partial", ends.partial);
    if (ends.failed > 0) out += fmt::format("; {} failed", ends.failed);
    if (ends.reports > ends.finished()) {
        out += fmt::format("; {} not finished", ends.reports - ends.finished());
    }
    return out;
}

std::string svg_days(const table::DaysChart& chart) {
    const Drawing drawing(chart);
    std::string out =
        fmt::format("<svg class=\"days\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n",
                    width, height, html_text(summary_of(chart)));
    out += drawing.axes() + drawing.share_line();
    for (std::size_t day = 0; day < chart.days.size(); ++day) out += drawing.day(day);
    return out + "</svg>\n";
}

}  // namespace jobtally::render
