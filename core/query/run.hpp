// One run of a definition.
#pragma once

#include "core/store/facts/facts.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace jobtally::query {

// A report as a run of its definition. Times are microseconds; what is unknown is
// store::unknown_value.
struct Run {
    std::int64_t created_at = 0;
    std::int64_t updated_at = store::unknown_value;
    std::int64_t operations = store::unknown_value;
    std::int64_t failed = store::unknown_value;  // of the operations
    store::Sequence sequence = 0;
    model::Status status = model::Status::success;
    bool in_window = false;
    bool is_news = false;     // who asked when the window began did not know of it
    bool had_failed = false;  // when the window began it was known as a failure

    bool succeeded() const { return status == model::Status::success; }
    // In microseconds, 0 and more; none where the run has not finished, its end is unknown, or its
    // end lies before its beginning, which is an error of a clock.
    std::optional<std::int64_t> duration() const {
        const bool has_end = model::is_finished(status) && updated_at != store::unknown_value;
        if (!has_end || updated_at < created_at) return std::nullopt;
        return updated_at - created_at;
    }
    // Where that is unknown, or lies before its beginning: its beginning.
    std::int64_t ended_at() const { return std::max(created_at, updated_at); }
};

// Those of one definition, as they are read.
struct FoundRuns {
    std::vector<Run> runs;
    std::int64_t reports = 0;  // those left out included; or only those of a window
    store::WordKey type = 0;   // of the newest that has one
};

}  // namespace jobtally::query
