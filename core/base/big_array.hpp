// Room for many plain values, not cleared first and on huge pages where the system has them: the
// first touch of a million small pages costs more than to fold what is written there.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

#include <sys/mman.h>

namespace jobtally {

// Read only what was written before.
template <class T>
class BigArray {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

  public:
    BigArray() = default;
    explicit BigArray(std::size_t size) : m_values(allocate(size * sizeof(T))), m_size(size) {}

    T* data() const { return m_values.get(); }
    std::size_t size() const { return m_size; }
    std::span<T> values() const { return {data(), m_size}; }

  private:
    struct Free {
        void operator()(T* values) const { std::free(values); }
    };

    static T* allocate(std::size_t bytes) {
        constexpr std::size_t huge_page = 2 << 20;
        if (bytes == 0) return nullptr;
        const bool is_big = bytes >= huge_page;
        const std::size_t room = (bytes + huge_page - 1) / huge_page * huge_page;
        void* const values = is_big ? std::aligned_alloc(huge_page, room) : std::malloc(bytes);
        if (values == nullptr) throw std::bad_alloc();
        // Advice only: where it is not taken the pages are small.
        if (is_big) ::madvise(values, room, MADV_HUGEPAGE);
        return static_cast<T*>(values);
    }

    std::unique_ptr<T, Free> m_values;
    std::size_t m_size = 0;
};

}  // namespace jobtally
