// One report in full, and where it stands among its definition's runs.
#pragma once

#include "core/answers/standing.hpp"
#include "core/store/reports/catalogue.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/table/result_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace jobtally::answers {

struct ShownReport {
    store::StoredReport stored;
    std::optional<Standing> standing;  // of reports with a definition
    store::Definition definition;      // what the platform says of it
};

struct ShowAnswer {
    std::vector<ShownReport> reports;    // in the order of the ids asked for
    std::vector<std::string> not_found;  // ids
};

// Weekdays and hours, by which runs are compared, are those of the zone.
ShowAnswer show(const store::Store& store, const std::vector<std::string>& ids,
                const time::Zone& zone = {});

// A row a report: the keys of `list`, then `unknown_members` and the standing; with a picture of
// the spread of durations for people.
table::ResultTable show_table(const ShowAnswer& answer,
                              table::Sparkline marks = table::Sparkline::none);

}  // namespace jobtally::answers
