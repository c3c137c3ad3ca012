// Leaving reports out of a batch.
#pragma once

#include "core/query/selection.hpp"
#include "core/store/facts/facts.hpp"

#include <cstdint>
#include <vector>

namespace jobtally::query {

// Which of a batch are kept: all, then only those that meet each condition.
class Kept {
  public:
    void begin(std::size_t size) {
        m_keep.assign(size, 1);
        m_size = size;
    }
    void only(const std::vector<std::int32_t>& keys, const std::vector<std::uint8_t>& accepted) {
        if (accepted.empty()) return;
        const auto count = static_cast<std::int32_t>(accepted.size());
        for (std::size_t i = 0; i < m_size; ++i) {
            m_keep[i] &= keys[i] < count ? accepted[static_cast<std::size_t>(keys[i])] : 0;
        }
    }
    void only(const std::vector<std::int64_t>& times, const Selection::Also& also) {
        for (std::size_t i = 0; i < m_size; ++i)
            m_keep[i] &= also.holds(time::instant_from_micros(times[i])) ? 1 : 0;
    }
    void only_at(const std::vector<std::int64_t>& times, const std::vector<std::int32_t>& keys,
                 const std::vector<std::int64_t>& time_of_key) {
        for (std::size_t i = 0; i < m_size; ++i) {
            const auto key = static_cast<std::size_t>(keys[i]);
            m_keep[i] &= key < time_of_key.size() && times[i] == time_of_key[key] ? 1 : 0;
        }
    }
    void only_up_to(const std::vector<std::int32_t>& keys, std::int32_t most) {
        for (std::size_t i = 0; i < keys.size(); ++i) m_keep[i] &= keys[i] <= most ? 1 : 0;
    }
    const std::vector<std::uint32_t>& indexes() {
        m_indexes.resize(m_size);
        std::size_t count = 0;
        for (std::size_t i = 0; i < m_size; ++i) {
            m_indexes[count] = static_cast<std::uint32_t>(i);
            count += m_keep[i];
        }
        m_indexes.resize(count);
        return m_indexes;
    }

  private:
    std::size_t m_size = 0;
    std::vector<std::uint8_t> m_keep;
    std::vector<std::uint32_t> m_indexes;
};

template <class T>
void copy_column(const std::vector<T>& from, const std::vector<std::uint32_t>& indexes,
                 std::vector<T>& to) {
    to.resize(from.empty() ? 0 : indexes.size());
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[indexes[i]];
}

inline void copy_batch(const store::FactBatch& from, const std::vector<std::uint32_t>& indexes,
                       store::FactBatch& to) {
    to.size = indexes.size();
    store::for_each_column(
        [&](const auto& column, auto& chosen) { copy_column(column, indexes, chosen); }, from, to);
}

}  // namespace jobtally::query
