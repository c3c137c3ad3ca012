// Formats the one line that each request gets in the access log.
#pragma once

#include "core/model/outcome.hpp"
#include "core/time/instant.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::listen {

// Texts are as they came and may hold anything; the formats below make them harmless.
struct AccessRecord {
    time::Instant at;     // when the first byte of the request was seen
    std::string peer;     // `127.0.0.1`, `::1`, `unix`
    std::string method;   // empty where the head was not understood
    std::string path;     // without the query, which may carry secrets
    unsigned status = 0;  // 0: the peer was gone before it could be answered
    std::uint64_t body_bytes = 0;
    std::chrono::microseconds duration{0};  // until the answer was written
    std::string label;          // of the Authorization; empty: none was needed or none matched
    std::string problem;        // why it was not taken, or empty
    std::string forwarded_for;  // the X-Forwarded-For as it came, which anybody can write
    // Of a request with one report.
    std::string report, definition, job_status;
    model::Tally tally;
    bool is_spooled = false;
};

// The client for which `record.peer` asked: where that is one of the trusted proxies (`127.0.0.1`,
// `unix`), the last address that is none in what they noted. Empty: the peer itself.
std::string client_behind(const AccessRecord& record, const std::vector<std::string>& trusted);

// `client` is that of client_behind().
// `2026-11-23T22:14:07.120341Z 127.0.0.1 POST / 200 231 B 1.204 ms auth=platform report=AaH1
// definition="CRM import" job=SUCCESS stored=1`, without line break.
std::string format_access_text(const AccessRecord& record, std::string_view client = {});
// One JSON object without line break.
std::string format_access_json(const AccessRecord& record, std::string_view client = {});

}  // namespace jobtally::listen
