// What the connections of a listener share: rules, limits, deadlines and the way to the sink.
#pragma once

#include "core/listen/body_budget.hpp"
#include "core/listen/http/answer.hpp"
#include "core/listen/listener.hpp"
#include "core/listen/receipts.hpp"
#include "core/listen/sockets/peer.hpp"
#include "core/listen/watch/admin.hpp"
#include "core/listen/watch/metrics.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace jobtally::listen {

class Session;

// What a connection is for, which is a matter of the address it came to.
enum class Purpose { reports, admin };

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
    // Those for reports never take the room of the few for admin.
    bool is_full(Purpose purpose) const;
    bool has_room(Purpose purpose) const;  // for one more, perhaps in place of an idle one
    bool close_idlest(Purpose purpose);    // false: none is idle
    void became_idle();                    // wakes an acceptor that waits for room
    bool admits(const Peer& peer);         // false: it has as many as it may have
    std::function<void()> on_room;         // called when there may be room again

    // Bodies.
    BodyBudget& budget() { return m_budget; }
    void submit(ingest::Delivery delivery, std::uint64_t number);

    // Admin. The session is told by Session::take_health(); those who ask together share a commit.
    void probe(std::uint64_t number);
    std::string metrics_text() const;
    Counters& counters() { return m_counters; }

    // Lets what is under way finish, then stops the io_context.
    void stop();
    bool is_stopping() const { return m_is_stopping; }

  private:
    void hand_out_receipts();
    void take_probe(const ingest::Receipt& receipt);
    std::size_t connections(Purpose purpose) const {
        return m_connections[static_cast<std::size_t>(purpose)];
    }
    void watch_deadlines();
    void expire_sessions();
    std::shared_ptr<Session> find(std::uint64_t number) const;
    std::shared_ptr<Session> idlest(Purpose purpose) const;

    ListenOptions m_options;
    ListenHooks m_hooks;
    ingest::DeliverySink& m_sink;
    DoorRules m_rules;
    BodyBudget m_budget;  // outlives the sessions, which end with the io_context at the latest
    boost::asio::io_context m_io{1};
    boost::asio::steady_timer m_watch{m_io};
    bool m_is_watching = false;
    bool m_is_stopping = false;
    std::unordered_map<std::uint64_t, std::shared_ptr<Session>> m_sessions;
    std::array<std::size_t, 2> m_connections{};  // by purpose
    PeerCounts m_peers;
    Clock::time_point m_next_refusal_report;
    std::uint64_t m_last_number = 0;
    std::shared_ptr<Receipts> m_receipts;
    std::vector<NumberedReceipt> m_taken;
    Counters m_counters;
    time::Instant m_started;
    HealthProbe m_probe;
    std::string m_date;
    std::int64_t m_date_second = -1;
};

}  // namespace jobtally::listen
