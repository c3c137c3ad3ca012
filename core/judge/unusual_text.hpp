// What is unusual about a run, as a person would say it.
#pragma once

#include "core/judge/unusual.hpp"

#include <string>

namespace jobtally::judge {

// `3.3x`, `12x`, `0.14x`.
std::string factor_text(double factor);
// `slower per record`, `more records` (or, where the pace is quicker, the opposite), `more records
// and slower per record`; unknown: empty.
std::string cause_text(Cause cause, bool longer);

// `took 1h 12m, usually 22m (3.3x), same records: slower per record`
std::string pace_text(const Judgement& judgement);
// `88 records, usually 612 (0.14x)`; of an empty run `no records, usually 612`.
std::string volume_text(const Judgement& judgement, std::optional<std::int64_t> usual_operations);

}  // namespace jobtally::judge
