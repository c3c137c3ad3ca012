// Which reports of a store were read, to know later which were not: a copy that was made while its
// store was written to mixes the pages of two states, and may lack some though none looks damaged.
#pragma once

#include "core/store/file/store.hpp"

#include <algorithm>
#include <vector>

namespace jobtally::store {

class ReadSequences {
  public:
    // Ascending from call to call.
    void add(Sequence sequence) {
        if (!m_ranges.empty() && m_ranges.back().last + 1 == sequence) {
            m_ranges.back().last = sequence;
        } else {
            m_ranges.push_back({sequence, sequence});
        }
    }
    bool contain(Sequence sequence) const {
        const auto range =
            std::lower_bound(m_ranges.begin(), m_ranges.end(), sequence,
                             [](const Range& one, Sequence wanted) { return one.last < wanted; });
        return range != m_ranges.end() && range->first <= sequence;
    }
    Sequence last() const { return m_ranges.empty() ? 0 : m_ranges.back().last; }

  private:
    struct Range {
        Sequence first = 0, last = 0;
    };

    std::vector<Range> m_ranges;
};

// True where the index of the ids has a report that is not among `read`, all that there seemed to
// be, and has not arrived since. Where the index can't be read nothing is known, and it is false.
// Some 80 ms for a million reports.
bool has_unread(const Store& store, const ReadSequences& read);

}  // namespace jobtally::store
