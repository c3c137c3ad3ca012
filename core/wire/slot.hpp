// The members of a report that jobtally knows, and where their values go.
#pragma once

#include <cstdint>
#include <string_view>

namespace jobtally::wire {

// Where the next value goes.
enum class Slot : std::uint8_t {
    id,
    status,
    created_at,
    updated_at,
    type,
    definition_id,
    definition_name,
    nested_type,  // the members of `definition`, in the order of the three above
    nested_id,
    nested_name,
    total_operations,
    total_succeeded,
    total_failed,
    definition,
    root,     // the report itself
    unknown,  // a member that jobtally does not know, and what it holds
    ignored,
};

constexpr bool is_text(Slot slot) {
    return slot <= Slot::nested_name;
}
constexpr bool is_count(Slot slot) {
    return slot >= Slot::total_operations && slot <= Slot::total_failed;
}

// What rejections say of a slot up to root: name_of() is the name of its member (`definition.name`;
// empty for the report itself), and kind_of() what it must hold (`a count`).
std::string_view name_of(Slot slot);
std::string_view kind_of(Slot slot);

// The slot of a member of a report, and of its definition; `unknown` for all others.
Slot slot_of_member(std::string_view key);
Slot slot_of_nested(std::string_view key);

}  // namespace jobtally::wire
