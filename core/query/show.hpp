// One report in full, and where it stands among its definition's runs.
#pragma once

#include "core/store/reports.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::query {

// The report before or after in (created_at, id) order.
struct Neighbour {
    std::string id;
    std::string status;
};

// Of all reports of the report's definition in the store. Durations are those of finished runs, 0
// and more.
struct Standing {
    std::int64_t runs = 0;  // with a duration
    std::optional<std::int64_t>
        duration_rank;  // 1: the shortest; runs of one length share the least
    std::optional<double>
        duration_percentile;  // the share of runs that took no longer than this one
    std::optional<time::Duration> median_duration;  // nearest rank
    std::optional<std::int64_t>
        median_operations;  // of finished runs with known operations, nearest rank
    std::optional<Neighbour> previous;
    std::optional<Neighbour> next;
};

struct ShownReport {
    store::StoredReport stored;
    std::optional<Standing> standing;  // of reports with a definition
};

struct ShowAnswer {
    std::vector<ShownReport> reports;    // in the order of the ids asked for
    std::vector<std::string> not_found;  // ids
};

ShowAnswer show(const store::Store& store, const std::vector<std::string>& ids);

// A row a report: the keys of `list`, then `unknown_members` and the standing.
table::ResultTable show_table(const ShowAnswer& answer);

}  // namespace jobtally::query
