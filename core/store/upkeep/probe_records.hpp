// What `check --on-change` said last of each probe: the table `probe`.
#pragma once

#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jobtally::store {

struct ProbeRecord {
    std::string state;  // `CRITICAL`: what was said last
    time::Instant since;
    std::optional<std::string> pending;  // another state, seen in the last runs but not yet said
    std::int64_t pending_runs = 0;

    bool operator==(const ProbeRecord&) const = default;
};

std::optional<ProbeRecord> find_probe(const Store& store, std::string_view probe);
// Replaces what there is (write guard).
void keep_probe(Store& store, std::string_view probe, const ProbeRecord& record);

}  // namespace jobtally::store
