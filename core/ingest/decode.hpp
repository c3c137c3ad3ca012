// Turns a body into a delivery.
#pragma once

#include "core/ingest/delivery.hpp"

#include <string>
#include <string_view>

namespace jobtally::ingest {

// Decodes a complete body. What is not acceptable is in `rejections`, never thrown; a body that
// holds no report at all is one rejection, so reports and rejections are never both empty. Of more
// than 1,000 rejections the first are kept one by one; in place of the others the whole body is
// kept, in pieces of 64 KiB.
Delivery decode(std::string_view body, std::string source, time::Instant received_at);

// The same for a body from the network: one that does not begin as JSON is rejected as a whole, for
// what looks like a report further on may be somebody's attempt to smuggle one in.
Delivery decode_whole(std::string_view body, std::string source, time::Instant received_at);

// Keeps the beginning of a body as rejected whatever it holds. `is_whole`: there is no more of it
// than `body`.
Delivery reject(std::string_view body, bool is_whole, std::string reason, std::string source,
                time::Instant received_at);

// Where only the beginning of a long rejected body is kept, adds that to its reason.
void tell_cut(model::Rejection& rejection);
// True if the reason of a rejection says so.
bool tells_cut(std::string_view reason);

}  // namespace jobtally::ingest
