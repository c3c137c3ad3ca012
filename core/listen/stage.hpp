// Where a connection stands, since when, and until when it may stay there.
#pragma once

#include "core/listen/http/request_head.hpp"

#include <algorithm>
#include <chrono>

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

class Stage {
  public:
    using Clock = std::chrono::steady_clock;

    void enter(Phase phase, std::chrono::milliseconds patience) {
        m_phase = phase;
        m_entered = Clock::now();
        m_deadline = m_entered + patience;
    }
    // Goes on with the deadline that it has.
    void move_on(Phase phase) { m_phase = phase; }
    void wait_for_ever() { m_deadline = Clock::time_point::max(); }
    void wait_at_most(std::chrono::milliseconds patience) {
        m_deadline = std::min(m_deadline, Clock::now() + patience);
    }

    Phase phase() const { return m_phase; }
    Clock::time_point since() const { return m_entered; }
    Clock::time_point deadline() const { return m_deadline; }
    // Nothing of a request has come yet.
    bool is_idle() const { return m_phase == Phase::opening || m_phase == Phase::idle; }
    bool is_reading() const {
        return m_phase == Phase::idle || m_phase == Phase::head || m_phase == Phase::body;
    }
    // Its answer is chosen, or nobody is there any more.
    bool is_answered() const {
        return m_phase == Phase::writing || m_phase == Phase::lingering || m_phase == Phase::closed;
    }
    // What a request hears whose head, share or body did not come in time.
    Refusal late_refusal() const {
        if (m_phase == Phase::waiting) return {503, "too many bodies are under way"};
        return {408, m_phase == Phase::head ? "the head took too long" : "the body took too long"};
    }
    // It may be closed for another: it is idle, or its head is not there after a second, which
    // nobody has sent in earnest.
    bool gives_way() const {
        return is_idle() ||
               (m_phase == Phase::head && Clock::now() - m_entered > patience_with_heads);
    }
    // Who has sent nothing gives way before who has sent a part of a head, then who has been there
    // for longer.
    bool gives_way_before(const Stage& other) const {
        if (is_idle() != other.is_idle()) return is_idle();
        return m_entered < other.m_entered;
    }

  private:
    static constexpr std::chrono::milliseconds patience_with_heads{1000};

    Phase m_phase = Phase::opening;
    Clock::time_point m_entered;  // the phase, but for move_on()
    Clock::time_point m_deadline;
};

}  // namespace jobtally::listen
