// Which reports a question is about, and by what they are grouped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/catalogue.hpp"
#include "core/store/facts.hpp"
#include "core/table/result_table.hpp"
#include "core/time/zone.hpp"

namespace jobtally::query {

struct Selection {
    time::TimeSpan span;
    store::At at = store::At::created;
    time::Zone zone;
    std::vector<std::string> definitions;  // id, name or glob, to the letter; `!x` excludes
    std::vector<std::string> types;        // without regard to case
    std::vector<std::string> statuses;     // without regard to case
    std::int64_t min_runs = 0;  // only definitions with so many finished reports within the rest of the selection
};

table::Window window_of(const Selection& selection);

enum class By : std::uint8_t { definition, name, type, status, weekday, hour, none };
By by_named(std::string_view name);  // throws UsageError

}  // namespace jobtally::query
