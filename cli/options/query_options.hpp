// The options that every query command shares: which reports, from which store, grouped how.
#pragma once

#include "cli/options/globals.hpp"
#include "cli/options/output.hpp"
#include "core/query/scope.hpp"
#include "core/query/selection.hpp"
#include "core/query/trend.hpp"
#include "core/store/file/store.hpp"

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

struct SelectionOptions {
    std::string since, until, last, period;
    std::vector<std::string> definitions, types, statuses;
    std::string at = "created";
    std::int64_t min_runs = 0;
    std::vector<std::string> from;  // files whose reports stand in for a store; `-` is stdin

    // Throws UsageError: bad times, contradicting or reversed windows.
    query::Selection selection(const Globals& globals) const;
};

void add_selection(CLI::App& command, SelectionOptions& options);
// --from alone.
void add_from(CLI::App& command, std::vector<std::string>& from);

// The store of --db to read; or, with --from, one in memory that holds what those files hold (their
// rejected reports are warned about).
store::Store open_store(const Globals& globals, const std::vector<std::string>& from);

struct GroupingOptions {
    std::string by = "definition";
    std::string every;
    std::string compare;
    bool plot = false;
    std::string sort;
    std::size_t top = 0;
    std::string get;

    query::GroupBy group_by() const;
    // For people, where rows are no buckets and nothing is compared.
    query::Trend trend(const Output& output) const;
};

// The selection that --compare sets beside this one; none without --compare. Throws UsageError
// where the window has no beginning.
std::optional<query::Selection> compared_selection(const Globals& globals,
                                                   const GroupingOptions& options,
                                                   const query::Selection& selection);
// Throws UsageError where --plot meets a format for machines, or -g or --compare.
void check_plot(const Output& output, const GroupingOptions& options);

void add_grouping(CLI::App& command, GroupingOptions& options);

// Sorted and cut as the options want it.
table::ResultTable arranged(const table::ResultTable& table, const GroupingOptions& options);

// Prints a grouped answer as the options want it: arranged, or one bare value of its total row.
void print_groups(Output& output, const table::ResultTable& table, const GroupingOptions& options);

// Warns about definition patterns that match nothing in the store.
void warn_about_unmatched(const Globals& globals, const query::Scope& scope);

}  // namespace jobtally::cli
