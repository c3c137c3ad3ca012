// What a probe for a monitoring system found: a state, and the values behind it.
#pragma once

#include "core/table/result_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::table {

// By the exit status that monitoring systems read.
enum class ProbeState : std::uint8_t { ok, warning, critical, unknown };

inline const char* state_text(ProbeState state) {
    constexpr const char* texts[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    return texts[static_cast<std::size_t>(state)];
}

// Critical is worst, then warning, then unknown.
inline int badness(ProbeState state) {
    constexpr int badness_of[] = {0, 2, 3, 1};
    return badness_of[static_cast<std::size_t>(state)];
}

struct ProbeItem {
    Row definition;  // its id, name and type; empty: everything together
    Cell value;      // a Ratio, a Duration, a count or a bool, which decides its unit; or unknown
    std::string phrase;  // what follows the value: `of 42 jobs succeeded`
    ProbeState state = ProbeState::ok;
};

struct Probe {
    Window window;
    std::string metric;  // `job_success_rate`
    std::string when;    // the window in words: `in the last 24h`; empty: all reports
    ProbeState state = ProbeState::ok;
    std::optional<std::string> warning, critical;  // ranges in plain numbers of the unit
    bool by_definition = false;
    std::vector<ProbeItem> items;      // worst first
    std::vector<std::string> remarks;  // why there are no items, and what else is odd
};

}  // namespace jobtally::table
