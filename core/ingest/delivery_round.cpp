#include "core/ingest/delivery_round.hpp"

#include "core/base/error.hpp"

#include <utility>

namespace jobtally::ingest {

Delivery DeliveryRound::take() {
    std::unique_lock lock(m_mutex);
    m_came_back.wait(lock, [this] { return !m_free.empty(); });
    check();
    Delivery delivery = std::move(m_free.back());
    m_free.pop_back();
    return delivery;
}

void DeliveryRound::submit(Delivery delivery) {
    {
        const std::lock_guard lock(m_mutex);
        ++m_under_way;
    }
    try {
        m_sink.submit(std::move(delivery),
                      [this](Receipt receipt) { put_back(std::move(receipt)); });
    } catch (...) {
        const std::lock_guard lock(m_mutex);
        --m_under_way;
        throw;
    }
}

void DeliveryRound::put_back(Receipt receipt) {
    // Notifies with the lock held, because whoever sees all deliveries back may destroy this object
    // at once.
    const std::lock_guard lock(m_mutex);
    m_tally += receipt.tally;
    if (receipt.error && !m_error) {
        m_error = std::move(receipt.error);
        m_hint = std::move(receipt.hint);
    }
    --m_under_way;
    m_free.push_back(std::move(receipt.delivery));
    m_came_back.notify_one();
}

void DeliveryRound::wait_for_all() {
    std::unique_lock lock(m_mutex);
    m_came_back.wait(lock, [this] { return m_under_way == 0; });
}

model::Tally DeliveryRound::finish() {
    wait_for_all();
    check();
    return m_tally;
}

void DeliveryRound::check() const {
    if (m_error) throw Error(*m_error, m_hint);
}

}  // namespace jobtally::ingest
