// The name of a body in the spool, which tells when it came, from where and with which label:
// `MICROSECONDS-PROCESS-COUNT-PEER.json`, or with `-SENDER` behind the peer, and `.cut` where the
// rest of the body did not come. The time has 20 digits, so that the order of names is the order of
// arrival.
#pragma once

#include "core/ingest/delivery.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally::ingest {

// `count` tells apart what one process keeps. A sender that is too long for a name is left out.
std::string spool_name(const Delivery& delivery, std::uint64_t count);
bool is_spool_name(std::string_view name);

// The reverse of spool_name() as far as it is needed.
struct Origin {
    time::Instant received_at;
    std::string source;
    std::string sender;
    bool is_cut = false;
};
Origin origin_of(std::string_view name);

}  // namespace jobtally::ingest
