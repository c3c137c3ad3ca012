// Reading reports from files for a command: progress, warnings about what is rejected, the tally.
#pragma once

#include "cli/options/output.hpp"
#include "core/ingest/load.hpp"

#include <string>
#include <vector>

namespace jobtally::cli {

// ingest::load() with a progress line and a warning for each of the first rejected reports (all
// with --verbose).
ingest::LoadResult load_files(const Globals& globals, const std::vector<std::string>& paths,
                              ingest::DeliverySink& sink, const ingest::LoadOptions& options = {});

// Prints a table of one row, `read stored updated unchanged stale rejected`; for json one object
// with these keys, as the listener answers.
void print_tally(Output& output, const model::Tally& tally);

}  // namespace jobtally::cli
