// The names of a report's members.
#include "core/wire/slot.hpp"

#include <array>

namespace jobtally::wire {

std::string_view name_of(Slot slot) {
    constexpr std::array<std::string_view, 14> names{"id",
                                                     "type",
                                                     "status",
                                                     "created_at",
                                                     "updated_at",
                                                     "total_operations",
                                                     "total_succeeded",
                                                     "total_failed",
                                                     "definition_id",
                                                     "definition_name",
                                                     "definition",
                                                     "definition.id",
                                                     "definition.name",
                                                     "definition.type"};
    return names[static_cast<std::size_t>(slot)];
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
