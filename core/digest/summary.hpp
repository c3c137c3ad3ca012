// The digest of a selection: one headline, then what is wrong, worst first.
#pragma once

#include "core/answers/rates.hpp"
#include "core/judge/usual.hpp"
#include "core/query/scope.hpp"
#include "core/rhythm/missed.hpp"
#include "core/store/reports/rejected.hpp"
#include "core/table/digest.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace jobtally::digest {

struct SummaryAnswer {
    table::Window window;
    // `23 of 25 jobs succeeded (92.0 %), 1 partial, 1 empty, 1 running, 1 of a status that is not
    // known; 12,345 of 12,400 records`
    std::string headline;
    answers::RatesAnswer total;  // by none
    // One for each kind of trouble, even where it has no rows; a row a definition, the worst first.
    std::vector<table::Section> sections;
    store::RejectedCount rejected{};  // by received_at
    table::Mention late;              // how many reports came late
    bool late_is_bulk = false;
    table::Mention down, lost;  // of the listener's downtime: sections.hpp
    table::Mention future;      // of reports that end after the window they came in
    table::Mention odd;         // of a status that is not known
    table::Mention spooled;     // reports that the store has not taken yet
    table::Mention unkept;      // requests of which the store does not tell yet

    // False where there is nothing that anyone should look at.
    bool has_problems() const;
};

// A digest that is made within a minute of its window's end leaves what arrived since that end to
// the next one, which takes it for late: so it is told once.
query::Selection as_of_its_end(query::Selection asked, time::Instant now);

// The sections are those of sections.hpp. Where the times of arrival say nothing, nothing is late.
SummaryAnswer summary(const query::Scope& scope, const rhythm::MissedOptions& options,
                      bool knows_arrivals = true, judge::Budget budget = {},
                      table::Mention spooled = {"spooled_reports", 0, ""},
                      table::Mention unkept = {"unkept_requests", 0, ""});
inline SummaryAnswer summary(const query::Scope& scope, time::Instant now) {
    return summary(scope, rhythm::MissedOptions{now, {}, {}});
}
table::Digest summary_digest(const SummaryAnswer& answer);

// Drops the rows of what came late where it is a bulk load: one line tells of it.
void drop_bulk(table::Digest& digest, const SummaryAnswer& answer);
// Drops the rows that belong to incidents of several definitions and to nothing else.
void drop_told(table::Digest& digest);
// Keeps the first `most` rows of each section; 0: all.
void keep_top(table::Digest& digest, std::size_t most);
// Drops the rows that are no problem.
void drop_quiet_rows(table::Digest& digest);

}  // namespace jobtally::digest
