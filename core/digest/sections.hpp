// The sections of the digest. Each has a file of its own; summary.cpp lists them in their order.
#pragma once

#include "core/digest/section.hpp"

namespace jobtally::digest {

// Definitions with FAILURE reports; their current streak is that up to the end of the window and
// reaches back before its beginning.
table::Section failed_section(const SummaryFacts& facts);
// What is missed or late, and what is stuck: missed.hpp.
table::Section missed_section(const SummaryFacts& facts);
table::Section stuck_section(const SummaryFacts& facts);
// SUCCESS with failed records.
table::Section partial_section(const SummaryFacts& facts);
// SUCCESS without records. Definitions that are often empty come last and are no problem; those
// with too few runs to tell are one.
table::Section empty_section(const SummaryFacts& facts);
// Several recent runs agree: slower.hpp.
table::Section slower_section(const SummaryFacts& facts);
// A row a definition and kind, naming the worst run: unusual.hpp. Empty runs are in their own
// section, runs as slow as their definition has become in that.
table::Section unusual_section(const SummaryFacts& facts);
// A SUCCESS within the window ended a streak of failures, and none has begun since.
table::Section recovered_section(const SummaryFacts& facts);

}  // namespace jobtally::digest
