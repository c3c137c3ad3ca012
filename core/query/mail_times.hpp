// When mails came before the one of a window, as far as anyone can say.
#pragma once

#include "core/time/zone.hpp"

#include <cstdint>

namespace jobtally::query {

// One came when the window began, and before that at the local times of day at which the window
// begins and ends, or each window, if that is shorter than a day. Times are microseconds. One
// thread at a time.
class MailTimes {
  public:
    // Without a beginning, or an end, it is INT64_MIN, or INT64_MAX.
    MailTimes(std::int64_t begin, std::int64_t end, time::Zone zone);

    // The last one up to `at`.
    std::int64_t last(std::int64_t at) const;

  private:
    std::int64_t same_time(std::int64_t moment, std::int64_t at) const;

    std::int64_t m_begin, m_end, m_between;
    time::Zone m_zone;
};

}  // namespace jobtally::query
