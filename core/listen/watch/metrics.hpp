// What the listener counts, and its page for Prometheus.
#pragma once

#include "core/listen/sockets/descriptors.hpp"
#include "core/listen/watch/access_log.hpp"
#include "core/model/outcome.hpp"
#include "core/time/instant.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace jobtally::listen {

// How long answers took: each duration counts under the smallest bound that is not below it.
class Histogram {
  public:
    // A bound in seconds as Prometheus shows it, and the same in microseconds. What is longer than
    // the last one counts in beyond().
    struct Bound {
        std::string_view text;
        std::int64_t micros;
    };
    static constexpr std::array<Bound, 14> bounds{{{"0.0005", 500},
                                                   {"0.001", 1'000},
                                                   {"0.0025", 2'500},
                                                   {"0.005", 5'000},
                                                   {"0.01", 10'000},
                                                   {"0.025", 25'000},
                                                   {"0.05", 50'000},
                                                   {"0.1", 100'000},
                                                   {"0.25", 250'000},
                                                   {"0.5", 500'000},
                                                   {"1", 1'000'000},
                                                   {"2.5", 2'500'000},
                                                   {"5", 5'000'000},
                                                   {"10", 10'000'000}}};

    void count(std::chrono::microseconds duration);
    std::uint64_t at(std::size_t bound) const { return m_counts[bound]; }  // not cumulative
    std::uint64_t beyond() const { return m_counts[bounds.size()]; }
    std::chrono::microseconds sum() const { return m_sum; }

  private:
    std::array<std::uint64_t, bounds.size() + 1> m_counts{};
    std::chrono::microseconds m_sum{0};
};

// Counted since the start, in the thread of the listener.
struct Counters {
    static constexpr std::size_t statuses = 600;

    // A request of the public address whose fate is known.
    void count(const AccessRecord& record);

    std::array<std::uint64_t, statuses> answers{};  // by status; [0]: the peer had gone
    struct OfLabel {
        std::uint64_t requests = 0;
        model::Tally reports;
    };
    std::map<std::string, OfLabel, std::less<>> labels;  // by the Authorization used
    Histogram durations;                                 // of what was answered
    model::Tally reports;
    std::uint64_t spooled_bodies = 0;
    std::uint64_t lost_bodies = 0;
    std::uint64_t body_bytes = 0;
    std::uint64_t connections = 0;  // that were accepted
    std::uint64_t closed_idle = 0;  // to make room
    std::uint64_t refused_peers = 0;
    std::uint64_t failed_handshakes = 0;
    std::optional<time::Instant> last_commit;
};

// Values as they are at the moment when the page is asked for.
struct Gauges {
    std::string version;
    time::Instant started;
    std::uint64_t connections = 0;
    std::uint64_t max_connections = 0;
    std::uint64_t max_connections_per_peer = 0;
    std::uint64_t reserved_bytes = 0;  // by bodies under way
    std::uint64_t body_budget = 0;
    std::optional<std::uint64_t> spooled_bodies;  // that wait
    std::optional<std::uint64_t> open_descriptors;
    std::uint64_t max_descriptors = 0;
    ProcessUse process;
    std::optional<std::int64_t> tls_expires_at;  // seconds since 1970
};

// The page in the text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
std::string format_metrics(const Counters& counters, const Gauges& gauges);

}  // namespace jobtally::listen
