// What the writer does besides deliveries: the spool, the uptime, settling. None of it may keep a
// delivery waiting for long.
#include "core/ingest/writer.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <fmt/format.h>

namespace jobtally::ingest {
namespace {

// Work of the writer's own must not keep deliveries waiting.
constexpr std::chrono::milliseconds patience_of_duties{100};

constexpr std::chrono::milliseconds spool_retry{1000};
constexpr std::chrono::milliseconds spool_rest{60'000};
constexpr std::size_t spooled_a_commit = 256;

// The first, and how many there are.
Error all_of(const std::vector<IoError>& problems) {
    if (problems.size() == 1) return problems.front();
    return Error(fmt::format("{}, and {} more", problems.front().what(), problems.size() - 1),
                 problems.front().hint());
}

}  // namespace

void Writer::keep_in_spool(Items& group) {
    std::vector<Receipt*> with_body;
    for (auto& item : group) {
        if (item.receipt.delivery.body) with_body.push_back(&item.receipt);
    }
    if (with_body.empty()) return;
    try {
        if (const auto problem = m_options.spool->keep(with_body)) report(*problem, Failing::spool);
    } catch (const std::exception& problem) {
        report(learn_from(problem), Failing::spool);
    }
    m_next_spool = std::chrono::steady_clock::now() + spool_retry;
}

// Stored as if it came now, with the time at which it was received.
void Writer::take_from_spool() {
    m_next_spool = Time::max();
    if (m_has_lost_store) return;
    try {
        if (m_spooled.empty()) m_spooled = m_options.spool->waiting();
        // Who loads files ends soon; a listener looks again, for others may have put some there.
        if (m_spooled.empty() && m_options.clock)
            m_next_spool = std::chrono::steady_clock::now() + spool_rest;
        if (m_spooled.empty()) return works(Failing::spool);
        m_from_spool += take_piece_of_spool();
        m_spooled.erase(m_spooled.begin(), m_spooled.begin() + piece_of_spool());
        m_next_spool = std::chrono::steady_clock::now() +
                       (m_spooled.empty() ? spool_retry : std::chrono::milliseconds(0));
    } catch (const std::exception& problem) {
        m_spooled.clear();
        m_next_spool = std::chrono::steady_clock::now() + spool_retry;
        const bool is_of_spool = dynamic_cast<const IoError*>(&problem) != nullptr;
        return report(learn_from(problem), is_of_spool ? Failing::spool : Failing::store);
    }
    if (!m_spooled.empty() || m_from_spool == 0) return;
    if (m_hooks.from_spool) m_hooks.from_spool(m_from_spool);
    m_from_spool = 0;
}

std::ptrdiff_t Writer::piece_of_spool() const {
    return static_cast<std::ptrdiff_t>(std::min(m_spooled.size(), spooled_a_commit));
}

// A file that can't be read stays for better days, and keeps no other from being stored.
std::size_t Writer::take_piece_of_spool() {
    const auto& spool = *m_options.spool;
    std::vector<std::string> taken;
    std::vector<IoError> unreadable;
    std::size_t rows = 0;
    store::WriteTransaction transaction(opened_store(), patience_of_duties,
                                        m_options.rejected_limit);
    for (auto name = m_spooled.begin(), end = name + piece_of_spool(); name != end; ++name) {
        try {
            Receipt receipt;
            auto delivery = spool.read(*name);
            if (!delivery) continue;  // another process was faster
            receipt.delivery = std::move(*delivery);
            rows += put(transaction, receipt);
            taken.push_back(*name);
        } catch (const IoError& problem) {
            unreadable.push_back(problem);
        }
    }
    commit(transaction, rows);
    for (const auto& name : taken) spool.drop(name);
    unreadable.empty() ? works(Failing::spool) : report(all_of(unreadable), Failing::spool);
    return taken.size();
}

// Failing is no harm to what was committed; it is tried again after the next rows, or later where
// another process is writing.
void Writer::settle() {
    m_next_settle = Time::max();
    if (m_unsettled_rows == 0 || m_has_lost_store || !m_store) return;
    m_unsettled_rows = 0;
    try {
        store::settle(*m_store, m_options.settle_patience);
        works(Failing::upkeep);
    } catch (const std::exception& problem) {
        if (!is_busy(problem)) return report(learn_from(problem), Failing::upkeep);
        m_unsettled_rows = rows_a_commit;
    }
}

// A sign of life must not keep deliveries waiting: while another process writes it is left out.
void Writer::record_uptime(Work work) {
    if (m_has_lost_store) return;
    const bool is_sign = m_uptime.has_value() && work != Work::end;
    try {
        write_uptime(is_sign ? Work::alive : work);
    } catch (const std::exception& problem) {
        if (!is_sign && is_busy(problem)) m_is_locked_out = true;
        if (!is_sign || !is_busy(problem)) report(learn_from(problem), Failing::store);
    }
}

// The beginning, the end and probes have the patience of deliveries.
void Writer::write_uptime(Work work) {
    m_next_alive = std::chrono::steady_clock::now() + m_options.alive_every;
    auto& store = opened_store();
    const auto at = m_options.clock();
    if (!m_uptime) {
        m_uptime = store::begin_uptime(store, at, patience_with_others());
    } else if (work == Work::end) {
        store::end_uptime(store, *m_uptime, at, patience_with_others());
    } else {
        store::mark_alive(store, *m_uptime, at,
                          work == Work::alive ? std::chrono::milliseconds(0) : m_options.patience);
    }
    works(Failing::store);
    m_unsettled_rows += rows_a_commit;
}

}  // namespace jobtally::ingest
