// The options that every query command shares: which reports.
#pragma once

#include "cli/options/globals.hpp"
#include "core/query/selection.hpp"

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

struct SelectionOptions {
    std::string since, until, last, period;
    std::vector<std::string> definitions, types, statuses, sources;
    std::string at;  // empty: created
    std::int64_t min_runs = 0;
    std::vector<std::string> from;  // files whose reports stand in for a store; `-` is stdin

    // Throws UsageError: bad times, contradicting or reversed windows.
    query::Selection selection(const Globals& globals) const;
    // What ended counts where nobody says otherwise, and that `last`, where there is no window.
    void judge_what_ended(const char* without_window = "");
};

// `type`: the names of that option; a plugin's -t is its timeout.
void add_selection(CLI::App& command, SelectionOptions& options, const char* type = "-t,--type");
// For a command that asks SelectionOptions::judge_what_ended("24h"): what its options then mean.
void tell_defaults(CLI::App& command);
// --from alone.
void add_from(CLI::App& command, std::vector<std::string>& from);

}  // namespace jobtally::cli
