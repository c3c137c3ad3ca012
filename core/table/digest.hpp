// An answer of several parts: a headline, tables under titles, and what a page shows besides.
#pragma once

#include "core/table/chart.hpp"
#include "core/table/result_table.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace jobtally::table {

struct Section {
    std::string key;             // for machines: `failed`
    std::string title;           // for people: `Failed`
    ResultTable table;           // without window and total; no rows: people do not see the section
    std::size_t quiet_rows = 0;  // this many at the end are no problem, just worth knowing
    std::string in_headline{};   // what the headline says of it: `2 unusual runs`; empty: nothing
    std::string lead{};          // what a page says before the table; empty: nothing
    std::size_t left_out = 0;    // rows that were cut off the end
    std::vector<std::size_t> told{};  // places of rows that an incident tells already, ascending
    std::size_t told_above = 0;       // rows that were left out for that
    std::string told_lists{};         // who they are, after ` (`, and what lists them, after `; `

    bool has_rows() const { return !table.rows.empty() || told_above > 0; }
};

// A count that stands for itself: machines get the number, people a sentence where it is not 0;
// none is one that nobody can know.
struct Mention {
    std::string key;
    std::optional<std::int64_t> count = 0;
    std::string sentence;
};

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

// `nothing`: there is no finished job to judge.
enum class Verdict : std::uint8_t { well, attention, nothing };

struct Page {
    Verdict verdict = Verdict::nothing;
    std::vector<Tile> tiles;
    DaysChart days;
    std::vector<Section> details;  // further tables; those without rows show their note
};

struct Digest {
    Window window;
    std::string headline;
    ResultTable figures;  // at most one row, and a total: that of JSON
    std::vector<Section> sections;
    std::vector<Mention> mentions;
    std::optional<Page> page{};  // for html
};

}  // namespace jobtally::table
