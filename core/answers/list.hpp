// Single reports: the newest of a selection, and how a report looks as a row.
#pragma once

#include "core/query/scope.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/table/result_table.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace jobtally::answers {

struct ListOptions {
    std::size_t newest = 20;     // 0: all
    bool failures_only = false;  // status FAILURE
};

struct ListAnswer {
    table::Window window;
    // Newest last: by the time that counts (unknown: oldest), then created_at, then id.
    std::vector<store::StoredReport> reports;
};

ListAnswer list(const query::Scope& scope, const ListOptions& options = {});
// The places of what list() would read, in its order: to read and print a long list page by page.
std::vector<store::Sequence> list_sequences(const query::Scope& scope,
                                            const ListOptions& options = {});

table::ResultTable list_table(const ListAnswer& answer);
// Rows with the keys of `list`, in the order given and without a window.
table::ResultTable reports_table(std::span<const store::StoredReport> reports);

}  // namespace jobtally::answers
