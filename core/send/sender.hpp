// Sends reports as the platform does: each once, on several connections at most so many a second.
#pragma once

#include "core/base/file.hpp"
#include "core/ingest/delivery.hpp"
#include "core/send/connection.hpp"
#include "core/time/instant.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace jobtally::send {

// What became of a report.
struct Outcome {
    std::string id;
    int status = 0;  // 0: no answer came
    // Of 2xx what jobtally's own answer calls the result (`stored`, `spooled`), else `accepted`; of
    // others `refused`; without an answer `timeout`, `unreachable` or `no-answer`.
    std::string word;
    std::string reason;        // of what is no success; visible
    time::Duration latency{};  // from the beginning of the attempt to the end of its answer

    bool is_success() const { return status / 100 == 2; }
};

struct SenderOptions {
    std::size_t connections = 1;    // each has a thread
    double reports_per_second = 0;  // 0: as many as there can be
    bool as_stored = false;         // unknown members are sent too
};

class Sender final : public ingest::DeliverySink {
  public:
    // `told` is called for each report that was sent, by one thread at a time. What it throws ends
    // the sending and comes out of finish(). `receiver` must outlive this.
    Sender(const Receiver& receiver, const SenderOptions& options,
           std::function<void(const Outcome&)> told);
    // Stops, and waits for what is under way.
    ~Sender() override;

    // The tally of a receipt counts rejections alone, which are not sent.
    void submit(ingest::Delivery delivery, std::function<void(ingest::Receipt)> done) override;
    // No further report is sent; deliveries come back as they are. From any thread.
    void stop();
    // Can be read once stop() was called.
    int stopped() const { return m_stopped_event.number(); }
    bool is_stopped() const;
    // Sends what waits, and ends. Throws what `told` has thrown.
    void finish();

  private:
    struct Job {
        ingest::Receipt receipt;
        std::function<void(ingest::Receipt)> done;
    };
    using Clock = std::chrono::steady_clock;

    void work(const Receiver& receiver);
    void send_all(Connection& connection, const ingest::Delivery& delivery);
    bool take(Job& job);
    bool wait_for_turn();
    void join();

    const SenderOptions m_options;
    const std::function<void(const Outcome&)> m_told;
    Descriptor m_stopped_event;
    mutable std::mutex m_mutex;
    std::condition_variable m_has_work, m_has_stopped;
    std::deque<Job> m_waiting;
    bool m_is_stopped = false;
    bool m_is_complete = false;  // nothing more is submitted
    Clock::time_point m_turn;    // of the report that was sent last
    std::exception_ptr m_problem;
    std::mutex m_told_mutex;
    std::vector<std::thread> m_threads;
};

}  // namespace jobtally::send
