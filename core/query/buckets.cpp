#include "core/query/buckets.hpp"

#include <algorithm>

namespace jobtally::query {

Buckets::Buckets(time::Every every, const time::TimeSpan& window, const time::TimeSpan& seen,
                 time::Zone zone, std::size_t most)
    : m_every(every), m_zone(std::move(zone)) {
    const auto first = window.since ? window.since : seen.since;
    const auto last = window.until ? std::optional(*window.until - time::Duration{1}) : seen.until;
    if (first && last && *first <= *last) {
        m_edges = time::bucket_edges(every, *first, *last, m_zone, most);
    }
}

std::size_t Buckets::find(std::int64_t micros) {
    const auto at = time::instant_from_micros(micros);
    const auto after = std::upper_bound(m_edges.begin(), m_edges.end(), at);
    if (after == m_edges.begin() || after == m_edges.end()) return size();
    m_last = static_cast<std::size_t>(after - m_edges.begin()) - 1;
    m_from = time::micros(m_edges[m_last]);
    m_to = time::micros(m_edges[m_last + 1]);
    return m_last;
}

table::Bucket Buckets::cell(std::size_t bucket) const {
    const auto start = m_edges[bucket];
    return {start, time::format_local_rfc3339(start, m_zone),
            time::bucket_name(m_every, start, m_zone)};
}

}  // namespace jobtally::query
