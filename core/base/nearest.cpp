#include "core/base/nearest.hpp"

#include "core/base/ascii.hpp"
#include "core/base/text.hpp"

#include <algorithm>

namespace jobtally {

namespace {

constexpr std::size_t shortest_part = 3;

std::string only_one_with(const std::string& part, const std::vector<std::string>& names) {
    std::string found;
    if (part.size() < shortest_part) return found;
    for (const auto& name : names) {
        if (lower(name).find(part) == std::string::npos) continue;
        if (!found.empty() && found != name) return {};
        found = name;
    }
    return found;
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& names) {
    const std::string wanted = lower(word);
    std::string found;
    std::size_t least = std::max<std::size_t>(1, wanted.size() / 3) + 1;
    for (const auto& name : names) {
        const auto distance = edit_distance(wanted, lower(name));
        if (distance >= least) continue;
        least = distance;
        found = name;
    }
    return found.empty() ? only_one_with(wanted, names) : found;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names,
                         const std::string& otherwise) {
    const auto near = nearest(word, names);
    return near.empty() ? otherwise : "did you mean " + in_quotes(near) + "?";
}

}  // namespace jobtally
