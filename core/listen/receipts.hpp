// The way back from the sink's thread to the listener's: receipts gather here, and each batch
// causes one wake-up.
#pragma once

#include "core/ingest/delivery.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <new>
#include <thread>
#include <utility>
#include <vector>

namespace jobtally::listen {

// The number of the connection that waits for it, and the receipt.
using NumberedReceipt = std::pair<std::uint64_t, ingest::Receipt>;

class Receipts {
  public:
    // `wake` is called from the sink's thread when the first receipt of a batch has come.
    explicit Receipts(std::function<void()> wake) : m_wake(std::move(wake)) {}

    // Where memory is short it waits for some: nobody else has the receipt.
    void put(std::uint64_t connection, ingest::Receipt receipt) noexcept {
        for (bool is_put = false; !try_to_put(connection, receipt, is_put);)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }

    // Moves all receipts that have come into `taken`.
    void take(std::vector<NumberedReceipt>& taken) {
        taken.clear();
        const std::lock_guard lock(m_mutex);
        taken.swap(m_waiting);
        m_is_woken = false;
    }

    // After this nobody is woken any more.
    void close() {
        const std::lock_guard lock(m_mutex);
        m_wake = nullptr;
    }

  private:
    bool try_to_put(std::uint64_t connection, ingest::Receipt& receipt, bool& is_put) noexcept {
        const std::lock_guard lock(m_mutex);
        try {
            if (!is_put) m_waiting.emplace_back(connection, std::move(receipt));
            is_put = true;
            // Called with the lock held, so that after close() no call of `wake` is still running.
            if (!m_is_woken && m_wake) m_wake();
            m_is_woken = true;
            return true;
        } catch (const std::bad_alloc&) {  // then nothing was moved
            return false;
        }
    }

    std::mutex m_mutex;
    bool m_is_woken = false;  // since the last take()
    std::function<void()> m_wake;
    std::vector<NumberedReceipt> m_waiting;
};

}  // namespace jobtally::listen
