// What the platform's lists say of themselves: how many jobs there are, of which a page holds some.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>

namespace jobtally::wire {

// The pages of one list are known by the total that they share. Of very many totals the first are
// kept.
class ListTotals {
  public:
    void add(std::int64_t total, std::int64_t items) {
        if (m_items.size() < most_totals || m_items.contains(total)) m_items[total] += items;
    }
    void add(const ListTotals& others) {
        for (const auto& [total, items] : others.m_items) add(total, items);
    }
    // How many jobs the lists say there are, and how many of them they do not hold. Both stay at
    // the greatest number.
    std::int64_t jobs() const {
        return sum([](std::int64_t total, std::int64_t) { return total; });
    }
    std::int64_t missing() const {
        return sum([](std::int64_t total, std::int64_t items) {
            return std::max<std::int64_t>(0, total - items);
        });
    }

  private:
    static constexpr std::size_t most_totals = 1000;

    template <class Of>
    std::int64_t sum(Of of) const {
        std::int64_t all = 0;
        for (const auto& [total, items] : m_items) {
            if (__builtin_add_overflow(all, of(total, items), &all)) all = INT64_MAX;
        }
        return all;
    }

    std::map<std::int64_t, std::int64_t> m_items;  // by total
};

}  // namespace jobtally::wire
