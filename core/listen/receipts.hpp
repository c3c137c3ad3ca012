// The way back from the sink's thread to the listener's: receipts gather here, and each batch
// causes one wake-up.
#pragma once

#include "core/ingest/delivery.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace jobtally::listen {

// The number of the connection that waits for it, and the receipt.
using NumberedReceipt = std::pair<std::uint64_t, ingest::Receipt>;

class Receipts {
  public:
    // `wake` is called from the sink's thread when the first receipt of a batch has come.
    explicit Receipts(std::function<void()> wake) : m_wake(std::move(wake)) {}

    void put(std::uint64_t connection, ingest::Receipt receipt) {
        const std::lock_guard lock(m_mutex);
        m_waiting.emplace_back(connection, std::move(receipt));
        // Called with the lock held, so that after close() no call of `wake` is still running.
        if (m_waiting.size() == 1 && m_wake) m_wake();
    }

    // Moves all receipts that have come into `taken`.
    void take(std::vector<NumberedReceipt>& taken) {
        taken.clear();
        const std::lock_guard lock(m_mutex);
        taken.swap(m_waiting);
    }

    // After this nobody is woken any more.
    void close() {
        const std::lock_guard lock(m_mutex);
        m_wake = nullptr;
    }

  private:
    std::mutex m_mutex;
    std::function<void()> m_wake;
    std::vector<NumberedReceipt> m_waiting;
};

}  // namespace jobtally::listen
