// Which bad runs of several definitions coincide more than chance allows.
#pragma once

#include "core/incidents/moment.hpp"
#include "core/query/sums.hpp"
#include "core/time/instant.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace jobtally::incidents {

struct Incident {
    bool is_shared = false;
    std::int64_t began_at = 0;               // created_at of the first bad run that is part of it
    std::int64_t last_bad_at = 0;            // the end of the last one
    std::optional<std::int64_t> ended_at{};  // the end of the first good run after it
    std::int64_t over_at = 0;                // when it was over: the last that it lasted for works
    bool is_mostly_over = false;             // shared: more definitions are well again than not
    std::vector<std::size_t> definitions;    // ascending
    std::int64_t well = 0;                   // definitions that work again
    std::int64_t active = 0;                 // definitions that should have run until it was over
    std::int64_t finished = 0, failed = 0, missed = 0, slow = 0;  // of its definitions
    std::int64_t operations_failed = 0;                           // of those that failed

    void add(const Moment& moment) {
        (moment.kind == Kind::missed ? missed : finished) +=
            (moment.kind == Kind::missed ? moment.count : 1);
        slow += moment.kind == Kind::slow ? 1 : 0;
        failed += moment.kind == Kind::failed ? 1 : 0;
        if (moment.kind == Kind::failed) query::add_count(operations_failed, moment.count);
    }
    bool reaches_into(const time::TimeSpan& span) const {
        const bool is_before =
            ended_at && span.since && std::max(*ended_at, over_at) < time::micros(*span.since);
        return !is_before && !(span.until && began_at >= time::micros(*span.until));
    }
};

// `moments` are grouped by definition, ascending, and within by created_at.
//
// Each definition has its own rates: the share of its runs that were bad after a good one, (k +
// 1/2) / (n + 1), and after a bad one. From each bad run after a good one on, for up to a day, runs
// are taken as they end. L of a definition is how much likelier its runs are if it is struck, when
// nine of ten are bad, than by its rates; where a share s of all is struck, the evidence of an
// incident is the product of 1 - s + s L over the definitions, and the mean of that for shares of
// 1/2, 1/8 and 1/32. By chance it ever exceeds x with a probability of at most 1 / x, wherever one
// stops, for it is a test martingale: J. Ville, "Etude critique de la notion de collectif", 1939;
// G. Shafer et al., "Test Martingales, Bayes Factors and p-Values", Statistical Science 26 (2011),
// 84-101. Beginnings are scanned as in M. Kulldorff, "A Spatial Scan Statistic", Communications in
// Statistics 26 (1997), 1481-1496; x is what all of them may reach within the budget: `chance`
// findings in a day of a definition. The clearest come first. Of the definitions that
// began to fail with them those belong to the incident that stayed bad for half of the time of
// the middle one; so do later bad runs of theirs within it, and what coincides beyond chance while
// it lasts. An incident begins with what coincides: runs of theirs that failed before on their
// own are an incident of their own.
//
// A shared incident lasts while one of its streaks does. A streak that goes on after most are over,
// for more than twice the time of the middle one, does not keep it open: it is an incident of its
// own as well, with all its failures, and what it did after the middle one's end is not counted in
// the shared one. Each streak of failures that is part of none is an incident of its own.
// Returns those that reach into `span`, by their beginning.
std::vector<Incident> find_incidents(std::span<const Moment> moments, double chance,
                                     const time::TimeSpan& span = {});

}  // namespace jobtally::incidents
