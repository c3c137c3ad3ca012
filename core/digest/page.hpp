// What the summary's page shows besides its digest.
#pragma once

#include "core/digest/summary.hpp"

namespace jobtally::digest {

// The digest with its page and details. Takes scans of its own: for html alone.
table::Digest summary_page(const query::Scope& scope, const SummaryAnswer& answer,
                           time::Instant now);

}  // namespace jobtally::digest
