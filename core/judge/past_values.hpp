// The values (durations, or records) of the runs before a run, which it is compared with: all, or
// those of the same hour or weekday.
#pragma once

#include "core/time/zone.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::judge {

// This many earlier runs are needed to judge a run by them.
inline constexpr std::size_t enough_runs = 10;

enum class Peers : std::uint8_t { all, same_hour, same_weekday };

// The local hour and weekday (Monday is 0) of a time.
struct ClockPlace {
    std::uint8_t hour;
    std::uint8_t weekday;
};
ClockPlace clock_place(std::int64_t micros, const time::Zone& zone);

// Values come and go as a window moves along the runs.
class PastValues {
  public:
    struct Comparable {
        std::span<const std::int64_t> sorted;  // good until the next add() or remove()
        Peers peers = Peers::all;
    };

    void add(ClockPlace place, std::int64_t value);
    // Removes a value that was added with the same place.
    void remove(ClockPlace place, std::int64_t value);
    std::size_t size() const { return m_all.values.size(); }

    // The values of the same hour or weekday where there are enough and their median differs from
    // that of all by a factor of 1.5 or more; of the two, those that differ more. Else all values.
    Comparable comparable(ClockPlace place);

  private:
    struct Sorted {
        std::vector<std::int64_t> values;
        bool in_order = false;  // true from the first look() on

        void add(std::int64_t value);
        void remove(std::int64_t value);
        std::span<const std::int64_t> look();
    };

    Sorted m_all;
    std::array<Sorted, 24> m_by_hour;
    std::array<Sorted, 7> m_by_weekday;
};

}  // namespace jobtally::judge
