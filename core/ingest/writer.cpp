#include "core/ingest/writer.hpp"

#include "core/ingest/trouble.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace jobtally::ingest {
namespace {

// How long a transaction stays open for deliveries that were announced by more_follows.
constexpr std::chrono::milliseconds announced_patience{20};

// How many rows go by between two looks for other writers: each is a system call.
constexpr std::size_t rows_a_look = 512;

constexpr std::chrono::milliseconds pause_without_memory{10};

// How long another hand at the store may go unnoticed while nothing is written.
constexpr std::chrono::milliseconds look_every{1000};

template <class Duty>
void run_if_due(Duty& duty) {
    if (std::chrono::steady_clock::now() >= duty.due()) duty.run();
}

void forget_outcome(Receipt& receipt) {
    receipt.tally = {};
    receipt.outcomes.clear();
}

}  // namespace

Writer::Writer(std::optional<store::Store> store, WriterOptions options, WriterHooks hooks,
               Opener open)
    : m_options(std::move(options)),
      m_hooks(std::move(hooks)),
      m_store(std::move(store), std::move(open), m_options, m_hooks),
      m_uptime(m_store),
      m_spool(m_store),
      m_losses(m_store),
      m_look_at(m_options.is_listener ? Time::min() : Time::max()),
      m_rested_at(std::chrono::steady_clock::now() + m_options.settle_after),
      m_thread([this] { run(); }) {}

Writer::~Writer() {
    finish();
}

void Writer::submit(Delivery delivery, std::function<void(Receipt)> done) {
    Items one(1);
    one.front().receipt.delivery = std::move(delivery);
    one.front().done = std::move(done);
    const std::lock_guard lock(m_mutex);
    m_waiting.splice(m_waiting.end(), one);
    if (m_waiting.size() == 1) m_has_work.notify_one();
}

void Writer::count_as_up(bool is_up) {
    const std::lock_guard lock(m_mutex);
    m_uptime.count_as_up(is_up);
    m_is_called = true;
    m_has_work.notify_one();
}

void Writer::finish() {
    {
        const std::lock_guard lock(m_mutex);
        m_is_finishing = true;
        m_has_work.notify_one();
    }
    if (m_thread.joinable()) m_thread.join();
}

// Whatever else goes wrong is caught where it does.
void Writer::run() {
    for (;;) {
        try {
            return work();
        } catch (const std::bad_alloc&) {
            give_up_group();
            std::this_thread::sleep_for(pause_without_memory);
        }
    }
}

void Writer::work() {
    run_if_due(m_uptime);
    if (m_options.is_listener) m_store.settle_first();
    run_if_due(m_spool);
    run_if_due(m_losses);
    for (;;) {
        const Wake wake = wait_for_work();
        if (wake == Wake::deliveries) {
            write_group(m_group, false);
            m_group.clear();
            m_rested_at = std::chrono::steady_clock::now() + m_options.settle_after;
        }
        run_if_due(m_uptime);
        run_if_due(m_spool);
        if (wake == Wake::finish) return finish_duties();
        if (std::chrono::steady_clock::now() >= m_look_at) {
            m_store.look();
            m_look_at = std::chrono::steady_clock::now() + look_every;
        }
        run_if_due(m_losses);
        const bool is_much = m_store.unsettled_rows() >= m_options.rows_per_settle;
        if (wake != Wake::rest && !is_much) continue;
        m_store.settle();
        m_rested_at = std::chrono::steady_clock::now() + m_options.settle_after;
    }
}

void Writer::finish_duties() {
    // A process that loads files stores the whole spool now: unlike a listener it does not come
    // back for the rest.
    while (!m_options.is_listener && m_spool.due() <= std::chrono::steady_clock::now())
        m_spool.run();
    m_uptime.end();
    m_losses.end();
    m_spool.end();
    m_store.settle();
}

Writer::Wake Writer::wait_for_work() {
    const auto has_work = [this] { return !m_waiting.empty() || m_is_finishing; };
    const auto is_called = [&] { return has_work() || m_is_called; };
    std::unique_lock lock(m_mutex);
    if (m_waiting.empty()) m_busy_since = Time::max();
    const auto rested = m_store.unsettled_rows() > 0 ? m_rested_at : Time::max();
    const auto due = std::min({rested, m_uptime.due(), m_spool.due(), m_look_at});
    if (due == Time::max()) {
        m_has_work.wait(lock, is_called);
    } else {
        m_has_work.wait_until(lock, due, is_called);
    }
    m_is_called = false;
    if (m_busy_since.load() == Time::max()) m_busy_since = std::chrono::steady_clock::now();
    if (!has_work()) return due == rested ? Wake::rest : Wake::duty;
    return m_waiting.empty() ? Wake::finish : Wake::deliveries;
}

std::vector<Receipt*> Writer::receipts_of(Items& items, Items::iterator first) {
    std::vector<Receipt*> receipts;
    for (; first != items.end(); ++first) receipts.push_back(&first->receipt);
    return receipts;
}

