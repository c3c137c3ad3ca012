#include "core/ingest/uptime_duty.hpp"

#include <ctime>
#include <exception>
#include <utility>

namespace jobtally::ingest {
namespace {

// Since the machine was started: goes on while it is suspended, and nobody sets it.
std::chrono::nanoseconds running_for() {
    timespec running{};
    ::clock_gettime(CLOCK_BOOTTIME, &running);
    return std::chrono::seconds(running.tv_sec) + std::chrono::nanoseconds(running.tv_nsec);
}

}  // namespace

void UptimeDuty::record(Entry entry) {
    m_due = Time::max();
    if (!m_store.options().is_listener || m_store.is_lost()) return;
    try {
        write(entry);
    } catch (const std::exception& problem) {
        if (const auto& spool = m_store.options().spool) spool->touch();
        const bool is_busy = WriterStore::is_busy(problem);
        if (is_busy && m_span && entry == Entry::sign) return;
        if (is_busy) m_store.set_locked_out(true);
        m_store.fails(problem, Failing::store);
    }
}

void UptimeDuty::write(Entry entry) {
    m_due = std::chrono::steady_clock::now() + m_store.options().alive_every;
    const auto at = m_store.options().clock();
    const auto shown = std::exchange(m_shown, at);
    const auto running = running_for();
    const auto stood = running - std::exchange(m_running, running);
    constexpr std::chrono::seconds corrected{2};  // clocks are, all the time
    if (at + corrected < shown && m_store.hooks().clock_went_back)
        m_store.hooks().clock_went_back(shown, at);
    constexpr int left_out = 3;  // signs of one that is taken for gone
    if (m_span && stood > left_out * m_store.options().alive_every &&
        at - shown > left_out * store::alive_every) {
        m_span.reset();
        if (m_store.hooks().stood_still) m_store.hooks().stood_still(shown, at);
    }
    auto& store = m_store.opened();
    if (m_opening != m_store.openings()) m_span.reset();
    m_opening = m_store.openings();
    if (!m_span) {
        m_span = store::begin_uptime(store, at, m_store.patience());
    } else {
        write(entry, store, at);
    }
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
