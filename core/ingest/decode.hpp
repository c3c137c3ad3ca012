// Makes a delivery of a body.
#pragma once

#include "core/ingest/delivery.hpp"

#include <string>
#include <string_view>

namespace jobtally::ingest {

// Decodes a complete body. What is not acceptable is in `rejections`, never thrown; a body that
// holds no report at all is one rejection, so something is always in one of the two. Of more than
// 1,000 rejections in one body the first stand by themselves, and the rest as the whole body in
// pieces of 64 KiB.
Delivery decode(std::string_view body, std::string source, time::Instant received_at);

// Says in its reason where only the beginning of a long rejected body is kept.
void tell_cut(model::Rejection& rejection);

}  // namespace jobtally::ingest
