// What a page shows besides the digest itself: a verdict, figures in large type, charts, tables.
#pragma once

#include "core/table/chart.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace jobtally::table {

enum class Verdict : std::uint8_t {
    well,
    attention,
    nothing
};  // nothing: no finished job to judge

// A cell that stands alone; machines find it by its key.
struct Figure {
    std::string key;
    Cell value;
};

// One figure in large type. The note below it is text and further figures.
struct Tile {
    std::string title;
    Figure figure;
    std::vector<std::variant<std::string, Figure>> note;
};

struct Page {
    Verdict verdict = Verdict::nothing;
    std::vector<Tile> tiles;
    DaysChart days;
    DurationsChart durations;
};

}  // namespace jobtally::table
