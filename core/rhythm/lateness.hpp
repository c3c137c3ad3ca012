// How long after its slot a report comes: usually, and at the times at which it always takes long.
#pragma once

#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace jobtally::rhythm {

// The greatest of the values that are not outliers, and a little more: the fewer values there are,
// the farther beyond them the next one may be.
double reach(std::vector<double> values);

// A slot that had a run: what its clock showed, and when its report came; microseconds.
struct Reported {
    std::int64_t wall = 0, lag = 0;
};

// The slots of which the runs take so long each time that it is no outlier: those at one time of
// the day, of a weekday, or of a day of the month, such as a full load each night.
class SlowSlots {
  public:
    // The newest come first in `reports`. Those later than `late` are looked at; `room` is what is
    // granted beyond the greatest lag.
    void learn(const std::vector<Reported>& reports, time::Duration late, time::Duration room,
               const time::Zone& clock);

    struct Slow {
        time::Duration late{0};
        std::vector<std::int64_t> lags{};
    };
    // Null where the slot is like the others.
    const Slow* at(time::Instant slot) const;
    bool empty() const { return m_times.empty(); }

  private:
    enum class By : std::uint8_t { day, week, month };
    struct Time {
        By by;
        std::int64_t offset;  // within a day, a week or a month
        Slow slow;
    };

    static std::int64_t offset_in(By by, std::int64_t wall);
    const Slow* at_wall(std::int64_t wall) const;

    std::optional<time::Zone> m_clock{};
    std::vector<Time> m_times{};
};

}  // namespace jobtally::rhythm
