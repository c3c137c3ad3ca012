// An answer of several parts: a headline, and tables under titles.
#pragma once

#include "core/table/page.hpp"
#include "core/table/result_table.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::table {

struct Section {
    std::string key;             // for machines: `failed`
    std::string title;           // for people: `Failed`
    ResultTable table;           // without window and total; no rows: people do not see the section
    std::size_t quiet_rows = 0;  // so many at the end are no problem, just worth knowing
    std::string in_headline{};   // what the headline says of it: `2 unusual runs`; empty: nothing
};

// A count that stands for itself: machines get the number, people a sentence where it is not 0.
struct Mention {
    std::string key;
    std::int64_t count = 0;
    std::string sentence;
};

struct Digest {
    Window window;
    std::string headline;
    ResultTable figures;  // at most one row, and a total: that of JSON
    std::vector<Section> sections;
    std::vector<Mention> mentions;
    std::optional<Page> page{};      // for html
    std::vector<Section> details{};  // the page's further tables
};

}  // namespace jobtally::table
