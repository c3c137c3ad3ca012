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

// A slot that had a run, and how long after it the report came; microseconds.
struct Reported {
    std::int64_t slot = 0, lag = 0;
};

// The slots of which the runs take so long each time that it is no outlier: those at one time of
// the day, of a weekday, or of a day of the month, such as a full load each night.
class SlowSlots {
  public:
    // The newest come first in `reports`. Those later than `late` are looked at; `room` is what is
    // granted beyond the greatest lag. The clocks are `local` and UTC: which of them rules may not
    // be known before one is changed, and at worst a run is waited for too long.
    void learn(const std::vector<Reported>& reports, time::Duration late, time::Duration room,
               const time::Zone& local);

    struct Slow {
        time::Duration late{0};
        std::vector<std::int64_t> lags{};
    };
    // Null where the slot is like the others.
    const Slow* at(time::Instant slot) const;
    bool empty() const { return m_clocks.empty(); }

  private:
    enum class By : std::uint8_t { day, week, month };
    struct Time {
        By by;
        std::int64_t offset;  // within a day, a week or a month
        Slow slow;
    };
    struct OnClock {
        time::Zone clock;
        std::vector<Time> times{};

        void learn(const std::vector<Reported>& reports, time::Duration late, time::Duration room);
        const Slow* at_wall(std::int64_t wall) const;
    };

    static std::int64_t offset_in(By by, std::int64_t wall);

    std::vector<OnClock> m_clocks{};  // on which there are any
};

}  // namespace jobtally::rhythm
