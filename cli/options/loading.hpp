// Reading reports from files for a command: progress, and warnings about what is rejected.
#pragma once

#include "cli/options/globals.hpp"
#include "core/ingest/load.hpp"

#include <string>
#include <vector>

namespace jobtally::cli {

// ingest::load() with a progress line and a warning for each of the first rejected reports (all
// with --verbose).
ingest::LoadResult load_files(const Globals& globals, const std::vector<std::string>& paths,
                              ingest::DeliverySink& sink, const ingest::LoadOptions& options = {});

}  // namespace jobtally::cli
