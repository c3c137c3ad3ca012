#include "core/base/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace jobtally {

namespace {

// V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals",
// 1966.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto above = row[j + 1];
            row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row.back();
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
    std::string best;
    auto least = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        if (const auto steps = distance(word, candidate); steps < least) {
            least = steps;
            best = candidate;
        }
    }
    return best;
}

}  // namespace jobtally
