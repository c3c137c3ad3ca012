#include "core/listen/watch/metrics.hpp"

#include "core/base/prometheus_text.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace jobtally::listen {
namespace {

std::string unix_seconds(time::Instant at) {
    return time::format_seconds(at.time_since_epoch());
}

void add_requests(PrometheusText& page, const Counters& counters) {
    page.family(
        "jobtally_requests_total", "counter",
        "Requests by the status of their answer; 0: they got none, since the peer had gone or gave "
        "way with half a head.");
    for (std::size_t status = 0; status < Counters::statuses; ++status) {
        // A counter that appears with its first value has not increased, as Prometheus sees it.
        if (counters.answers[status] > 0 || status == 200 || status == 202 || status == 401)
            page.sample({{"code", fmt::to_string(status)}}, counters.answers[status]);
    }
    page.family("jobtally_authorized_requests_total", "counter",
                "Requests by the label of the Authorization that let them in.");
    for (const auto& [label, of] : counters.labels) page.sample({{"label", label}}, of.requests);
    page.counter("jobtally_request_body_bytes_total", counters.body_bytes,
                 "Bytes of the bodies that were read.");
}

void add_durations(PrometheusText& page, const Histogram& durations) {
    page.family("jobtally_request_duration_seconds", "histogram",
                "From the first byte of a request until its answer was written.");
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < Histogram::bounds.size(); ++i) {
        sum += durations.at(i);
        page.sample({{"le", Histogram::bounds[i].text}}, fmt::to_string(sum), "_bucket");
    }
    sum += durations.beyond();
    page.sample({{"le", "+Inf"}}, fmt::to_string(sum), "_bucket");
    page.sample({}, time::format_seconds(durations.sum()), "_sum");
    page.sample({}, fmt::to_string(sum), "_count");
}

std::array<std::pair<std::string_view, std::int64_t>, 5> results_of(const model::Tally& tally) {
    return {{{"stored", tally.stored},
             {"updated", tally.updated},
             {"unchanged", tally.unchanged},
             {"stale", tally.stale},
             {"rejected", tally.rejected}}};
}

void add_results(PrometheusText& page, const Counters& counters, const Gauges& gauges) {
    page.family("jobtally_results_total", "counter",
                "What became of what was sent: of reports (stored, updated, unchanged, stale), of "
                "what was rejected, and of whole bodies (spooled, lost).");
    for (const auto& [result, count] : results_of(counters.reports))
        page.sample({{"result", result}}, count);
    page.sample({{"result", "spooled"}}, counters.spooled_bodies);
    page.sample({{"result", "lost"}}, counters.lost_bodies);
    page.family("jobtally_source_results_total", "counter",
                "What became of what was sent with an Authorization, by its label.");
    for (const auto& [label, of] : counters.labels)
        for (const auto& [result, count] : results_of(of.reports))
            page.sample({{"source", label}, {"result", result}}, count);
    page.gauge("jobtally_spool_readable", gauges.spooled_bodies ? 1 : 0,
               "1 while the spool's folder can be read, or is not there yet.");
    if (gauges.spooled_bodies)
        page.gauge("jobtally_spooled_bodies", *gauges.spooled_bodies,
                   "Bodies in the spool that wait for the store.");
    if (counters.last_commit) {
        page.family("jobtally_last_commit_timestamp_seconds", "gauge",
                    "When the store last took something, or a probe of /healthz.");
        page.sample({}, unix_seconds(*counters.last_commit));
    }
}

void add_connections(PrometheusText& page, const Counters& counters, const Gauges& gauges) {
    page.gauge("jobtally_connections", gauges.connections,
               "Open connections of the public addresses.");
    page.gauge("jobtally_connections_max", gauges.max_connections, "Limit of open connections.");
    page.gauge("jobtally_connections_per_peer_max", gauges.max_connections_per_peer,
               "Limit of open connections from one peer.");
    page.counter("jobtally_connections_total", counters.connections,
                 "Connections that were accepted.");
    page.counter("jobtally_connections_refused_total", counters.refused_peers,
                 "Connections closed at once because their peer had too many.");
    page.counter(
        "jobtally_connections_closed_idle_total", counters.closed_idle,
        "Connections closed to make room for others: answered, idle, or with half a head.");
    page.counter("jobtally_tls_handshakes_failed_total", counters.failed_handshakes,
                 "TLS handshakes that failed or took too long.");
    page.gauge("jobtally_bodies_reserved_bytes", gauges.reserved_bytes,
               "Memory set aside for bodies under way.");
    page.gauge("jobtally_bodies_reserved_max_bytes", gauges.body_budget,
               "Limit of that memory; more bodies wait.");
}

// What Prometheus' own client libraries call it.
void add_process_use(PrometheusText& page, const Gauges& gauges) {
    page.family("process_start_time_seconds", "gauge", "When the process was started.");
    page.sample({}, unix_seconds(gauges.started));
    page.family("process_cpu_seconds_total", "counter", "Processor time, user and system.");
    page.sample({}, time::format_seconds(gauges.process.cpu));
    page.gauge("process_resident_memory_bytes", gauges.process.resident_bytes, "Resident memory.");
    page.gauge("process_virtual_memory_bytes", gauges.process.virtual_bytes, "Virtual memory.");
    if (gauges.open_descriptors)
        page.gauge("process_open_fds", *gauges.open_descriptors, "Open file descriptors.");
    page.gauge("process_max_fds", gauges.max_descriptors, "Limit of open file descriptors.");
}

void add_process(PrometheusText& page, const Gauges& gauges) {
    page.family("jobtally_build_info", "gauge", "The version that runs.");
    page.sample({{"version", gauges.version}}, 1);
    page.family("jobtally_start_time_seconds", "gauge", "When the listener was started.");
    page.sample({}, unix_seconds(gauges.started));
    if (gauges.open_descriptors)
        page.gauge("jobtally_open_descriptors", *gauges.open_descriptors, "Open file descriptors.");
    page.gauge("jobtally_open_descriptors_max", gauges.max_descriptors,
               "Limit of open file descriptors.");
    if (!gauges.tls_expires_at) return;
    page.family("jobtally_tls_certificate_expiry_timestamp_seconds", "gauge",
                "When the TLS certificate expires.");
    page.sample({}, fmt::to_string(*gauges.tls_expires_at));
}

}  // namespace

void Histogram::count(std::chrono::microseconds duration) {
    const auto bound = std::find_if(bounds.begin(), bounds.end(), [duration](const Bound& one) {
        return duration.count() <= one.micros;
    });
    ++m_counts[static_cast<std::size_t>(bound - bounds.begin())];
    m_sum += duration;
}

void Counters::count(const AccessRecord& record) {
    ++answers[record.status < statuses ? record.status : 0];
    if (record.status != 0) durations.count(record.duration);
    if (record.is_spooled) ++spooled_bodies;
    body_bytes += record.body_bytes;
    reports += record.tally;
    if (record.label.empty()) return;
    auto& of_label = labels[record.label];
    ++of_label.requests;
    of_label.reports += record.tally;
}

std::string format_metrics(const Counters& counters, const Gauges& gauges) {
    PrometheusText page;
    add_process(page, gauges);
    add_process_use(page, gauges);
    add_requests(page, counters);
    add_durations(page, counters.durations);
    add_results(page, counters, gauges);
    add_connections(page, counters, gauges);
    return page.take();
}

}  // namespace jobtally::listen
