// Prints the tally of ingested reports: `read stored updated unchanged stale rejected`.
#pragma once

#include "cli/terminal/output.hpp"
#include "core/model/outcome.hpp"

namespace jobtally::cli {

// A table of one row; for json one object with these keys, as the listener answers.
void print_tally(Output& output, const model::Tally& tally);

}  // namespace jobtally::cli
