// Lists of values by group, for questions that need every value: four bytes each where they are
// below 35 minutes in microseconds, or below 12 days in whole milliseconds.
#pragma once

#include "core/base/big_array.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::query {

// Holds values of 0 and more. The order within a list is not kept.
class ValueLists {
  public:
    explicit ValueLists(std::size_t groups) : m_parts(1) { m_parts.front().lists.resize(groups); }

    void add(std::size_t group, std::int64_t value) {
        Part& part = m_parts.front();
        List& list = part.lists[group];
        if (list.next == list.end) part.grow(list);
        *list.next++ = value < first_flag ? static_cast<std::uint32_t>(value) : part.flagged(value);
    }
    // What another holds of the same groups.
    void merge(ValueLists&& other);

    // Calls take(values) with all values of a group, some hundred at a time.
    template <class Take>
    void for_each(std::size_t group, Take take) const {
        std::array<std::int64_t, most_of_block> values;
        for (const Part& part : m_parts) {
            const List& list = part.lists[group];
            const std::uint32_t* end = list.next;
            for (const Block* block = list.last; block != nullptr; block = block->before) {
                std::size_t count = 0;
                for (const auto* code = block->codes(); code != end; ++code)
                    values[count++] = part.value_of(*code);
                take(std::span<const std::int64_t>(values.data(), count));
                if (block->before != nullptr) end = block->before->codes() + block->before->size;
            }
        }
    }

  private:
    static constexpr std::size_t most_of_block = 512;
    // The two highest bits of a code: 0x is a value, 10 one in thousands, 11 a place in `wide`.
    static constexpr std::int64_t first_flag = std::int64_t{1} << 31;
    static constexpr std::int64_t second_flag = std::int64_t{1} << 30;

    struct Block {
        Block* before;
        std::size_t size;  // the room for codes, which stand behind this

        std::uint32_t* codes() { return reinterpret_cast<std::uint32_t*>(this + 1); }
        const std::uint32_t* codes() const {
            return reinterpret_cast<const std::uint32_t*>(this + 1);
        }
    };
    struct List {
        Block* last = nullptr;  // filled up to `next`; those before it are full
        std::uint32_t* next = nullptr;
        std::uint32_t* end = nullptr;
    };
    // What one thread has added.
    struct Part {
        std::vector<List> lists;  // by group
        std::vector<std::int64_t> wide;
        std::vector<BigArray<std::byte>> room;
        std::size_t used = 0;  // of the last room

        void grow(List& list);
        std::uint32_t flagged(std::int64_t value);
        std::int64_t value_of(std::uint32_t code) const {
            if (code < first_flag) return code;
            const std::uint32_t rest = code & (second_flag - 1);
            return (code & second_flag) == 0 ? std::int64_t{1000} * rest : wide[rest];
        }
    };

    std::vector<Part> m_parts;
};

}  // namespace jobtally::query
