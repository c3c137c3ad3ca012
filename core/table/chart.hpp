// How jobs ended day by day: what the charts of a page show, before anyone decides how it is drawn.
#pragma once

#include "core/time/instant.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace jobtally::table {

// How the reports of one day, or of one definition on one day, ended.
struct Ends {
    std::int64_t reports = 0;
    std::int64_t succeeded = 0;  // partial ones included
    std::int64_t partial = 0;
    std::int64_t failed = 0;

    std::int64_t finished() const { return succeeded + failed; }
    std::int64_t clean() const { return succeeded - partial; }
    // The share of finished ones that succeeded; there must be some.
    double success() const {
        return static_cast<double>(succeeded) / static_cast<double>(finished());
    }
    Ends& operator+=(const Ends& other) {
        reports += other.reports;
        succeeded += other.succeeded;
        partial += other.partial;
        failed += other.failed;
        return *this;
    }
    bool operator==(const Ends&) const = default;
};

struct DefinitionDays {
    std::string id;          // empty: reports without a definition
    std::string label;       // for people, different for each
    std::vector<Ends> days;  // as many as the chart has
    Ends all;
};

struct DaysChart {
    time::TimeSpan span;                        // may begin and end within a day
    std::vector<std::chrono::local_days> days;  // consecutive, at least one
    std::vector<Ends> totals;                   // of all definitions, a day
    std::vector<DefinitionDays> definitions;    // worst first
    std::int64_t more = 0;                      // definitions that did not fit
    std::int64_t more_failed = 0;               // of those: with a failed report
};

}  // namespace jobtally::table