// Puts what waits behind the group, up to the delivery that makes it `rows`; returns its receipts.
std::vector<Receipt*> Writer::take(Items& group, std::chrono::milliseconds patience,
                                   std::size_t rows) {
    std::unique_lock lock(m_mutex);
    if (m_waiting.empty() && patience.count() > 0)
        m_has_work.wait_for(lock, patience,
                            [this] { return !m_waiting.empty() || m_is_finishing; });
    auto end = m_waiting.begin();
    for (std::size_t taken = 0; end != m_waiting.end() && taken < rows; ++end)
        taken += end->receipt.delivery.rows();
    const auto first = end == m_waiting.begin() ? group.end() : m_waiting.begin();
    group.splice(group.end(), m_waiting, m_waiting.begin(), end);
    return receipts_of(group, first);
}

// Whatever goes wrong is caught here, so that every delivery is answered. On a full disk the group
// is tried again once there is what room can be made.
void Writer::write_group(Items& group, bool is_last_try) {
    try {
        store(group);
    } catch (const std::exception& problem) {
        m_store.set_locked_out(is_busy(problem));
        if (is_last_try || !is_full(problem)) return fail(group, problem);
        m_store.make_room();
        for (auto& item : group) forget_outcome(item.receipt);
        return write_group(group, true);
    }
    if (is_last_try) m_spool.reserve();
    m_losses.try_now();
    answer(group);
}

// Stores the group, and what waits behind it.
void Writer::store(Items& group) {
    store::WriteTransaction transaction(m_store.opened(WriterStore::For::bodies),
                                        m_store.patience(), m_options.rejected_limit);
    std::size_t rows = 0;
    std::size_t next_look = rows_a_look;
    auto taken = receipts_of(group, group.begin());
    while (rows < m_options.rows_per_commit) {
        const bool more_follows = !group.empty() && group.back().receipt.delivery.more_follows;
        if (taken.empty())
            taken = take(group, more_follows ? announced_patience : std::chrono::milliseconds(0),
                         rows_a_look);
        if (taken.empty()) break;
        rows += put_deliveries(transaction, std::exchange(taken, {}), m_options.clock());
        if (rows < next_look) continue;
        if (transaction.someone_waits()) break;
        next_look = rows + rows_a_look;
    }
    m_store.commit(transaction, rows);
}

void Writer::answer(Items& group) {
    for (auto& item : group) {
        const auto& delivery = item.receipt.delivery;
        const bool is_empty = delivery.reports.empty() && delivery.rejections.empty();
        if (is_empty && delivery.body) {
            answer_unread(item);
        } else if (!is_empty || !m_options.is_listener) {
            hand_back(item);
        }
    }
    std::optional<Error> problem;
    bool is_proved = false;
    for (auto& item : group) {
        if (!item.done) continue;
        if (!std::exchange(is_proved, true)) problem = prove();
        if (problem) {
            item.receipt.error = problem->what();
            item.receipt.hint = problem->hint();
        }
        hand_back(item);
    }
}

void Writer::answer_unread(Item& item) {
    m_spool.keep(std::vector{&item.receipt});
    if (!item.receipt.is_spooled) item.receipt.error = "out of memory";
    hand_back(item);
}

// A transaction that changes nothing never reaches the disk, so a sign of life is written for the
// probes.
std::optional<Error> Writer::prove() {
    try {
        m_uptime.prove();
        return std::nullopt;
    } catch (const std::exception& found) {
        return m_store.fails(found, Failing::store);
    }
}

void Writer::hand_back(Item& item) {
    item.done(std::move(item.receipt));
    item.done = nullptr;
    m_busy_since = std::chrono::steady_clock::now();
}

// What is short enough to stand in the string itself takes no memory.
void Writer::give_up_group() noexcept {
    for (auto& item : m_group) {
        if (!item.done) continue;
        forget_outcome(item.receipt);
        Receipt* const receipt = &item.receipt;
        m_spool.keep(std::span(&receipt, 1));
        if (!receipt->is_spooled) receipt->error = "out of memory";
        hand_back(item);
    }
    m_group.clear();
}

// What is still in the queue fails too. Otherwise each delivery would wait for the store in its
// turn, for as long as this one did. Where memory is short all but one stay in the queue: that
// one gives its memory back.
void Writer::fail(Items& group, const std::exception& problem) {
    const bool is_short = lacks_memory(problem);
    if (!is_short || group.empty())
        take(group, std::chrono::milliseconds(0),
             is_short ? 1 : std::numeric_limits<std::size_t>::max());
    const Error error = m_store.fails(problem, Failing::store);
    m_spool.keep(receipts_of(group, group.begin()));
    for (auto& item : group) {
        forget_outcome(item.receipt);
        if (!item.receipt.is_spooled) {
            item.receipt.error = error.what();
            item.receipt.hint = error.hint();
        }
        hand_back(item);
    }
}

}  // namespace jobtally::ingest
