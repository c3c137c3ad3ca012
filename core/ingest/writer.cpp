#include "core/ingest/writer.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <fmt/format.h>

namespace jobtally::ingest {
namespace {

// How long a transaction stays open for deliveries that were announced by more_follows.
constexpr std::chrono::milliseconds announced_patience{20};

// How many rows go by between two looks for other writers: each is a system call.
constexpr std::size_t rows_a_look = 512;

constexpr std::chrono::milliseconds patience_when_locked_out{250};

Error as_error(const std::exception& problem) {
    if (const auto* error = dynamic_cast<const Error*>(&problem)) return *error;
    return Error(problem.what());
}

}  // namespace

Writer::Writer(std::optional<store::Store> store, WriterOptions options, WriterHooks hooks,
               Opener open)
    : m_open(std::move(open)),
      m_store(std::move(store)),
      m_options(std::move(options)),
      m_hooks(std::move(hooks)),
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
    if (m_options.clock) record_uptime(Work::alive);
    if (m_options.spool) take_from_spool();
    for (;;) {
        const Work work = wait_for_work();
        if (work == Work::deliveries) write_group();
        if (is_due(m_next_spool)) take_from_spool();
        // Who loads files does not come back for the rest, as a listener does.
        const bool is_last_chance = work == Work::end && !m_options.clock;
        while (is_last_chance && is_due(m_next_spool)) take_from_spool();
        if (m_options.clock && (work == Work::end || is_due(m_next_alive))) record_uptime(work);
        const bool is_much = m_unsettled_rows >= m_options.rows_per_settle;
        if (work == Work::settle || work == Work::end || is_much) settle();
        if (work == Work::end) return;
    }
}

Writer::Work Writer::wait_for_work() {
    const auto has_work = [this] { return !m_waiting.empty() || m_is_finishing; };
    std::unique_lock lock(m_mutex);
    if (m_unsettled_rows > 0)
        m_next_settle = std::chrono::steady_clock::now() + m_options.settle_after;
    const auto duty = next_duty();
    if (duty.due == Time::max()) {
        m_has_work.wait(lock, has_work);
    } else if (!m_has_work.wait_until(lock, duty.due, has_work)) {
        return duty.work;
    }
    return m_waiting.empty() ? Work::end : Work::deliveries;
}

Writer::Duty Writer::next_duty() const {
    Duty next;
    for (const Duty& duty : {Duty{Work::settle, m_next_settle}, Duty{Work::alive, m_next_alive},
                             Duty{Work::spool, m_next_spool}}) {
        if (duty.due < next.due) next = duty;
    }
    return next;
}

store::Store& Writer::opened_store() {
    if (m_has_lost_store)
        throw store::StoreError(store::StoreError::Kind::other, "the store was lost before",
                                "start jobtally again");
    if (!m_store) m_store.emplace(m_open());
    return *m_store;
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

// The catch of all that waits for an answer.
void Writer::write_group() {
    Items group;
    try {
        store::WriteTransaction transaction(opened_store(), patience_with_others(),
                                            m_options.rejected_limit);
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
        commit(transaction, rows);
    } catch (const std::exception& problem) {
        m_is_locked_out = is_busy(problem);
        return fail(group, learn_from(problem));
    }
    answer(group);
}

// Without rows nothing was written, so nothing is proved.
void Writer::commit(store::WriteTransaction& transaction, std::size_t rows) {
    transaction.commit();
    m_is_locked_out = false;
    m_unsettled_rows += rows + rows_a_commit;
    if (rows > 0) works(Failing::store);
    const auto forgotten = transaction.forgotten_rejections();
    if (forgotten > 0 && m_hooks.forgotten) m_hooks.forgotten(forgotten);
}

// Who is held off for long holds off long: senders behind the first need not wait as much.
std::chrono::milliseconds Writer::patience_with_others() const {
    return m_is_locked_out ? std::min(m_options.patience, patience_when_locked_out)
                           : m_options.patience;
}

void Writer::answer(Items& group) {
    Items probes;
    for (auto& item : group) {
        const auto& delivery = item.receipt.delivery;
        const bool is_probe = delivery.reports.empty() && delivery.rejections.empty();
        if (is_probe && m_options.clock) {
            probes.push_back(std::move(item));
        } else {
            item.done(std::move(item.receipt));
        }
    }
    if (!probes.empty()) probe(probes);
}

// A transaction that changes nothing never reaches the disk, so a sign of life is written.
void Writer::probe(Items& probes) {
    std::optional<Error> problem;
    try {
        write_uptime(Work::deliveries);
    } catch (const std::exception& found) {
        problem = learn_from(found);
        report(*problem, Failing::store);
    }
    for (auto& item : probes) {
        if (problem) {
            item.receipt.error = problem->what();
            item.receipt.hint = problem->hint();
        }
        item.done(std::move(item.receipt));
    }
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
    }
    receipt.tally.rejected += delivery.rejected();
    return receipt.outcomes.size() + delivery.rejections.size();
}

// What waits fails too: each would else wait out its own patience.
void Writer::fail(Items& group, const Error& error) {
    while (auto item = take(std::chrono::milliseconds(0))) group.push_back(std::move(*item));
    report(error, Failing::store);
    if (m_options.spool) keep_in_spool(group);
    for (auto& item : group) {
        item.receipt.tally = {};
        item.receipt.outcomes.clear();
        if (!item.receipt.is_spooled) {
            item.receipt.error = error.what();
            item.receipt.hint = error.hint();
        }
        item.done(std::move(item.receipt));
    }
}

bool Writer::is_busy(const std::exception& problem) {
    const auto* error = dynamic_cast<const store::StoreError*>(&problem);
    return error && error->kind() == store::StoreError::Kind::busy;
}

// What is damaged is opened anew the next time, which reads all of it again.
Error Writer::learn_from(const std::exception& problem) {
    using Kind = store::StoreError::Kind;
    if (const auto* error = dynamic_cast<const store::StoreError*>(&problem)) {
        if (error->kind() == Kind::sync_failed || error->kind() == Kind::replaced)
            m_has_lost_store = true;
        const bool is_damaged = error->kind() == Kind::corrupt || error->kind() == Kind::foreign ||
                                error->kind() == Kind::newer;
        if (is_damaged && m_open) m_store.reset();
    }
    return as_error(problem);
}

void Writer::report(const Error& error, Failing failing) {
    auto& told = m_told[static_cast<std::size_t>(failing)];
    if (told != error.what()) {
        told = error.what();
        if (m_hooks.trouble) m_hooks.trouble(error, failing);
    }
    if (m_has_lost_store && !std::exchange(m_told_loss, true) && m_hooks.store_is_lost)
        m_hooks.store_is_lost();
}

void Writer::works(Failing failing) {
    auto& told = m_told[static_cast<std::size_t>(failing)];
    if (told.empty()) return;
    told.clear();
    if (failing == Failing::store && m_hooks.store_works_again) m_hooks.store_works_again();
}

}  // namespace jobtally::ingest
