// What becomes of a report that arrives: the rule for two reports with one id, what is rejected,
// and the tally.
#pragma once

#include "core/model/report.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally::model {

enum class Outcome : std::uint8_t { stored, updated, unchanged, stale, rejected };

std::string_view name_of(Outcome outcome) noexcept;  // `stored`, `updated`, ...

// What to do with `arrived` when `kept` has the same id: updated (arrived replaces kept), unchanged
// or stale (kept stays). All known fields equal: unchanged. A finished report is never replaced by
// a RUNNING one. Else the newer updated_at wins, an unknown one being older than any; between
// equal ones a finished report replaces one that is not, and otherwise the first stays.
Outcome reconcile(const JobReport& kept, const JobReport& arrived);

// What was sent and can't be accepted.
struct Rejection {
    std::string reason;      // begins with the place where there is one: `items[2].created_at: ...`
    std::string body;        // what was sent, from its first byte, possibly cut; any bytes
    std::uint64_t line = 1;  // where it begins in the input, counted from 1
    bool is_json = true;     // false: a syntax error; true: JSON, but no acceptable report
};

// How many reports were read, and what became of them.
struct Tally {
    std::int64_t stored = 0;
    std::int64_t updated = 0;
    std::int64_t unchanged = 0;
    std::int64_t stale = 0;
    std::int64_t rejected = 0;

    std::int64_t read() const { return stored + updated + unchanged + stale + rejected; }
    void count(Outcome outcome);
    Tally& operator+=(const Tally& other);
    bool operator==(const Tally&) const = default;
};

}  // namespace jobtally::model
