// One row of the table `report` without its texts.
#pragma once

#include "core/store/segments/facts.hpp"

namespace jobtally::store {

// Keys are 0 and values unknown_value where the report has none.
struct FactRow {
    Sequence sequence = 0;
    DefinitionKey definition = 0;
    WordKey name = 0;
    WordKey type = 0;
    WordKey status = 0;
    std::int64_t created_at = 0;
    std::int64_t updated_at = unknown_value;
    std::int64_t received_at = 0;
    std::int64_t operations = unknown_value;
    std::int64_t succeeded = unknown_value;
    std::int64_t failed = unknown_value;
};

// The schema's first words.
inline constexpr WordKey word_success = 1;
inline constexpr WordKey word_failure = 2;
inline constexpr WordKey word_running = 3;

constexpr model::Status status_of_word(WordKey word) {
    switch (word) {
        case word_success:
            return model::Status::success;
        case word_failure:
            return model::Status::failure;
        case word_running:
            return model::Status::running;
        default:
            return model::Status::other;
    }
}

}  // namespace jobtally::store
