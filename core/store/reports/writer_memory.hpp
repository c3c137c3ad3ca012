// What a connection that writes remembers between its transactions: texts, labels, prepared
// statements.
#pragma once

#include "core/store/file/connection.hpp"
#include "core/store/file/fast_statement.hpp"
#include "core/store/reports/dictionary.hpp"
#include "core/store/reports/labels.hpp"
#include "core/store/reports/replaced.hpp"
#include "core/store/reports/report_table.hpp"
#include "core/store/segments/packer.hpp"
#include "core/time/instant.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace jobtally::store {

// Since when a clock has been behind.
struct ClockBehind {
    Sequence sequence = 0;             // of the newest report that came before
    std::int64_t rejected_id = 0;      // of the newest rejected body that came before
    std::int64_t from = 0, until = 0;  // what the clock has shown since, in microseconds
};

class WriterMemory {
  public:
    // Microseconds: what lies further from a right clock than this is no delay, but another clock.
    static constexpr std::int64_t shortly = 3 * 3600LL * 1'000'000;

    // The memory of a connection, made by the first call.
    static WriterMemory& of(Store::Connection& connection);
    explicit WriterMemory(const Store::Connection& connection);

    // Call at the beginning of a transaction: forgets everything if another connection wrote since.
    // Throws StoreError::changed where the store is older than what was committed to it.
    void refresh();
    void forget();
    // Writes those changes of the open transaction that so far are only in memory.
    void flush();
    void note_commit() { m_committed_sequence = last_sequence; }
    // What the clock has shown, in microseconds, while this store was written: a mail may have been
    // made then.
    void note_clock(std::int64_t shown) { m_latest = std::max(m_latest, shown); }
    // When a report has come that comes now, by that clock, and has ended at `ended`: never before
    // what the clock has shown, or neither the mail of that time nor the next one would tell it.
    // That is believed where it lies up to three hours after both, or a week where reports came
    // then that had ended as shortly before; for cron makes again what lies further back. Else the
    // clock was wrong then, and what came with it has come now, if this report says that it is
    // right by now.
    std::int64_t arrival(std::int64_t clock, std::int64_t ended);
    // For a listener, before it commits: what it has stored is no sign of another way by which
    // reports come, though the clock was ahead before and they have a later time than that of its
    // last sign of life.
    void note_listener(std::int64_t clock);
    // For who stores what a listener had taken or rejected, before it commits: that is none either.
    void note_taken_before();
    // What came while the clock was wrong has come now, if the newest report says that it is right
    // by now.
    void put_back(std::int64_t clock) { put_back(clock, m_ended); }
    // Of what says nothing of its time.
    std::int64_t arrival(std::int64_t clock);
    // What has come since, while the clock was behind, has come now: by a time of then neither the
    // mail before nor the next one would tell it.
    void bring_forward(const ClockBehind& since, std::int64_t clock);

    Dictionary dictionary;
    Labels labels;
    ReportTable table;
    ReplacedTable replaced;
    Packer packer;
    Sequence last_sequence = 0;

  private:
    std::int64_t believed(std::int64_t clock, std::int64_t ended) const;
    void note_arrival(std::int64_t received, std::int64_t ended);
    void put_back(std::int64_t clock, std::int64_t ended);
    void date_back(std::int64_t clock);
    void date(std::int64_t received, const std::string& reports, const std::string& rejected);

    const Store::Connection& m_connection;
    std::int64_t m_version = -1;                           // PRAGMA data_version
    std::int64_t m_latest = time::micros(time::earliest);  // what the clock has shown
    std::int64_t m_surest = m_latest;  // when a report came that had ended shortly before
    std::int64_t m_ended = m_latest;   // the newest report
    Sequence m_flushed_sequence = 0;
    Sequence m_committed_sequence = 0;
    FastStatement m_read_version;
    FastStatement m_read_sequence;
    FastStatement m_write_sequence;
    FastStatement m_read_latest;
    FastStatement m_read_shown;
};

}  // namespace jobtally::store
