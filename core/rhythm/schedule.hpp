// When a definition is expected to run: an endless row of slots, learned or configured.
#pragma once

#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <string>

namespace jobtally::rhythm {

class Schedule {
  public:
    virtual ~Schedule() = default;

    // The first slot after `at`.
    virtual time::Instant slot_after(time::Instant at) const = 0;
    // False where a slot is only so long after the run before it.
    virtual bool has_fixed_slots() const { return true; }
    // `daily 02:30`, `weekdays 06:00`, `every 15 min`. A clock other than that of `zone` is named.
    virtual std::string text(const time::Zone& zone) const = 0;
};

}  // namespace jobtally::rhythm
