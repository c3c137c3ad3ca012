// render_plots() of renderer.hpp: bars of one scale, drawn in characters and their eighths.
#include "core/base/text.hpp"
#include "core/base/wrap.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/renderer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace jobtally::render {
namespace {

using Tone = table::PlotPart::Tone;

constexpr std::size_t default_width = 100;
constexpr std::size_t least_bar = 10;
constexpr std::size_t longest_bar = 60;
constexpr std::size_t longest_label = 32;
constexpr std::array<std::string_view, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

std::string_view mark_of(Tone tone, bool ascii) {
    switch (tone) {
        case Tone::doubtful:
            return ascii ? "+" : "▒";
        case Tone::bad:
            return ascii ? "x" : "░";
        case Tone::plain:
        case Tone::good:
            break;
    }
    return ascii ? "#" : "█";
}

std::string_view color_of(Tone tone) {
    switch (tone) {
        case Tone::good:
            return "32";
        case Tone::doubtful:
            return "33";
        case Tone::bad:
            return "31";
        case Tone::plain:
            break;
    }
    return {};
}

double whole(const table::PlotBar& bar) {
    return std::accumulate(bar.lengths.begin(), bar.lengths.end(), 0.0);
}

// Where each part of a bar ends, in whole characters. A part that is there at all can be seen.
std::vector<std::size_t> ends_of(const table::PlotBar& bar, double unit, std::size_t width) {
    std::vector<std::size_t> ends;
    double sum = 0;
    std::size_t end = 0;
    for (const double length : bar.lengths) {
        sum += length;
        const auto exact = static_cast<std::size_t>(std::lround(sum * unit));
        end = std::min(std::max(exact, length > 0 ? end + 1 : end), width);
        ends.push_back(end);
    }
    return ends;
}

class BarDrawing {
  public:
    BarDrawing(const table::Plot& plot, const Style& style) : m_plot(plot), m_style(style) {
        for (const auto& bar : plot.bars) {
            m_labels.push_back(
                shorten(visible(bar.label), longest_label, style.ascii ? "..." : "…"));
            m_label_width = std::max(m_label_width, display_width(m_labels.back()));
            m_greatest = std::max(m_greatest, whole(bar));
        }
        measure_figures();
        const std::size_t line = style.max_width == 0 ? default_width : style.max_width;
        const std::size_t taken = m_label_width + 2 + figures_width() + notes_width();
        m_bar_width = std::clamp(line > taken ? line - taken : 0, least_bar, longest_bar);
    }

    std::string drawn() {
        if (!m_plot.title.empty())
            m_out += colored(readable(visible(m_plot.title), m_style), "1") + "\n";
        if (m_style.header) titles();
        for (std::size_t i = 0; i < m_plot.bars.size(); ++i) line(i);
        return std::move(m_out);
    }

  private:
    void measure_figures() {
        for (const auto& figure : m_plot.figures) {
            m_figure_widths.push_back(display_width(figure.title));
        }
        for (const auto& bar : m_plot.bars) {
            for (std::size_t i = 0; i < bar.figures.size(); ++i) {
                m_figure_widths[i] =
                    std::max(m_figure_widths[i], display_width(figure_text(bar, i)));
            }
        }
    }
    std::string figure_text(const table::PlotBar& bar, std::size_t at) const {
        return share_text(bar.figures[at], m_plot.figures[at].key, m_style);
    }
    std::size_t notes_width() const {
        std::size_t widest = 0;
        for (const auto& bar : m_plot.bars) widest = std::max(widest, display_width(bar.note));
        return widest == 0 ? 0 : widest + 2;
    }
    std::size_t figures_width() const {
        return std::accumulate(m_figure_widths.begin(), m_figure_widths.end(),
                               2 * m_figure_widths.size());
    }

    std::string colored(std::string_view text, std::string_view color) const {
        if (!m_style.color || color.empty() || text.empty()) return std::string(text);
        return "\x1b[" + std::string(color) + "m" + std::string(text) + "\x1b[0m";
    }

