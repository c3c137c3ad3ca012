// Order by time, and by id where times are equal: ids are read only for those.
#pragma once

#include "core/store/reports/read_reports.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace jobtally::query {

// Sorts `items` by `place_of(item)`, then by the ids of the reports at `sequence_of(item)`.
template <class Item, class PlaceOf, class SequenceOf>
void sort_by_place_and_id(std::vector<Item>& items, const store::Store& store, PlaceOf place_of,
                          SequenceOf sequence_of) {
    const auto before = [&](const Item& a, const Item& b) { return place_of(a) < place_of(b); };
    if (!std::is_sorted(items.begin(), items.end(), before)) {
        std::sort(items.begin(), items.end(), before);
    }
    std::vector<std::size_t> shared;  // items whose place another one has too
    std::vector<store::Sequence> sequences;
    const auto same = [&](std::size_t a, std::size_t b) {
        return place_of(items[a]) == place_of(items[b]);
    };
    for (std::size_t i = 0; i < items.size(); ++i) {
        if ((i > 0 && same(i - 1, i)) || (i + 1 < items.size() && same(i, i + 1))) {
            shared.push_back(i);
            sequences.push_back(sequence_of(items[i]));
        }
    }
    auto ids = store::read_ids(store, sequences);
    std::vector<std::pair<std::string, Item>> named;
    for (std::size_t i = 0; i < shared.size(); ++i) {
        named.emplace_back(std::move(ids[i]), items[shared[i]]);
    }
    std::sort(named.begin(), named.end(), [&](const auto& a, const auto& b) {
        if (place_of(a.second) != place_of(b.second)) return before(a.second, b.second);
        return a.first < b.first;
    });
    for (std::size_t i = 0; i < shared.size(); ++i) items[shared[i]] = named[i].second;
}

}  // namespace jobtally::query
