// A sequence that only grows, a chunk at a time: what is in it never moves, and room is not cleared
// first.
#pragma once

#include "core/base/big_array.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <vector>

namespace jobtally::query {

// Holds plain values. Ask for room for the most values that may come, write them there, then say
// how many came.
template <class T>
class Chunks {
  public:
    // The room is valid until the next call; what was not kept() by then is lost.
    T* room(std::size_t most) {
        if (m_capacity - m_used < most) {
            m_capacity = std::max(most, std::clamp(4 * m_capacity, least, greatest));
            m_used = 0;
            m_chunks.push_back({BigArray<T>(m_capacity), 0});
        }
        return m_chunks.empty() ? nullptr : m_chunks.back().values.data() + m_used;
    }
    void kept(std::size_t count) {
        if (count == 0) return;
        m_used += count;
        m_chunks.back().size = m_used;
        m_size += count;
    }

    // Puts what another holds before its own.
    void take_over(Chunks&& other) {
        m_chunks.insert(m_chunks.begin(), std::make_move_iterator(other.m_chunks.begin()),
                        std::make_move_iterator(other.m_chunks.end()));
        m_size += other.m_size;
        if (m_chunks.size() == other.m_chunks.size()) {
            m_capacity = other.m_capacity;
            m_used = other.m_used;
        }
        other = {};
    }

    std::size_t size() const { return m_size; }
    template <class Take>
    void for_each(Take take) const {
        for (const auto& chunk : m_chunks) {
            for (const T& value : chunk.values.values().first(chunk.size)) take(value);
        }
    }

  private:
    static constexpr std::size_t least = 8192;
    static constexpr std::size_t greatest = 524'288;
    struct Chunk {
        BigArray<T> values;
        std::size_t size;
    };
    std::vector<Chunk> m_chunks;
    std::size_t m_capacity = 0;  // of the last chunk
    std::size_t m_used = 0;
    std::size_t m_size = 0;
};

}  // namespace jobtally::query
