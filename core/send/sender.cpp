#include "core/send/sender.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/wire/report_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include <sys/eventfd.h>

namespace jobtally::send {
namespace {

// How far sending may fall behind its rate and still make up for it.
constexpr std::chrono::milliseconds most_arrears{100};

// What a listener of jobtally calls what became of a report. Another receiver's word could be taken
// for one that stands for a failure.
constexpr std::string_view results[] = {"stored", "updated", "unchanged", "stale", "spooled"};

// The text of a member in an answer such as the listener's: `{"result": "stored", "id": ...}`.
std::string_view member_of(std::string_view answer, std::string_view key) {
    const auto at = answer.find(key);
    if (at == answer.npos) return {};
    const auto rest = trim(answer.substr(at + key.size()), " :");
    return rest.starts_with('"') ? rest.substr(1, rest.find('"', 1) - 1) : std::string_view();
}

std::string word_for(const Answer& answer) {
    switch (answer.kind) {
        case Answer::Kind::timeout:
            return "timeout";
        case Answer::Kind::unreachable:
            return "unreachable";
        case Answer::Kind::no_answer:
            return "no-answer";
        case Answer::Kind::answered:
            break;
    }
    if (answer.status / 100 != 2) return "refused";
    const auto result = member_of(answer.body, "\"result\"");
    const auto* known = std::find(std::begin(results), std::end(results), result);
    return known != std::end(results) ? std::string(result) : "accepted";
}

Outcome outcome_of(const model::JobReport& report, const Answer& answer, time::Duration latency) {
    Outcome outcome{report.id, answer.status, word_for(answer), {}, latency};
    if (outcome.is_success()) return outcome;
    const auto told = member_of(answer.body, "\"error\"");
    outcome.reason = visible(told.empty() ? std::string_view(answer.reason) : told);
    return outcome;
}

}  // namespace

Sender::Sender(const Receiver& receiver, const SenderOptions& options,
               std::function<void(const Outcome&)> told)
    : m_options(options),
      m_told(std::move(told)),
      m_stopped_event(::eventfd(0, EFD_CLOEXEC)),
      m_turn(Clock::now()) {
    if (!m_stopped_event)
        throw IoError(std::string("can't wait for a signal: ") + std::strerror(errno));
    try {
        for (std::size_t i = 0; i < options.connections; ++i)
            m_threads.emplace_back([this, &receiver] { work(receiver); });
    } catch (...) {
        stop();
        join();
        throw;
    }
}

Sender::~Sender() {
    stop();
    join();
}

void Sender::submit(ingest::Delivery delivery, std::function<void(ingest::Receipt)> done) {
    Job job{{}, std::move(done)};
    job.receipt.tally.rejected = delivery.rejected();
    job.receipt.delivery = std::move(delivery);
    {
        const std::lock_guard lock(m_mutex);
        if (!m_is_stopped && !job.receipt.delivery.reports.empty()) {
            m_waiting.push_back(std::move(job));
            m_has_work.notify_one();
            return;
        }
    }
    job.done(std::move(job.receipt));
}

void Sender::stop() {
    const std::lock_guard lock(m_mutex);
    m_is_stopped = true;
    m_has_work.notify_all();
    m_has_stopped.notify_all();
    ::eventfd_write(m_stopped_event.number(), 1);
}

bool Sender::is_stopped() const {
    const std::lock_guard lock(m_mutex);
    return m_is_stopped;
}

void Sender::finish() {
    {
        const std::lock_guard lock(m_mutex);
        m_is_complete = true;
        m_has_work.notify_all();
    }
    join();
    if (m_problem) std::rethrow_exception(std::exchange(m_problem, nullptr));
}

void Sender::join() {
    for (auto& thread : m_threads) thread.join();
    m_threads.clear();
}

void Sender::work(const Receiver& receiver) {
    Connection connection(receiver);
    Job job;
    while (take(job)) {
        try {
            send_all(connection, job.receipt.delivery);
        } catch (...) {
            {
                const std::lock_guard lock(m_mutex);
                if (!m_problem) m_problem = std::current_exception();
            }
            stop();
        }
        job.done(std::move(job.receipt));
    }
}

// After stop() jobs are taken too, for their deliveries must come back.
bool Sender::take(Job& job) {
    std::unique_lock lock(m_mutex);
    m_has_work.wait(lock, [this] { return m_is_stopped || m_is_complete || !m_waiting.empty(); });
    if (m_waiting.empty()) return false;
    job = std::move(m_waiting.front());
    m_waiting.pop_front();
    return true;
}

void Sender::send_all(Connection& connection, const ingest::Delivery& delivery) {
    const auto members = m_options.as_stored ? wire::Members::all : wire::Members::known;
    std::string body;
    for (const auto& report : delivery.reports) {
        if (!wait_for_turn()) return;
        body.clear();
        wire::append_report(body, report, members);
        const auto begin = Clock::now();
        const auto answer = connection.post(body);
        const auto latency = std::chrono::duration_cast<time::Duration>(Clock::now() - begin);
        const std::lock_guard lock(m_told_mutex);
        m_told(outcome_of(report, answer, latency));
    }
}

// False once stop() was called.
bool Sender::wait_for_turn() {
    std::unique_lock lock(m_mutex);
    if (m_options.reports_per_second <= 0) return !m_is_stopped;
    const std::chrono::duration<double> interval(1 / m_options.reports_per_second);
    const auto turn = std::max(m_turn + std::chrono::duration_cast<Clock::duration>(interval),
                               Clock::now() - most_arrears);
    m_turn = turn;
    return !m_has_stopped.wait_until(lock, turn, [this] { return m_is_stopped; });
}

}  // namespace jobtally::send
