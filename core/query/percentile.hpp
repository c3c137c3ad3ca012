// Nearest-rank percentiles and medians: each is a value that occurs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jobtally::query {

// 0 < p <= 100 with up to six decimals, kept as a whole number so that the rank is exact.
class Percentile {
  public:
    // `50`, `99.9`. Throws UsageError.
    static Percentile named(std::string_view text);
    // A list such as `50,99.9`; one that occurs twice is taken once.
    static std::vector<Percentile> list(std::string_view text);

    // The number without needless zeros: `99.9`.
    const std::string& text() const { return m_text; }
    // ceil(p / 100 * count), 1 to count; count > 0.
    std::int64_t rank(std::int64_t count) const;
    bool operator==(const Percentile&) const = default;

  private:
    Percentile(std::string text, std::int64_t millionths)
        : m_text(std::move(text)), m_millionths(millionths) {}

    std::string m_text;
    std::int64_t m_millionths;  // of one per cent
};

// The rank of the median of `count` values: of an even number the lower one in the middle.
constexpr std::int64_t median_rank(std::int64_t count) {
    return (count + 1) / 2;
}

// The values of these ranks (1: the smallest; ascending) of a non-empty set. Moves the values
// about.
std::vector<std::int64_t> values_at_ranks(std::span<std::int64_t> values,
                                          std::span<const std::int64_t> ranks);

// The same of values that are not in one place, or of those of several threads: all are counted,
// then the ranks are chosen, then all are looked at again.
class RankSearch {
  public:
    RankSearch();

    void count(std::span<const std::int64_t> values);
    void add_counts(const RankSearch& other);
    // Ascending, 1 to the number of values that were counted.
    void choose(std::span<const std::int64_t> ranks);
    // Of the same values, or some of them by a copy that is made after choose().
    void look(std::span<const std::int64_t> values);
    void add_found(const RankSearch& other);
    // By rank, when all have been looked at.
    std::vector<std::int64_t> found();

  private:
    struct Place {
        std::size_t inside;
        std::int64_t rank;  // within it
    };
    std::vector<std::int64_t> m_count;    // by bucket
    std::vector<std::uint16_t> m_wanted;  // by bucket: 1 + its number in m_inside, else 0
    std::vector<std::vector<std::int64_t>> m_inside;  // the values of the ranks' buckets
    std::vector<Place> m_places;
};

// The value at `place` (0: the smallest) once the values are sorted. `place` is below their number.
// Values are dealt to both sides of a pivot without a branch, because which side one goes to can't
// be foretold; after C. Hoare, "Algorithm 65: Find", Communications of the ACM 4 (1961), 321-322.
template <class T>
T value_at(std::vector<T> values, std::size_t place) {
    constexpr std::size_t few = 24;
    constexpr int most_rounds = 32;  // more come only of pivots that are badly chosen
    std::size_t begin = 0, end = values.size();
    T* const all = values.data();  // the loop is hot, and goes from begin to end
    for (int round = 0; round < most_rounds && end - begin > few; ++round) {
        const T a = values[begin], b = values[begin + (end - begin) / 2], c = values[end - 1];
        const T pivot = std::max(std::min(a, b), std::min(std::max(a, b), c));
        std::size_t split = begin;
        for (std::size_t i = begin; i < end; ++i) {
            const T value = all[i];
            all[i] = all[split];
            all[split] = value;
            split += value < pivot ? 1 : 0;
        }
        if (place < split) {
            end = split;
        } else if (split > begin) {
            begin = split;
        } else {
            break;  // the pivot is the least
        }
    }
    const auto at = [&](std::size_t i) { return values.begin() + static_cast<std::ptrdiff_t>(i); };
    std::nth_element(at(begin), at(place), at(end));
    return values[place];
}

// The 50th percentile of a non-empty set: of an even number of values the lower of the two in the
// middle.
template <class T>
T median(std::vector<T> values) {
    const std::size_t middle = (values.size() - 1) / 2;
    return value_at(std::move(values), middle);
}

// The upper of the two.
template <class T>
T upper_median(std::vector<T> values) {
    const std::size_t middle = values.size() / 2;
    return value_at(std::move(values), middle);
}

}  // namespace jobtally::query
