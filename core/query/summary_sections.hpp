// The sections of the digest. Each has a file of its own; summary.cpp lists them in their order.
#pragma once

#include "core/query/summary_section.hpp"

namespace jobtally::query {

// Definitions with FAILURE reports; their current streak is that up to the end of the window and
// reaches back before its beginning.
table::Section failed_section(const SummaryFacts& facts);
// SUCCESS with failed records.
table::Section partial_section(const SummaryFacts& facts);
// SUCCESS without records.
table::Section empty_section(const SummaryFacts& facts);

}  // namespace jobtally::query