    std::string legend() const {
        std::string legend;
        for (const auto& part : m_plot.parts) {
            if (!legend.empty()) legend += "  ";
            if (m_plot.parts.size() > 1)
                legend += std::string(mark_of(part.tone, m_style.ascii)) + ' ';
            legend += part.name;
        }
        return legend;
    }

    // The names of the parts stand above the bars with their marks, on a line of their own where
    // they are wider; those of the figures stand above them.
    void titles() {
        const std::string parts = legend();
        const std::size_t width = display_width(parts);
        const bool is_wider = m_style.max_width > 0 && width > m_bar_width;
        if (is_wider) m_out += colored(parts, "2") + "\n";
        std::string text(m_label_width + 2, ' ');
        if (!is_wider) text += parts;
        const std::size_t drawn = is_wider ? 0 : width;
        text.append(m_bar_width > drawn ? m_bar_width - drawn : 0, ' ');
        for (std::size_t i = 0; i < m_figure_widths.size(); ++i) {
            const auto& title = m_plot.figures[i].title;
            text.append(2 + m_figure_widths[i] - display_width(title), ' ').append(title);
        }
        m_out += colored(text.substr(0, text.find_last_not_of(' ') + 1), "2") + "\n";
    }

    std::size_t append_bar(const table::PlotBar& bar) {
        const double unit = m_greatest > 0 ? static_cast<double>(m_bar_width) / m_greatest : 0;
        if (bar.lengths.size() == 1) return append_single(bar.lengths[0] * unit);
        std::size_t at = 0;
        const auto ends = ends_of(bar, unit, m_bar_width);
        for (std::size_t i = 0; i < ends.size(); ++i) {
            std::string marks;
            const Tone tone = m_plot.parts[i].tone;
            for (; at < ends[i]; ++at) marks += mark_of(tone, m_style.ascii);
            m_out += colored(marks, color_of(tone));
        }
        return at;
    }

    // A bar of one part ends in an eighth of a character.
    std::size_t append_single(double length) {
        const Tone tone = m_plot.parts[0].tone;
        auto parts = static_cast<std::size_t>(std::lround(length * 8));
        if (length > 0) parts = std::max<std::size_t>(parts, 1);
        if (m_style.ascii) parts = (parts + 7) / 8 * 8;
        std::string marks;
        for (std::size_t i = 0; i < parts / 8; ++i) marks += mark_of(Tone::plain, m_style.ascii);
        marks += eighths[parts % 8];
        m_out += colored(marks, color_of(tone));
        return (parts + 7) / 8;
    }

    void line(std::size_t i) {
        const auto& bar = m_plot.bars[i];
        m_out += m_labels[i];
        m_out.append(m_label_width - display_width(m_labels[i]) + 2, ' ');
        const std::size_t drawn = append_bar(bar);
        std::string behind(m_bar_width - drawn, ' ');
        for (std::size_t at = 0; at < bar.figures.size(); ++at) {
            const std::string text = figure_text(bar, at);
            behind.append(2 + m_figure_widths[at] - display_width(text), ' ').append(text);
        }
        if (!bar.note.empty()) behind += "  " + bar.note;
        m_out += behind.substr(0, behind.find_last_not_of(' ') + 1);
        while (!m_out.empty() && m_out.back() == ' ') m_out.pop_back();
        m_out += '\n';
    }

    const table::Plot& m_plot;
    const Style& m_style;
    std::vector<std::string> m_labels;
    std::size_t m_label_width = 0;
    std::vector<std::size_t> m_figure_widths;
    std::size_t m_bar_width = 0;
    double m_greatest = 0;
    std::string m_out;
};

}  // namespace

std::string render_plots(const table::Plots& plots, const Style& style) {
    std::string out;
    if (style.header && plots.window) {
        const std::string window = wrapped(window_text(*plots.window, style), style.max_width);
        out += style.color ? "\x1b[2m" + window + "\x1b[0m\n" : window + "\n";
    }
    if (plots.plots.empty()) return out + visible(plots.empty_note) + "\n";
    for (const auto& plot : plots.plots) {
        if (&plot != &plots.plots.front()) out += '\n';
        out += BarDrawing(plot, style).drawn();
    }
    return out;
}

}  // namespace jobtally::render
