#include "core/query/series.hpp"

#include <algorithm>

namespace jobtally::query {

namespace {

constexpr std::size_t most_groups = 2'000'000;

}  // namespace

Series::Series(time::Every every, const Selection& selection,
               const std::vector<std::uint8_t>& has_reports, const time::TimeSpan& seen)
    : m_every(every), m_zone(selection.zone), m_place(has_reports.size(), -1) {
    for (std::size_t whole = 0; whole < has_reports.size(); ++whole) {
        if (has_reports[whole] == 0) continue;
        m_place[whole] = static_cast<std::int32_t>(m_wholes.size());
        m_wholes.push_back(whole);
    }
    const auto& window = selection.span;
    const auto first = window.since ? window.since : seen.since;
    const auto last = window.until ? std::optional(*window.until - time::Duration{1}) : seen.until;
    if (first && last && *first <= *last) {
        const std::size_t most = most_groups / std::max<std::size_t>(1, m_wholes.size());
        m_edges = time::bucket_edges(every, *first, *last, m_zone, most);
    }
}

void Series::find_groups(std::span<const std::int32_t> wholes, std::span<const std::int64_t> times,
                         std::vector<std::int32_t>& groups) {
    const auto nowhere = static_cast<std::int32_t>(size() - 1);
    groups.resize(wholes.size());
    for (std::size_t i = 0; i < wholes.size(); ++i) {
        const auto whole = static_cast<std::size_t>(wholes[i]);
        const std::int32_t place = whole < m_place.size() ? m_place[whole] : -1;
        const std::size_t bucket = bucket_at(times[i]);
        const std::size_t group = static_cast<std::size_t>(place) * buckets() + bucket;
        const bool has_place = place >= 0 && bucket < buckets();
        groups[i] = has_place ? static_cast<std::int32_t>(group) : nowhere;
    }
}

std::size_t Series::find_bucket(std::int64_t micros) {
    const auto at = time::instant_from_micros(micros);
    const auto after = std::upper_bound(m_edges.begin(), m_edges.end(), at);
    if (after == m_edges.begin() || after == m_edges.end()) return buckets();
    m_last = static_cast<std::size_t>(after - m_edges.begin()) - 1;
    m_from = time::micros(m_edges[m_last]);
    m_to = time::micros(m_edges[m_last + 1]);
    return m_last;
}

table::Cell Series::bucket_of(std::size_t group) const {
    const auto start = m_edges[group % buckets()];
    const auto end = m_edges[group % buckets() + 1];
    const bool is_cut =
        (m_window.since && start < *m_window.since) || (m_window.until && *m_window.until < end);
    return table::Bucket{start, time::format_local_rfc3339(start, m_zone),
                         time::bucket_name(m_every, start, m_zone) + (is_cut ? " (part)" : "")};
}

std::vector<std::size_t> Series::groups_of(std::span<const std::size_t> wholes) const {
    std::vector<std::size_t> groups;
    for (const std::size_t whole : wholes) {
        const auto first = static_cast<std::size_t>(m_place[whole]) * buckets();
        for (std::size_t i = 0; i < buckets(); ++i) groups.push_back(first + i);
    }
    return groups;
}

}  // namespace jobtally::query
