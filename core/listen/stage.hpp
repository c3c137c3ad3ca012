// Where a connection stands, since when, and until when it may stay there.
#pragma once

#include "core/listen/http/request_head.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace jobtally::listen {

enum class Phase {
    opening,  // accepted; under TLS until the handshake is done
    idle,     // nothing of a request has come
    head,
    waiting,  // for a share of the budget
    body,
    storing,
    probing,
    writing,
    lingering,  // the answer is out; the peer may still be sending
    closed
};

// Nothing of a request has come yet.
constexpr bool is_idle(Phase phase) {
    return phase == Phase::opening || phase == Phase::idle;
}

class Stage {
  public:
    using Clock = std::chrono::steady_clock;

    void enter(Phase phase, std::chrono::milliseconds patience) {
        m_phase = phase;
        m_entered = Clock::now();
        m_deadline = m_entered + patience;
    }
    // Changes the phase but keeps the deadline.
    void move_on(Phase phase) {
        m_phase = phase;
        m_entered = Clock::now();
    }
    // The sink bounds its own patience.
    void store() {
        move_on(Phase::storing);
        m_deadline = Clock::time_point::max();
    }
    // For `patience` from now, but not beyond `most` from the beginning of the phase.
    void wait_on(std::chrono::milliseconds patience, std::chrono::milliseconds most) {
        m_deadline = std::min(m_entered + most, Clock::now() + patience);
    }
    void wait_at_most(std::chrono::milliseconds patience) {
        m_deadline = std::min(m_deadline, Clock::now() + patience);
    }
    // There is no memory to read a request, which stands in the socket until there is. True if none
    // has begun.
    bool starve() { return m_is_starved = m_phase == Phase::idle; }
    bool is_starved() const { return m_is_starved; }
    // True if that is to be tried again.
    bool feed() { return std::exchange(m_is_starved, false) && m_deadline > Clock::now(); }

    Phase phase() const { return m_phase; }
    Clock::time_point since() const { return m_entered; }
    Clock::time_point deadline() const { return m_deadline; }
    bool is_reading() const {
        return m_phase == Phase::idle || m_phase == Phase::head || m_phase == Phase::body;
    }
    // True from the first byte of a request until its answer has been chosen.
    bool is_under_way() const {
        return !is_idle(m_phase) && m_phase != Phase::writing && m_phase != Phase::lingering &&
               m_phase != Phase::closed;
    }
    // The answer to a request whose head, share of the budget or body did not come in time.
    Refusal late_refusal() const {
        if (m_phase == Phase::waiting) return {503, "too many bodies are under way"};
        return {408, m_phase == Phase::head ? "the head took too long" : "the body took too long"};
    }

  private:
    Phase m_phase = Phase::opening;
    Clock::time_point m_entered;  // the phase
    Clock::time_point m_deadline;
    bool m_is_starved = false;
};

}  // namespace jobtally::listen
