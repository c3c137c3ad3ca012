// The counters and their page. tests/listen/admin.py holds a whole page against the format.
#include "core/listen/watch/metrics.hpp"

#include "tests/support/catch.hpp"

namespace {

using jobtally::listen::AccessRecord;
using jobtally::listen::Counters;
using jobtally::listen::format_metrics;
using jobtally::listen::Gauges;

AccessRecord answered(unsigned status, std::int64_t micros) {
    AccessRecord record;
    record.status = status;
    record.duration = std::chrono::microseconds(micros);
    return record;
}

bool has_line(const std::string& page, const std::string& line) {
    return page.find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("durations are counted by bounds that include their value, and shown cumulated",
          "[listen]") {
    Counters counters;
    for (const auto micros : {0, 500, 501, 1'000, 10'000'000, 10'000'001})
        counters.count(answered(200, micros));
    counters.count(answered(0, 7));  // the peer was gone: no answer, no duration
    const auto page = format_metrics(counters, Gauges{});
    CHECK(has_line(page, "jobtally_request_duration_seconds_bucket{le=\"0.0005\"} 2"));
    CHECK(has_line(page, "jobtally_request_duration_seconds_bucket{le=\"0.001\"} 4"));
    CHECK(has_line(page, "jobtally_request_duration_seconds_bucket{le=\"5\"} 4"));
    CHECK(has_line(page, "jobtally_request_duration_seconds_bucket{le=\"10\"} 5"));
    CHECK(has_line(page, "jobtally_request_duration_seconds_bucket{le=\"+Inf\"} 6"));
    CHECK(has_line(page, "jobtally_request_duration_seconds_count 6"));
    CHECK(has_line(page, "jobtally_request_duration_seconds_sum 20.002002"));
    CHECK(has_line(page, "jobtally_requests_total{code=\"0\"} 1"));
}

TEST_CASE("what a request brought is added up", "[listen]") {
    Counters counters;
    auto record = answered(200, 1);
    record.label = "a\"b\\c";
    record.body_bytes = 10;
    record.tally.stored = 2;
    record.tally.rejected = 1;
    counters.count(record);
    counters.count(record);
    auto spooled = answered(404, 1);
    spooled.is_spooled = true;
    counters.count(spooled);
    counters.count(answered(999, 1));  // no status: counted as none
    const auto page = format_metrics(counters, Gauges{});
    CHECK(has_line(page, "jobtally_requests_total{code=\"200\"} 2"));
    CHECK(has_line(page, "jobtally_requests_total{code=\"0\"} 1"));
    CHECK(has_line(page, "jobtally_authorized_requests_total{label=\"a\\\"b\\\\c\"} 2"));
    CHECK(has_line(page, "jobtally_results_total{result=\"stored\"} 4"));
    CHECK(has_line(page, "jobtally_results_total{result=\"rejected\"} 2"));
    CHECK(has_line(page, "jobtally_results_total{result=\"spooled\"} 1"));
    CHECK(has_line(page, "jobtally_request_body_bytes_total 20"));
}

TEST_CASE("what is not known is not on the page", "[listen]") {
    const auto bare = format_metrics(Counters{}, Gauges{});
    for (const auto* name :
         {"spooled_bodies", "last_commit", "open_descriptors ", "tls_certificate"})
        CHECK(bare.find(std::string("\njobtally_") + name) == std::string::npos);
    CHECK(has_line(bare, "jobtally_spool_readable 0"));
    Counters counters;
    counters.last_commit = jobtally::time::instant_from_micros(1'500'000);
    Gauges gauges;
    gauges.spooled_bodies = 3;
    gauges.tls_expires_at = 1'800'000'000;
    const auto page = format_metrics(counters, gauges);
    CHECK(has_line(page, "jobtally_spool_readable 1"));
    CHECK(has_line(page, "jobtally_spooled_bodies 3"));
    CHECK(has_line(page, "jobtally_last_commit_timestamp_seconds 1.5"));
    CHECK(has_line(page, "jobtally_tls_certificate_expiry_timestamp_seconds 1800000000"));
}
