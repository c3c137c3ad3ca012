// What can be read of the reports of a store that has damaged pages.
#pragma once

#include "core/store/reports/catalogue.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/store/reports/read_sequences.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace jobtally::store {

// That any report can have: the greatest of those that tell, each of which may be damaged.
Sequence greatest_sequence(const Store& store);

// Throws StoreError only where not even what is around the damage can be read. The store must
// outlive it.
class Rescue {
  public:
    // `read` are those that were read before there was damage.
    explicit Rescue(const Store& store, ReadSequences read = {});

    const Catalogue& catalogue() const { return m_catalogue; }
    // As store::read_page(), without what can't be read.
    std::vector<StoredReport> read_page(Sequence after, std::size_t limit);

    // Neighbours that could not be read, and when those around them arrived, where there are some.
    struct Gap {
        Sequence first = 0, last = 0;
        std::optional<time::Instant> after{}, before{};
    };
    const std::vector<Gap>& gaps() const { return m_gaps; }

    // Hands on what was not read, made of the index of the ids and the packed copies:
    // without its unknown members. Returns how many reports are lost; nothing where the index is
    // damaged too.
    using Take = std::function<void(std::vector<StoredReport>)>;
    std::optional<std::int64_t> rebuild(const Take& take) const;

  private:
    using Ids = std::vector<std::pair<Sequence, std::string>>;

    bool can_read_behind(Sequence sequence) const;
    std::optional<Sequence> find_readable(Sequence after) const;
    void add_gap(Sequence first, Sequence last);
    void note_read(const StoredReport& report);
    bool read_ids(Ids& ids) const;
    StoredReport report_of(const FactBatch& batch, std::size_t place, std::string id) const;

    const Store& m_store;
    const Catalogue m_catalogue;
    const Sequence m_last;
    ReadSequences m_read;
    std::vector<Gap> m_gaps;                 // ascending
    std::optional<time::Instant> m_read_at;  // when the last report that was read arrived
};

}  // namespace jobtally::store
