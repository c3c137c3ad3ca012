// The members of a report that jobtally knows, and where their values go.
#pragma once

#include <cstdint>
#include <string_view>

namespace jobtally::wire {

// Where the value goes that comes next.
enum class Slot : std::uint8_t {
    id,
    type,
    status,
    created_at,
    updated_at,
    total_operations,
    total_succeeded,
    total_failed,
    definition_id,
    definition_name,
    definition,
    nested_id,  // the members of `definition`
    nested_name,
    nested_type,
    unknown,  // a member that jobtally does not know, and what it holds
    ignored,
    root,  // the report itself
};

// The member as a rejection names it: `definition.name`. Only for slots up to nested_type.
std::string_view name_of(Slot slot);

// The slot of a member of a report, and of its definition; `unknown` for all others.
Slot slot_of_member(std::string_view key);
Slot slot_of_nested(std::string_view key);

constexpr bool is_count(Slot slot) {
    return slot >= Slot::total_operations && slot <= Slot::total_failed;
}

}  // namespace jobtally::wire
