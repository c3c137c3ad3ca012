// One connection: reads a request, hands its body over, writes the answer, and again.
#pragma once

#include "core/ingest/delivery.hpp"
#include "core/listen/access_log.hpp"
#include "core/listen/answer.hpp"
#include "core/listen/channel.hpp"
#include "core/listen/hub.hpp"
#include "core/listen/input_buffer.hpp"
#include "core/listen/request_reader.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace jobtally::listen {

class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(Hub& hub, std::unique_ptr<Channel> channel, Peer peer, Purpose purpose);

    std::uint64_t number() const { return m_number; }
    Purpose purpose() const { return m_purpose; }
    const Peer& peer() const { return m_peer; }
    void start();
    void take_receipt(const ingest::Receipt& receipt) noexcept;
    void body_may_come() noexcept;
    void take_health(const Health& health) noexcept;
    // The deadline has passed.
    void expire() noexcept;
    // No more requests after the one under way.
    void wind_down();
    void close();

    // Nothing of a request has come yet.
    bool is_idle() const { return m_phase == Phase::opening || m_phase == Phase::idle; }
    // It may be closed for another: it is idle, or its head is not there after a second, which
    // nobody has sent in earnest.
    bool gives_way() const;
    void give_way();
    Hub::Clock::time_point idle_since() const { return m_entered; }
    Hub::Clock::time_point deadline() const { return m_deadline; }

  private:
    enum class Phase {
        opening,
        idle,
        head,
        waiting,
        body,
        storing,
        probing,
        writing,
        lingering,
        closed
    };

    void enter(Phase phase, std::chrono::milliseconds patience);
    bool is_reading() const {
        return m_phase == Phase::idle || m_phase == Phase::head || m_phase == Phase::body;
    }
    friend Completion;
    template <class Step>
    void protect(Step step) noexcept;
    Completion then(Completion::Step step);
    void fail(const char* defect) noexcept;

    void give_up_waiting();
    void answer_receipt(const ingest::Receipt& receipt);
    void take_opening(const boost::system::error_code& problem);
    void lose_peer_at_opening(std::string why);
    void read_more();
    void take_bytes(const boost::system::error_code& problem, std::size_t bytes);
    void lose_peer();
    void advance();
    void begin_request();
    void advance_head();
    void note_head(const RequestHead& head, const Verdict& verdict);
    void answer_admin();
    void begin_body();
    void wait_for_share();
    void ask_for_body();
    void advance_body();
    void deliver();
    void drop_body();

    void refuse(const Refusal& refusal);
    void respond(const Answer& answer, bool keep_alive);
    void finish_response(const boost::system::error_code& problem);
    void finish_unheard();
    void record_access();
    void end_connection();
    void linger();

    Hub& m_hub;
    const std::unique_ptr<Channel> m_channel;
    const std::uint64_t m_number;
    const Peer m_peer;
    const Purpose m_purpose;
    Phase m_phase = Phase::opening;
    Hub::Clock::time_point m_entered;  // the phase
    Hub::Clock::time_point m_deadline;
    bool m_is_fresh = true;  // no request was answered yet

    InputBuffer m_in;
    std::size_t m_scanned = 0;
    bool m_keep_alive = true;
    bool m_head_only = false;
    bool m_has_body = false;
    bool m_expects_continue = false;
    std::unique_ptr<RequestReader> m_reader;  // of the request under way
    std::uint64_t m_most_body = 0;            // bytes that its body may take
    std::uint64_t m_reserved = 0;
    std::uint64_t m_lingered = 0;

    std::string m_out;
    bool m_close_after = false;
    bool m_peer_is_gone = false;
    bool m_left_unread = false;  // a body, or whatever else, was not looked at
    AccessRecord m_record;
    Hub::Clock::time_point m_began;
};

}  // namespace jobtally::listen
