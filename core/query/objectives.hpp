// What share of jobs is to succeed.
#pragma once

#include "core/query/grouping.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace jobtally::query {

// Shares of finished jobs, 0 to 1.
struct Objectives {
    std::optional<double> general;
    std::unordered_map<std::string, double> own;  // by id or name; it comes before the general one

    bool any() const { return general || !own.empty(); }
    // Of a definition, by the cells of its key: its id, then its name.
    std::optional<double> of(const GroupKey& definition) const {
        for (std::size_t i = 0; i < 2 && i < definition.size(); ++i) {
            const auto* text = std::get_if<std::string>(&definition[i]);
            const auto found = text != nullptr ? own.find(*text) : own.end();
            if (found != own.end()) return found->second;
        }
        return general;
    }
};

}  // namespace jobtally::query
