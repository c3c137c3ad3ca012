#include "core/wire/slot.hpp"

namespace jobtally::wire {

std::string_view name_of(Slot slot) {
    // clang-format off
    constexpr std::string_view names[] = {
        "id", "status", "created_at", "updated_at", "type", "definition_id", "definition_name",
        "definition.type", "definition.id", "definition.name",
        "total_operations", "total_succeeded", "total_failed", "definition", ""};
    // clang-format on
    return names[static_cast<std::size_t>(slot)];
}

std::string_view kind_of(Slot slot) {
    if (slot == Slot::id) return "a string or an integer";
    if (is_text(slot)) return "a string";
    return is_count(slot) ? "a count" : "an object";
}

Slot slot_of_member(std::string_view key) {
    switch (key.size()) {
        case 2:
            return key == "id" ? Slot::id : Slot::unknown;
        case 4:
            return key == "type" ? Slot::type : Slot::unknown;
        case 6:
            return key == "status" ? Slot::status : Slot::unknown;
        case 10:
            if (key == "created_at") return Slot::created_at;
            if (key == "updated_at") return Slot::updated_at;
            return key == "definition" ? Slot::definition : Slot::unknown;
        case 12:
            return key == "total_failed" ? Slot::total_failed : Slot::unknown;
        case 13:
            return key == "definition_id" ? Slot::definition_id : Slot::unknown;
        case 15:
            if (key == "total_succeeded") return Slot::total_succeeded;
            return key == "definition_name" ? Slot::definition_name : Slot::unknown;
        case 16:
            return key == "total_operations" ? Slot::total_operations : Slot::unknown;
        default:
            return Slot::unknown;
    }
}

Slot slot_of_nested(std::string_view key) {
    if (key == "id") return Slot::nested_id;
    if (key == "name") return Slot::nested_name;
    return key == "type" ? Slot::nested_type : Slot::unknown;
}

}  // namespace jobtally::wire
