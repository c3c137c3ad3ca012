// Which definition should have reported by now and has not.
#pragma once

#include "core/query/scope.hpp"
#include "core/rhythm/rhythm.hpp"
#include "core/table/result_table.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace jobtally::rhythm {

// How a definition stands to its rhythm, the most urgent first: its report is overdue by a whole
// interval or more, its run goes on for too long, its report is overdue by less, it is on time, it
// has no rhythm, it has too few runs to tell, it has not run for so long that it counts as retired,
// or the platform's own list says that it is disabled. The question `missed` is named for the
// first.
enum class Punctuality : std::uint8_t {
    missed,
    stuck,
    late,
    on_time,
    irregular,
    too_few,
    ended,
    disabled
};
inline constexpr std::size_t punctualities = 8;
std::string_view name_of(Punctuality state);  // `on-time`

struct MissedOptions {
    time::Instant now;
    // Of each definition, in which gaps are looked for; 0: they are not. The newest runs_looked_at
    // say how things stand, whatever this is.
    std::size_t runs_of_gaps = 0;
    std::unordered_map<std::string, ConfiguredSchedule> configured;  // by definition id or name
    // Time in which no report could arrive, ascending and apart from each other; [since, until).
    std::vector<time::TimeSpan> down{};
    const std::atomic<bool>* abandoned = nullptr;  // once it is true, missed() soon throws Error
    // When a digest was made before this one, which takes back what that one said.
    std::optional<time::Instant> told_at{};
    // Of the definition that is judged, when the platform's lists had it off, up to when it was
    // enabled again, which is now or before: nothing was due then. Ascending and apart.
    std::vector<time::TimeSpan> disabled{};
    std::optional<time::Instant> disabled_since{};  // as far as the lists tell, where it still is
};

// Finds a schedule by the definition's id, else by its label; null if none is configured.
const ConfiguredSchedule* configured_for(const store::Definition& definition,
                                         const MissedOptions& options);

// A stretch in which a definition should have run and did not.
struct Gap {
    time::Instant from;                       // created_at of the run before it
    time::Instant due, last_due;              // the first and the last of its slots
    std::optional<time::Instant> to;          // of the run after it; none: it goes on
    std::optional<time::Instant> known_over;  // when that run ended, and one was overdue
    time::Duration length{0};                 // up to now where it goes on
    std::int64_t missed_runs = 0;             // slots without a run
    std::int64_t lost_runs = 0;               // those whose report may be lost: we were down
    std::map<time::Instant, std::int64_t> lost_by_end{};  // the same, by the ends of the downtimes
    std::vector<time::Instant> slots{};  // of the others, as many of the first as are kept
    // Those of which it was known only after known_over that they were missed: when. A long run was
    // waited for that long.
    std::map<time::Instant, time::Instant> known_later{};
    time::Duration listener_down{0};  // within it
    // Nobody waits for a run any more: it goes on, and the definition has ended, or the platform's
    // list says that it is disabled; since when nobody knows.
    bool is_over = false;
};

// What was known at MissedOptions::told_at.
struct KnownThen {
    std::optional<time::Instant> last{};  // created_at of the newest run; none: nothing was known
    // Of the run that came later, where it was late or missed then: its created_at, its end, and
    // how long after it had been expected that was; below 0 where only its report came late.
    std::optional<time::Instant> ran_at{}, ended_at{};
    time::Duration late_by{0};
};

struct MissedRow {
    std::string id;
    std::optional<std::string> label;
    std::optional<std::string> type;  // of the newest report that has one
    std::int64_t reports = 0;         // created up to now
    std::int64_t runs = 0;            // as many of them as were looked at
    std::optional<time::Duration> typical_interval;
    time::Instant last_created_at;
    std::optional<time::Instant> expected_by;  // none where there is no rhythm
    std::optional<time::Instant> ended_at;     // only where it has ended
    std::optional<time::Duration> overdue;     // only where expected_by is past, or it is stuck
    Punctuality state = Punctuality::too_few;
    std::optional<std::string> rhythm;  // `daily 02:30`
    bool is_configured = false;
    time::Duration listener_down{0};  // within the time in which reports were due
    std::vector<Gap> gaps{};          // by their beginning, where they were asked for
    KnownThen then{};

    // It is late, missed or stuck.
    bool is_problem() const { return state <= Punctuality::late; }
    bool has_rhythm() const { return state <= Punctuality::on_time; }
    // Nobody waits for a run: it has ended, or is disabled.
    bool is_over() const { return state >= Punctuality::ended; }
};

struct MissedAnswer {
    table::Window window;
    std::vector<MissedRow> rows;  // the most urgent first, then the longest overdue, then by name
    std::array<std::int64_t, punctualities> count{};  // rows by state

    std::int64_t of(Punctuality state) const { return count[static_cast<std::size_t>(state)]; }
    std::int64_t problems() const {
        return of(Punctuality::missed) + of(Punctuality::stuck) + of(Punctuality::late);
    }
};

// A row for each definition, by name. Learned from the selected reports that were created up to
// now; reports without a definition have no row. The clock is the selection's zone, or UTC where
// that fits better.
std::vector<MissedRow> judge_definitions(const query::Scope& scope, const MissedOptions& options);
// The same with the most urgent first.
MissedAnswer missed(const query::Scope& scope, const MissedOptions& options);
// As things stand now, or stood when the window ended, where that is past. Learned from the whole
// history, since a window alone may be too short.
MissedAnswer missed_at_the_end(const query::Scope& asked, MissedOptions options);
table::ResultTable missed_table(const MissedAnswer& answer);

}  // namespace jobtally::rhythm
