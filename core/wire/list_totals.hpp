// What the platform's lists say of themselves: how many jobs there are, of which a page holds some.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>

namespace jobtally::wire {

// The pages of one list are known by the total that they share, or by totals that lie near one
// another: jobs come and go while its pages are asked for. Of very many totals the first are kept.
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
    struct Count {
        std::int64_t jobs = 0, missing = 0;
    };
    Count count() const {
        Count count;
        List list;
        for (const auto& [total, items] : m_items) {
            const List next{total, total, items};
            if (list.may_be_one_with(next)) {
                list = {list.least, total, list.items + items};
                continue;
            }
            list.add_to(count);
            list = next;
        }
        list.add_to(count);
        return count;
    }

  private:
    static constexpr std::size_t most_totals = 1000;

    struct List {
        std::int64_t least = 0, most = 0, items = 0;  // the totals of its pages

        std::int64_t missing() const { return std::max<std::int64_t>(0, least - items); }
        // Two lists that are complete, or that hold more than either says, are not one.
        bool may_be_one_with(const List& next) const {
            const auto near = std::max<std::int64_t>(10, most / 20);
            return missing() > 0 && next.missing() > 0 && next.most - most <= near &&
                   next.items <= next.most - items;
        }
        void add_to(Count& count) const {
            add(count.jobs, most);
            add(count.missing, missing());
        }
    };

    static void add(std::int64_t& sum, std::int64_t number) {
        if (__builtin_add_overflow(sum, number, &sum)) sum = INT64_MAX;
    }

    std::map<std::int64_t, std::int64_t> m_items;  // by total
};

}  // namespace jobtally::wire
