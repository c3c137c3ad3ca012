// The sections of the digest, each in a file of its own, and what they share: the facts they are
// made from, and how their rows begin. summary.cpp puts them in their order.
#pragma once

#include "core/answers/failures.hpp"
#include "core/incidents/incidents.hpp"
#include "core/judge/findings.hpp"
#include "core/judge/streaks.hpp"
#include "core/query/grouping.hpp"
#include "core/query/run_history.hpp"
#include "core/query/scope.hpp"
#include "core/rhythm/missed.hpp"
#include "core/table/digest.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace jobtally::digest {

// What several sections look at; it is read once. The scope must outlive it.
struct SummaryFacts {
    SummaryFacts(const query::Scope& asked, const rhythm::MissedOptions& options,
                 bool knows_arrivals, judge::Budget budget);

    const query::Scope& scope;
    time::Instant now;
    std::vector<time::TimeSpan> down;  // while no listener was up (downtime.hpp)
    answers::FailuresAnswer failures;  // by definition
    std::optional<query::Scope> late;  // what came late; none where that can't be
    answers::FailuresAnswer late_failures;
    bool late_is_bulk;  // history that was loaded: only what it says of known failures is told
    query::RunHistory history;
    judge::Names names;           // of its runs without a definition
    rhythm::MissedAnswer missed;  // by the whole history; at the end of the window if that is past
    std::vector<judge::Findings> findings;       // of the history's definitions, by name
    std::vector<judge::Findings> late_findings;  // of what came late, but for years of it
    incidents::IncidentsAnswer incidents;

    // The cells that name one of the history's definitions, and the definition that they name.
    const query::GroupKey& key(std::size_t definition) const { return m_keys[definition]; }
    std::size_t definition_of(const query::GroupKey& key) const;
    // Whether an incident of several definitions tells what became of this one at `at`
    // (microseconds); one that lasts tells all since it began. Of a definition that goes on failing
    // it tells nothing where most of the others are well again.
    bool is_told(std::size_t definition, std::int64_t at, bool goes_on = false) const;

  private:
    void put_by_name();

    std::vector<query::GroupKey> m_keys;                         // by definition
    std::unordered_map<std::string, std::size_t> m_definitions;  // by id
};

// `jobtally show ID`, to be copied into a shell. Ids come from outside, so they are quoted where
// necessary.
std::string next_step(const std::string& id);

// The first names, up to `most`, in quotes, and how many there are more.
std::string some_of(const std::vector<std::string>& names, std::size_t most = 3);

// `; `jobtally failures --at updated -S ...` lists them`
std::string failures_listed(const char* at, const time::TimeSpan& span);

// A table that begins with the columns of a definition, then has these; and a row of it.
table::ResultTable section_table(std::initializer_list<table::Column> columns);
void add_row(table::ResultTable& table, query::GroupKey key,
             const std::vector<table::Cell>& figures);

// The reports of jobs that ended before the window, by the time that counts there, and arrived
// within it. None without a beginning, and where the time of arrival counts anyway. Those that say
// that they end more than a minute after the window are among them: else nobody would hear of them
// until then.
//
// So where windows join, no report is left untold, whenever their digests are made after them. It
// ended in one of the windows, [S, U), whose digest is made at M >= U. If it arrived before M, that
// digest has it. Else it arrived in a later window, for M >= U, and that one's digest, made after
// that, has it as late. Twice is told only what arrived in [U, M).
std::optional<query::Selection> late_selection(const query::Selection& asked);
// They are so many that people want one line.
bool is_bulk(const answers::FailuresAnswer& late);
table::Mention late_mention(const SummaryFacts& facts, std::int64_t from_the_future);
// How many of these say that their jobs end after the window.
table::Mention future_mention(const SummaryFacts& facts);
// How many reports have a status that nobody knows, those that came late included.
table::Mention odd_mention(const SummaryFacts& facts);

// What several definitions had together; in the headline it leads.
table::Section incidents_section(const SummaryFacts& facts);
// Definitions with FAILURE reports. The current streak is the one at the end of the window; it may
// have begun before the window.
table::Section failed_section(const SummaryFacts& facts);
// Definitions that are missed or late, and those that are stuck (missed.hpp).
table::Section missed_section(const SummaryFacts& facts);
table::Section stuck_section(const SummaryFacts& facts);
// For how long no listener was up at the end of the window, and how many runs were due in the
// downtimes that reach into it: no section tells these, for they are nobody's fault.
table::Mention down_mention(const SummaryFacts& facts);
table::Mention lost_mention(const SummaryFacts& facts);
// Definitions that have come to count as ended within the window (missed.hpp). Only this digest
// tells them.
table::Section ended_section(const SummaryFacts& facts);
// Successes with failed records, and those without records. Definitions of which that is usual come
// last and are no problem; those with too few runs to tell count as a problem.
table::Section partial_section(const SummaryFacts& facts);
table::Section empty_section(const SummaryFacts& facts);
// Definitions whose durations (slower, faster) or records (more, fewer) have moved to another
// level.
table::Section shift_section(const SummaryFacts& facts, judge::Unusual kind);
// Unusual runs (unusual.hpp): a row for each definition and kind, which names the worst run. Empty
// runs, and runs that are as their definition has become, are in their own sections.
table::Section unusual_section(const SummaryFacts& facts);
// Definitions whose streak of failures was ended by a success, and that have not failed since:
// where this became known within the window.
table::Section recovered_section(const SummaryFacts& facts);
// Definitions with failed, partial, empty or unusual reports that came late.
table::Section late_section(const SummaryFacts& facts);

}  // namespace jobtally::digest
