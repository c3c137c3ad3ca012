// The way back from the sink's thread to the listener's: receipts gather here, and each batch
// causes one wake-up.
#pragma once

#include "core/ingest/delivery.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <mutex>
#include <utility>

namespace jobtally::listen {

// The number of the connection that waits for it, and the receipt.
using NumberedReceipts = std::list<std::pair<std::uint64_t, ingest::Receipt>>;

class Receipts {
  public:
    // `wake` is called from the sink's thread when the first receipt of a batch has come.
    explicit Receipts(std::function<void()> wake) : m_wake(std::move(wake)) {}

    // Takes no memory, of which there may be none: the one of `receipts` was made when its delivery
    // was handed over. Where there is none to wake anybody, take() is called soon all the same.
    void put(NumberedReceipts& receipts) noexcept {
        // Wakes with the lock held, so that after close() no call of `wake` is still running.
        const std::lock_guard lock(m_mutex);
        m_waiting.splice(m_waiting.end(), receipts);
        if (m_is_woken || !m_wake) return;
        try {
            m_wake();
            m_is_woken = true;
        } catch (const std::exception&) {
        }
    }

    // Moves all receipts that have come behind those in `taken`.
    void take(NumberedReceipts& taken) {
        const std::lock_guard lock(m_mutex);
        taken.splice(taken.end(), m_waiting);
        m_is_woken = false;
    }

    // After this nobody is woken any more.
    void close() {
        const std::lock_guard lock(m_mutex);
        m_wake = nullptr;
    }

  private:
    std::mutex m_mutex;
    bool m_is_woken = false;  // since the last take()
    std::function<void()> m_wake;
    NumberedReceipts m_waiting;
};

}  // namespace jobtally::listen
