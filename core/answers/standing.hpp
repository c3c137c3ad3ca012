// Where a report stands among the runs of its definition.
#pragma once

#include "core/answers/durations.hpp"
#include "core/judge/findings.hpp"
#include "core/judge/streaks.hpp"
#include "core/query/scope.hpp"
#include "core/store/reports/read_reports.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::answers {

// The report before or after in (created_at, id) order.
struct Neighbour {
    std::string id;
    std::string status;
};

// How the durations of all runs are spread: eight buckets between the shortest and the longest, of
// equal width on a logarithmic scale, and the one that holds the report's.
struct Spread {
    std::int64_t least = 0;  // microseconds
    std::int64_t greatest = 0;
    std::vector<std::int64_t> buckets;
    std::optional<std::size_t> own;
};

// A FAILURE among those in a row with it.
struct StreakPlace {
    std::int64_t place = 1;  // 1: the first
    std::int64_t length = 1;
    time::Instant failing_since;
};

// Durations are those of finished runs, 0 and more.
struct Standing {
    // Of all reports of the report's definition in the store.
    std::int64_t runs = 0;  // with a duration
    std::optional<std::int64_t>
        duration_rank;  // 1: the shortest; runs of one length share the least
    std::optional<double>
        duration_percentile;  // the share of runs that took no longer than this one
    std::optional<time::Duration> median_duration;  // nearest rank
    std::optional<std::int64_t>
        median_operations;  // of finished runs with known operations, nearest rank
    Spread spread;
    std::optional<Neighbour> previous;
    std::optional<Neighbour> next;
    std::optional<StreakPlace> streak;  // of a FAILURE

    // Of the runs before it: the judgement that the summary makes.
    std::optional<judge::Judgement> judgement;     // of a SUCCESS
    std::vector<judge::Shift> shifts;              // up to it
    std::optional<std::int64_t> usual_operations;  // runs without operations included
    std::int64_t successes_before = 0;
    std::optional<double> micros_per_record;        // of a SUCCESS with records
    std::optional<double> usual_micros_per_record;  // of those before it: their median
};

// None for reports without a definition.
std::optional<Standing> standing_of(const query::Scope& scope, const store::StoredReport& stored);

// The columns of a standing, its cells, and the judgement in words: `slower than usual: took ...`.
// The first of them hold for every report, the others only for some.
inline constexpr std::size_t columns_always_shown = 9;
std::vector<table::Column> standing_columns(table::Sparkline marks);
table::Row standing_cells(const Standing& standing, table::Sparkline marks);
std::string judgement_text(const Standing& standing);

}  // namespace jobtally::answers
