// A picture of bars, before anyone decides how it is drawn.
#pragma once

#include "core/table/result_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace jobtally::table {

// One piece of each bar. The tone decides colour and mark.
struct PlotPart {
    enum class Tone : std::uint8_t { plain, good, doubtful, bad };
    std::string name;
    Tone tone = Tone::plain;
};

struct PlotBar {
    std::string label;            // may come from outside
    std::vector<double> lengths;  // of the parts, 0 or more
    std::vector<Cell> figures;    // behind the bar
    std::string note;             // behind the figures
};

struct PlotFigure {
    std::string key, title;  // as of a column
};

// Bars of one scale, in their order.
struct Plot {
    std::string title;  // may come from outside; empty: none
    std::vector<PlotPart> parts;
    std::vector<PlotFigure> figures;  // of each bar
    std::vector<PlotBar> bars;
};

struct Plots {
    std::optional<Window> window;
    std::vector<Plot> plots;
    std::string empty_note = "no reports";
};

}  // namespace jobtally::table
