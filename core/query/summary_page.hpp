// What the summary's page shows besides its digest.
#pragma once

#include "core/query/summary.hpp"

namespace jobtally::query {

// The digest with its page and details. Takes scans of its own: for html alone.
table::Digest summary_page(const Scope& scope, const SummaryAnswer& answer, time::Instant now);

}  // namespace jobtally::query
