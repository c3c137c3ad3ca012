#include "core/query/value_lists.hpp"

#include <algorithm>
#include <iterator>
#include <new>
#include <stdexcept>
#include <utility>

namespace jobtally::query {

void ValueLists::merge(ValueLists&& other) {
    m_parts.insert(m_parts.end(), std::make_move_iterator(other.m_parts.begin()),
                   std::make_move_iterator(other.m_parts.end()));
}

// Blocks grow with their list, so that a million short lists take little room.
void ValueLists::Part::grow(List& list) {
    // A huge page each, but the first, for most questions are small.
    constexpr std::size_t first_room = 1 << 16;
    constexpr std::size_t next_room = 2 << 20;
    const std::size_t size =
        list.last == nullptr ? 4 : std::min(2 * list.last->size, most_of_block);
    const std::size_t bytes = sizeof(Block) + size * sizeof(std::uint32_t);
    if (room.empty() || room.back().size() - used < bytes) {
        room.emplace_back(room.empty() ? first_room : next_room);
        used = 0;
    }
    list.last = new (room.back().data() + used) Block{list.last, size};
    used += bytes;
    list.next = list.last->codes();
    list.end = list.next + size;
}

std::uint32_t ValueLists::Part::flagged(std::int64_t value) {
    if (value % 1000 == 0 && value / 1000 < second_flag)
        return static_cast<std::uint32_t>(first_flag | value / 1000);
    if (wide.size() == static_cast<std::size_t>(second_flag))
        throw std::length_error("too many long values");
    wide.push_back(value);
    return static_cast<std::uint32_t>(first_flag | second_flag |
                                      static_cast<std::int64_t>(wide.size() - 1));
}

}  // namespace jobtally::query
