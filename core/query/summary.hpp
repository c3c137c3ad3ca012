// The digest of a selection: one headline, then what is wrong, worst first.
#pragma once

#include "core/query/rates.hpp"
#include "core/query/scope.hpp"
#include "core/table/digest.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace jobtally::query {

struct SummaryAnswer {
    table::Window window;
    // `23 of 25 jobs succeeded (92.0 %), 1 partial, 1 empty; 12,345 of 12,400 records`
    std::string headline;
    RatesAnswer total;  // by none
    std::vector<table::Section>
        sections;  // one a kind of trouble, those without rows too; a row a definition, worst first
    std::int64_t rejected = 0;  // bodies rejected within the window, by received_at

    // False: there is nothing that anyone should look at.
    bool has_problems() const;
};

// Failed: definitions with FAILURE reports; their current streak is that up to the end of the
// window and reaches back before its beginning. Partial: SUCCESS with failed records. Empty:
// SUCCESS without records.
SummaryAnswer summary(const Scope& scope);
table::Digest summary_digest(const SummaryAnswer& answer);

}  // namespace jobtally::query
