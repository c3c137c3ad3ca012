#include "core/listen/watch/metrics.hpp"

#include <algorithm>

namespace jobtally::listen {

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
    if (record.status == 202) ++spooled_bodies;
    body_bytes += record.body_bytes;
    reports += record.tally;
    if (record.label.empty()) return;
    const auto found = labels.find(record.label);
    found != labels.end() ? ++found->second : labels[record.label] = 1;
}

}  // namespace jobtally::listen
