#include "core/ingest/uptime_duty.hpp"

#include "core/ingest/trouble.hpp"

#include <algorithm>
#include <ctime>
#include <exception>
#include <utility>

namespace jobtally::ingest {
namespace {

// What is stored before the beginning is recorded can't be told from what came before.
constexpr std::chrono::milliseconds begin_again{1000};

// Since the machine was started: goes on while it is suspended, and nobody sets it.
time::Duration running_for() {
    timespec running{};
    ::clock_gettime(CLOCK_BOOTTIME, &running);
    return std::chrono::seconds(running.tv_sec) + std::chrono::microseconds(running.tv_nsec / 1000);
}

}  // namespace

void UptimeDuty::record(Entry entry) {
    m_due = Time::max();
    if (!m_is_up || !m_store.options().is_listener || m_store.is_lost()) return;
    try {
        write(entry);
    } catch (const std::exception& problem) {
        note_failure();
        if (!m_span) m_due = std::min(m_due, std::chrono::steady_clock::now() + begin_again);
        const bool is_held = is_busy(problem);
        if (is_held && m_span && entry == Entry::sign) return;
        if (is_held) m_store.set_locked_out(true);
        m_store.fails(problem, Failing::store);
    }
}

void UptimeDuty::prove() {
    try {
        write(Entry::proof);
    } catch (const std::exception&) {
        note_failure();
        throw;
    }
}

void UptimeDuty::note_failure() noexcept {
    if (const auto& spool = m_store.options().spool) spool->touch();
    if (!m_store.spool_works()) m_up_since = time::end_of_time;
}

// A clock that comes back to where it was put back from was right before.
bool UptimeDuty::went_on_without_us(time::Duration shown, time::Duration ran) {
    constexpr int left_out = 3;  // signs of one that is taken for gone
    constexpr time::Duration gone_after = left_out * store::alive_every;
    const auto leap = shown - ran;
    if (leap < -gone_after) m_put_back = -leap;
    const bool has_leapt = leap > gone_after;
    const auto put_back = has_leapt ? std::exchange(m_put_back, {}) : time::Duration{};
    const bool stood_still = ran > left_out * m_store.options().alive_every && shown > gone_after;
    return stood_still || (has_leapt && std::chrono::abs(leap - put_back) > gone_after);
}

void UptimeDuty::write(Entry entry) {
    m_due = std::chrono::steady_clock::now() + m_store.options().alive_every;
    const auto at = m_store.options().clock();
    const auto shown = std::exchange(m_shown, at).value_or(at);
    const auto running = running_for();
    const auto ran = running - std::exchange(m_running, running).value_or(running);
    constexpr std::chrono::seconds corrected{2};  // clocks are, all the time
    if (at + corrected < shown && m_store.hooks().clock_went_back)
        m_store.hooks().clock_went_back(shown, at);
    m_up_since = std::min(m_up_since, at);
    if (went_on_without_us(at - shown, ran)) {
        m_span.reset();
        m_up_since = at;
        if (m_store.hooks().stood_still) m_store.hooks().stood_still(shown, at);
    }
    auto& store = m_store.opened();
    if (m_opening != m_store.openings()) m_span.reset();
    m_opening = m_store.openings();
    if (!m_span) {
        m_span = store::begin_uptime(store, at, m_store.patience(), m_up_since);
    } else {
        write(entry, store, at);
    }
    m_up_since = at;
    m_store.works(Failing::store);
    m_store.count_commit(0);
}

void UptimeDuty::write(Entry entry, store::Store& store, time::Instant at) const {
    switch (entry) {
        case Entry::sign:
            store::mark_alive(store, *m_span, at, std::chrono::milliseconds(0));
            break;
        case Entry::proof:
            store::mark_alive(store, *m_span, at, m_store.options().patience);
            break;
        case Entry::end:
            store::end_uptime(store, *m_span, at, m_store.patience());
            break;
    }
}

}  // namespace jobtally::ingest
