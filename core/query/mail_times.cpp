#include "core/query/mail_times.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace jobtally::query {

namespace {
constexpr std::int64_t whole_day = 24LL * 3600 * 1'000'000;
}

MailTimes::MailTimes(std::int64_t begin, std::int64_t end, time::Zone zone)
    : m_begin(begin), m_end(end), m_between(whole_day), m_zone(std::move(zone)) {
    const bool is_window = begin != INT64_MIN && end > begin;
    if (is_window && end - whole_day < begin) m_between = end - begin;
}

std::int64_t MailTimes::last(std::int64_t at) const {
    if (at >= m_begin) return m_begin;
    const std::int64_t windows = (m_begin - at + m_between - 1) / m_between;
    const std::int64_t mail = std::max(m_begin - windows * m_between, same_time(m_begin, at));
    return m_between < whole_day ? std::max(mail, same_time(m_end, at)) : mail;
}

// The last moment up to `at` with the local time of day of the later `moment`.
std::int64_t MailTimes::same_time(std::int64_t moment, std::int64_t at) const {
    const auto local = m_zone.to_local(time::instant_from_micros(moment));
    for (std::int64_t days = (moment - at) / whole_day;; ++days) {
        const auto found = time::micros(m_zone.to_utc(local - std::chrono::days{days}));
        if (found <= at) return found;
    }
}

}  // namespace jobtally::query
