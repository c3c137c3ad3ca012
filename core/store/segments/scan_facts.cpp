// Segments are left out by their least and greatest time, or filtered value by value where a bound
// of the span lies between these two. One connection sees one state of the store, so the workers
// take turns at it: each fetches the bytes of a segment, then unpacks and folds while others fetch.
#include "core/base/parallel.hpp"
#include "core/store/facts/facts.hpp"
#include "core/store/file/connection.hpp"
#include "core/store/segments/segment_reader.hpp"
#include "core/store/segments/segments.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace jobtally::store {

namespace {

// The scan of one worker.
class SegmentScan {
  public:
    SegmentScan(const Store::Connection& connection, const FactQuery& query)
        : m_connection(connection),
          m_query(query),
          m_reader(connection),
          m_since(query.span.since ? time::micros(*query.span.since) : INT64_MIN),
          m_until(query.span.until ? time::micros(*query.span.until) : INT64_MAX) {}

    bool is_outside(const Segment& segment) const;
    // Both use the connection.
    void fetch(const Segment& segment);
    void fetch_definitions(const Segment& segment);
    // After fetch_definitions(): the other columns too.
    void fetch_the_rest() { m_reader.fetch_also(m_query.columns); }
    // The definitions of all reports, after fetch_definitions().
    const FactBatch& unpack_definitions(const Segment& segment) { return unpack(segment.rows); }
    // The next of the fetched segment's reports, those within the span; uses what was fetched
    // alone.
    const FactBatch& unpack() { return unpack(rows_of_batch); }
    bool has_more() const { return m_reader.has_more(); }
    bool is_inside(const Segment& segment) const;

  private:
    // What a processor's own cache holds: new memory costs more than what is unpacked into it.
    static constexpr std::size_t rows_of_batch = 2048;

    ValueRange range_of(const Segment& segment) const;
    const FactBatch& unpack(std::size_t most);
    void keep_what_is_inside();

    const Store::Connection& m_connection;
    const FactQuery& m_query;
    SegmentReader m_reader;
    FactBatch m_batch;
    bool m_is_inside = false;
    std::int64_t m_since;  // [m_since, m_until); extreme values stand for open ends
    std::int64_t m_until;
};

// All times that count lie within it.
ValueRange SegmentScan::range_of(const Segment& segment) const {
    if (m_query.at == WhichTime::received) return segment.received_at;
    const ValueRange& created = segment.created_at;
    const ValueRange& updated = segment.updated_at;
    if (m_query.at == WhichTime::created || updated.least == unknown_value) return created;
    if (!segment.has_unknown_updated) return updated;
    return {std::min(created.least, updated.least), std::max(created.greatest, updated.greatest)};
}

bool SegmentScan::is_outside(const Segment& segment) const {
    const auto range = range_of(segment);
    return segment.rows == 0 || range.greatest < m_since || range.least >= m_until;
}

bool SegmentScan::is_inside(const Segment& segment) const {
    const auto range = range_of(segment);
    return range.least >= m_since && range.greatest < m_until;
}

void SegmentScan::fetch(const Segment& segment) {
    m_is_inside = is_inside(segment);
    m_reader.fetch(segment,
                   m_is_inside ? m_query.columns : m_query.columns | column_of(m_query.at));
}

void SegmentScan::fetch_definitions(const Segment& segment) {
    m_is_inside = true;
    m_reader.fetch(segment, static_cast<FactColumns>(FactColumn::definition));
}

const FactBatch& SegmentScan::unpack(std::size_t most) {
    const bool is_proven = m_reader.unpack(m_batch, most);
    if (!m_is_inside) keep_what_is_inside();
    if (!is_proven) require_plausible(m_batch, m_connection);
    return m_batch;
}

void SegmentScan::keep_what_is_inside() {
    std::vector<std::uint32_t> kept;
    const auto& times = times_of(m_batch, m_query.at);
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (times[i] >= m_since && times[i] < m_until)
            kept.push_back(static_cast<std::uint32_t>(i));
    }
    for_each_column(
        [&](auto& column) {
            if (column.empty()) return;
            for (std::size_t i = 0; i < kept.size(); ++i) column[i] = column[kept[i]];
            column.resize(kept.size());
        },
        m_batch);
    m_batch.size = kept.size();
    if (asks_for(m_query.columns, column_of(m_query.at))) return;
    if (m_query.at == WhichTime::created) m_batch.created_at.clear();
    if (m_query.at == WhichTime::updated) m_batch.ended_at.clear();
    if (m_query.at == WhichTime::received) m_batch.received_at.clear();
}

