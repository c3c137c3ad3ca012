// The bytes of a connection that were received and not used yet.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace jobtally::listen {

// Grows as bytes come, never by what a peer merely promises, and shrinks again when it is empty.
class InputBuffer {
  public:
    std::string_view view() const { return {m_bytes.get() + m_begin, m_end - m_begin}; }
    bool empty() const { return m_begin == m_end; }

    // Room for at least 4 KiB behind the bytes that are there, and for more if the previous room
    // was filled. Earlier views become invalid.
    std::pair<char*, std::size_t> prepare() {
        if (m_capacity - m_end < m_wanted) make_room();
        return {m_bytes.get() + m_end, m_capacity - m_end};
    }
    void commit(std::size_t bytes) {
        m_end += bytes;
        if (m_end == m_capacity) m_wanted = std::min(2 * m_wanted, kept_capacity / 2);
    }
    void consume(std::size_t bytes) {
        m_begin += bytes;
        if (m_begin != m_end) return;
        m_begin = m_end = 0;
        if (m_capacity > kept_capacity) {
            m_bytes.reset();
            m_capacity = 0;
            m_wanted = piece;
        }
    }

  private:
    static constexpr std::size_t piece = 4 << 10;
    static constexpr std::size_t kept_capacity = 64 << 10;

    void make_room() {
        const std::size_t size = m_end - m_begin;
        if (m_capacity - size < m_wanted || m_begin < size) {
            m_capacity = std::max(2 * m_capacity, m_capacity == 0 ? 2 * piece : size + m_wanted);
            std::unique_ptr<char[]> larger(new char[m_capacity]);
            if (size > 0) std::memcpy(larger.get(), m_bytes.get() + m_begin, size);
            m_bytes = std::move(larger);
        } else {
            std::memcpy(m_bytes.get(), m_bytes.get() + m_begin,
                        size);  // m_begin >= size: no overlap
        }
        m_begin = 0;
        m_end = size;
    }

    std::unique_ptr<char[]> m_bytes;
    std::size_t m_capacity = 0;
    std::size_t m_wanted = piece;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
};

}  // namespace jobtally::listen
