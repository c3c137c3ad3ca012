#include "core/ingest/writer.hpp"

#include <exception>
#include <utility>

#include <fmt/format.h>

namespace jobtally::ingest {
namespace {

// How long a transaction stays open for deliveries that were announced by more_follows.
constexpr std::chrono::milliseconds announced_patience{20};

// How many rows go by between two looks for other writers: each is a system call.
constexpr std::size_t rows_a_look = 512;

// What a commit adds to the log besides its rows, counted in rows.
constexpr std::size_t rows_a_commit = 8;

Error as_error(const std::exception& problem) {
    if (const auto* error = dynamic_cast<const Error*>(&problem)) return *error;
    return Error(problem.what());
}

// A failed sync, or a file that is not where it was.
bool loses_store(const std::exception& problem) {
    using Kind = store::StoreError::Kind;
    const auto* error = dynamic_cast<const store::StoreError*>(&problem);
    return error && (error->kind() == Kind::sync_failed || error->kind() == Kind::replaced);
}

}  // namespace

Writer::Writer(store::Store store, WriterOptions options, Trouble trouble)
    : m_store(std::move(store)),
      m_options(std::move(options)),
      m_trouble(std::move(trouble)),
      m_thread([this] { run(); }) {}

Writer::~Writer() {
    finish();
}

void Writer::submit(Delivery delivery, std::function<void(Receipt)> done) {
    Item item;
    item.receipt.delivery = std::move(delivery);
    item.done = std::move(done);
    const std::lock_guard lock(m_mutex);
    m_waiting.push_back(std::move(item));
    if (m_waiting.size() == 1) m_has_work.notify_one();
}

void Writer::finish() {
    {
        const std::lock_guard lock(m_mutex);
        m_is_finishing = true;
        m_has_work.notify_one();
    }
    if (m_thread.joinable()) m_thread.join();
}

void Writer::run() {
    record_uptime(Work::alive);
    for (;;) {
        const Work work = wait_for_work();
        if (work == Work::deliveries) write_group();
        if (work == Work::end || alive_is_due()) record_uptime(work);
        const bool is_due = work == Work::settle || work == Work::end ||
                            m_unsettled_rows >= m_options.rows_per_settle;
        if (is_due && m_unsettled_rows > 0 && !m_has_lost_store) settle();
        if (work == Work::end) return;
    }
}

Writer::Work Writer::wait_for_work() {
    const auto has_work = [this] { return !m_waiting.empty() || m_is_finishing; };
    std::unique_lock lock(m_mutex);
    const auto settle_at = std::chrono::steady_clock::now() + m_options.settle_after;
    if (m_unsettled_rows > 0 && (!m_options.clock || settle_at < m_next_alive)) {
        if (!m_has_work.wait_until(lock, settle_at, has_work)) return Work::settle;
    } else if (m_options.clock) {
        if (!m_has_work.wait_until(lock, m_next_alive, has_work)) return Work::alive;
    } else {
        m_has_work.wait(lock, has_work);
    }
    return m_waiting.empty() ? Work::end : Work::deliveries;
}

std::optional<Writer::Item> Writer::take(std::chrono::milliseconds patience) {
    std::unique_lock lock(m_mutex);
    if (m_waiting.empty() && patience.count() > 0)
        m_has_work.wait_for(lock, patience,
                            [this] { return !m_waiting.empty() || m_is_finishing; });
    if (m_waiting.empty()) return std::nullopt;
    std::optional<Item> item(std::move(m_waiting.front()));
    m_waiting.pop_front();
    return item;
}

// The one catch of the writer thread.
void Writer::write_group() {
    Items group;
    try {
        if (m_has_lost_store)
            throw store::StoreError(store::StoreError::Kind::other, "the store was lost before",
                                    "start jobtally again");
        store::WriteTransaction transaction(m_store, m_options.patience, m_options.rejected_limit);
        std::size_t rows = 0;
        std::size_t next_look = rows_a_look;
        while (auto item = take(group.empty() || !group.back().receipt.delivery.more_follows
                                    ? std::chrono::milliseconds(0)
                                    : announced_patience)) {
            group.push_back(std::move(*item));
            rows += put(transaction, group.back().receipt);
            if (rows >= m_options.rows_per_commit) break;
            if (rows < next_look) continue;
            if (transaction.someone_waits()) break;
            next_look = rows + rows_a_look;
        }
        transaction.commit();
        m_unsettled_rows += rows + rows_a_commit;
    } catch (const std::exception& problem) {
        if (loses_store(problem)) m_has_lost_store = true;
        return fail(group, as_error(problem));
    }
    for (auto& item : group) item.done(std::move(item.receipt));
}

std::size_t Writer::put(store::WriteTransaction& transaction, Receipt& receipt) {
    const auto& delivery = receipt.delivery;
    receipt.outcomes.reserve(delivery.reports.size());
    for (const auto& report : delivery.reports) {
        receipt.outcomes.push_back(transaction.put(report, delivery.received_at));
        receipt.tally.count(receipt.outcomes.back());
    }
    std::string source = delivery.source;
    for (const auto& rejection : delivery.rejections) {
        if (delivery.names_lines) source = fmt::format("{}:{}", delivery.source, rejection.line);
        transaction.reject(rejection, source, delivery.received_at);
        receipt.tally.count(model::Outcome::rejected);
    }
    return receipt.outcomes.size() + delivery.rejections.size();
}

// What waits fails too: each would else wait out its own patience. A spool belongs here: it would
// take these deliveries before they are given back.
void Writer::fail(Items& group, const Error& error) {
    while (auto item = take(std::chrono::milliseconds(0))) group.push_back(std::move(*item));
    report(error);
    for (auto& item : group) {
        item.receipt.tally = {};
        item.receipt.outcomes.clear();
        item.receipt.error = error.what();
        item.receipt.hint = error.hint();
        item.done(std::move(item.receipt));
    }
}

// Failing is no harm to what was committed; it is tried again after the next rows.
void Writer::settle() {
    m_unsettled_rows = 0;
    try {
        store::settle(m_store);
    } catch (const std::exception& problem) {
        if (loses_store(problem)) m_has_lost_store = true;
        report(as_error(problem));
    }
}

bool Writer::alive_is_due() const {
    return m_options.clock && std::chrono::steady_clock::now() >= m_next_alive;
}

// A sign of life must not keep deliveries waiting: while another process writes it is left out.
// The beginning and the end have the patience of deliveries.
void Writer::record_uptime(Work work) {
    if (!m_options.clock || m_has_lost_store) return;
    m_next_alive = std::chrono::steady_clock::now() + m_options.alive_every;
    try {
        const auto at = m_options.clock();
        if (!m_uptime) {
            m_uptime = store::begin_uptime(m_store, at, m_options.patience);
        } else if (work == Work::end) {
            store::end_uptime(m_store, *m_uptime, at, m_options.patience);
        } else {
            store::mark_alive(m_store, *m_uptime, at, std::chrono::milliseconds(0));
        }
        m_unsettled_rows += rows_a_commit;
    } catch (const store::StoreError& problem) {
        if (loses_store(problem)) m_has_lost_store = true;
        const bool is_skipped = problem.kind() == store::StoreError::Kind::busy &&
                                m_uptime.has_value() && work != Work::end;
        if (!is_skipped) report(problem);
    }
}

void Writer::report(const Error& error) {
    if (m_trouble) m_trouble(error, m_has_lost_store);
}

}  // namespace jobtally::ingest