// Segments wait in a row, and each worker takes the next.
class SharedScan {
  public:
    SharedScan(const Store::Connection& connection, const FactQuery& query, const TakeFacts& take,
               const WantsMore& wants_more)
        : m_connection(connection), m_query(query), m_take(take), m_wants_more(wants_more) {}

    void run(const std::vector<Segment>& segments, std::size_t workers) {
        const SegmentScan any(m_connection, m_query);
        for (const auto& segment : segments) {
            if (!any.is_outside(segment)) m_segments.push_back(&segment);
        }
        if (m_wants_more) std::reverse(m_segments.begin(), m_segments.end());
        workers = std::clamp<std::size_t>(m_segments.size(), 1, workers);
        // They begin and end in this thread because they hold statements of the connection.
        std::vector<std::unique_ptr<SegmentScan>> scans;
        while (scans.size() < workers)
            scans.push_back(std::make_unique<SegmentScan>(m_connection, m_query));
        for_workers(workers, [&](std::size_t worker) { work(*scans[worker], worker); });
    }

  private:
    void work(SegmentScan& scan, std::size_t worker) {
        try {
            while (const Segment* segment = fetch_next(scan)) {
                if (asks_first(scan, *segment) && !is_wanted(scan, *segment, worker)) continue;
                while (scan.has_more()) {
                    const FactBatch& batch = scan.unpack();
                    if (batch.size > 0) m_take(worker, batch);
                }
            }
        } catch (...) {
            const std::lock_guard lock(m_turn);
            m_next = m_segments.size();
            throw;
        }
    }
    bool asks_first(const SegmentScan& scan, const Segment& segment) const {
        return m_wants_more && scan.is_inside(segment);
    }
    // None if that was the last.
    const Segment* fetch_next(SegmentScan& scan) {
        const std::lock_guard lock(m_turn);
        if (m_next == m_segments.size()) return nullptr;
        const Segment& segment = *m_segments[m_next++];
        asks_first(scan, segment) ? scan.fetch_definitions(segment) : scan.fetch(segment);
        return &segment;
    }
    // Fetches the rest; or hands on the definitions, where nobody wants more.
    bool is_wanted(SegmentScan& scan, const Segment& segment, std::size_t worker) {
        const FactBatch& definitions = scan.unpack_definitions(segment);
        if (m_wants_more(worker, definitions,
                         {segment.created_at.greatest, segment.received_at.greatest})) {
            const std::lock_guard lock(m_turn);
            scan.fetch_the_rest();
            return true;
        }
        m_take(worker, definitions);
        return false;
    }

    const Store::Connection& m_connection;
    const FactQuery& m_query;
    const TakeFacts& m_take;
    const WantsMore& m_wants_more;
    std::vector<const Segment*> m_segments;
    std::mutex m_turn;  // at the connection and at m_next
    std::size_t m_next = 0;
};

// The switch that bypasses the segments: JOBTALLY_SEGMENTS=off in the environment.
bool segments_are_off() {
    const char* word = std::getenv("JOBTALLY_SEGMENTS");
    return word != nullptr && std::string_view(word) == "off";
}

void scan_on_workers(const Store::Connection& connection, const FactQuery& query,
                     std::size_t workers, const TakeFacts& take, const WantsMore& wants_more) {
    const ReadScope scope(connection);
    std::vector<Segment> segments;
    if (!segments_are_off()) segments = list_segments(connection);
    SharedScan(connection, query, take, wants_more).run(segments, workers);
    const auto take_rows = [&](const FactBatch& batch) { take(0, batch); };
    Sequence next = 1;
    for (const auto& segment : segments) {
        if (next < segment.first) scan_rows(connection, query, next, segment.first - 1, take_rows);
        next = segment.last + 1;
    }
    scan_rows(connection, query, next, INT64_MAX, take_rows);
}

}  // namespace

void scan_facts(const Store& store, const FactQuery& query,
                const std::function<void(const FactBatch&)>& take) {
    scan_facts(store.connection(), query, take);
}

void scan_facts(const Store& store, const FactQuery& query, std::size_t workers,
                const TakeFacts& take, const WantsMore& wants_more) {
    scan_on_workers(store.connection(), query, workers, take, wants_more);
}

void scan_facts(const Store::Connection& connection, const FactQuery& query,
                const std::function<void(const FactBatch&)>& take) {
    scan_on_workers(connection, query, 1, [&](std::size_t, const FactBatch& batch) { take(batch); },
                    {});
}

}  // namespace jobtally::store
