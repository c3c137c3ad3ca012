// One connection: reads a request, hands its body over, writes the answer, and again.
#pragma once

#include "core/ingest/delivery.hpp"
#include "core/listen/body_budget.hpp"
#include "core/listen/giving_way.hpp"
#include "core/listen/http/answer.hpp"
#include "core/listen/http/input_buffer.hpp"
#include "core/listen/hub.hpp"
#include "core/listen/request.hpp"
#include "core/listen/sockets/channel.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace jobtally::listen {

class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(Hub& hub, std::unique_ptr<Channel> channel, Peer peer, Purpose purpose);

    std::uint64_t number() const { return m_number; }
    Purpose purpose() const { return m_purpose; }
    const Peer& peer() const { return m_peer; }
    void start();
    void take_receipt(const ingest::Receipt& receipt) noexcept;
    void body_may_come(BodyBudget::Share share) noexcept;
    void take_health(const Health& health) noexcept;
    void expire() noexcept;  // the deadline has passed
    void wind_down();        // takes no more requests after the one under way
    void close();
    void give_way();  // closes to make room for another connection, and logs that
    const Stage& stage() const { return m_stage; }
    Phase phase() const { return phase_of(m_stage, *m_channel, m_is_fresh); }
    bool is_fresh() const { return m_is_fresh; }  // no request was answered yet
    bool has_input() const { return m_channel->has_input(); }

  private:
    template <class Step>
    void protect(Step step) noexcept;
    void fail(const std::exception& defect) noexcept;
    // Calls the member `step` when an operation of the channel has ended.
    template <auto step>
    Completion then();

    void give_up_waiting();
    void take_opening(const boost::system::error_code& problem, std::size_t);
    void lose_peer_at_opening(std::string why);
    void read_more();
    void take_bytes(const boost::system::error_code& problem, std::size_t bytes);
    void lose_peer();
    void advance();
    void advance_head();
    void judge();
    void begin_body();
    void go_on(const boost::system::error_code& problem, std::size_t);
    void advance_body();
    void deliver();
    void refuse(const Refusal& refusal);
    void respond(const Answer& answer, bool keep_alive);
    void answer_head(const Answer& answer);
    void finish_response(const boost::system::error_code& problem, std::size_t);
    void record_access(std::string problem = {});
    void end_connection();
    void end_lingering(const boost::system::error_code&, std::size_t);

    Hub& m_hub;
    const std::unique_ptr<Channel> m_channel;
    const std::uint64_t m_number;
    const Peer m_peer;
    const Purpose m_purpose;
    Stage m_stage;
    bool m_is_fresh = true;  // no request was answered yet
    InputBuffer m_in;
    Request m_request;  // the one under way, or the next, of which nothing has come yet
    std::string m_out;
    bool m_close_after = false;
    bool m_peer_is_gone = false;
};

}  // namespace jobtally::listen
