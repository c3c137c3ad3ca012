// What the connections of a listener share: rules, limits, deadlines and the way to the sink.
#pragma once

#include "core/listen/answer.hpp"
#include "core/listen/listener.hpp"
#include "core/listen/receipts.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace jobtally::listen {

class Session;

// Lives in the thread of Listener::run(); only `receipts` is touched by others.
class Hub {
  public:
    using Clock = std::chrono::steady_clock;

    Hub(const ListenOptions& options, ingest::DeliverySink& sink, ListenHooks hooks);
    ~Hub();
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    boost::asio::io_context& io() { return m_io; }
    const ListenOptions& options() const { return m_options; }
    const DoorRules& rules() const { return m_rules; }
    const ListenHooks& hooks() const { return m_hooks; }
    void accept_authorizations(AcceptedAuthorizations accepted);
    const std::shared_ptr<const TlsIdentity>& tls() const { return m_options.tls; }
    void accept_tls(std::shared_ptr<const TlsIdentity> identity);
    void report_trouble(const std::string& what) const;
    // The Date field's value, made once a second.
    const std::string& http_date();

    // Connections.
    void add(const std::shared_ptr<Session>& session);
    void remove(std::uint64_t number);
    std::uint64_t next_number() { return ++m_last_number; }
    std::size_t connections() const { return m_sessions.size(); }
    bool has_room() const;          // for one more, perhaps in place of an idle one
    bool close_idlest();            // false: none is idle
    void became_idle();             // wakes an acceptor that waits for room
    std::function<void()> on_room;  // called when there may be room again

    // Bodies. False: the session is told by Session::body_may_come() when it is its turn.
    bool reserve(std::uint64_t bytes, std::uint64_t number);
    void give_back(std::uint64_t bytes);
    void submit(ingest::Delivery delivery, std::uint64_t number);

    // Lets what is under way finish, then stops the io_context.
    void stop();
    bool is_stopping() const { return m_is_stopping; }

  private:
    void hand_out_receipts();
    void grant_reservations();
    void watch_deadlines();
    void expire_sessions();
    std::shared_ptr<Session> find(std::uint64_t number) const;
    std::shared_ptr<Session> idlest() const;

    ListenOptions m_options;
    ListenHooks m_hooks;
    ingest::DeliverySink& m_sink;
    DoorRules m_rules;
    boost::asio::io_context m_io{1};
    boost::asio::steady_timer m_watch{m_io};
    bool m_is_watching = false;
    bool m_is_stopping = false;
    std::unordered_map<std::uint64_t, std::shared_ptr<Session>> m_sessions;
    std::uint64_t m_last_number = 0;
    std::uint64_t m_reserved = 0;
    std::deque<std::pair<std::uint64_t, std::uint64_t>> m_waiting;  // bytes, session
    std::shared_ptr<Receipts> m_receipts;
    std::vector<NumberedReceipt> m_taken;
    std::string m_date;
    std::int64_t m_date_second = -1;
};

}  // namespace jobtally::listen
