// What the connections of a listener share: rules, limits, deadlines and the way to the sink.
#pragma once

#include "core/listen/body_budget.hpp"
#include "core/listen/connections.hpp"
#include "core/listen/http/head_verdict.hpp"
#include "core/listen/http/response.hpp"
#include "core/listen/listener.hpp"
#include "core/listen/receipts.hpp"
#include "core/listen/request.hpp"
#include "core/listen/watch/admin.hpp"
#include "core/listen/watch/metrics.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace jobtally::listen {

// Lives in the thread of Listener::run(); only `receipts` is touched by others.
class Hub {
  public:
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
    void report_trouble(std::string_view what) const noexcept;
    const std::string& http_date() { return m_date.now(); }

    Connections& connections() { return m_connections; }
    std::uint64_t next_number() { return ++m_last_number; }
    // Connections::admits(); a refusal is counted and reported.
    bool admits(const Peer& peer, const Place& place);
    // Closes a connection in favour of another; that is counted and reported.
    void close_for_room(Session& session);
    void remove(std::uint64_t session);  // of a connection that was closed
    // False while there is none to spare for one more connection: who stands at the door waits
    // there, and loses nothing.
    bool has_memory() noexcept;

    // Bodies.
    BodyBudget& budget() { return m_budget; }
    void submit(ingest::Delivery delivery, std::uint64_t number);
    // Counts a request that is answered 503 and kept nowhere, and hands out its body.
    void lose(const ingest::Receipt& receipt, const Peer& peer) noexcept;
    // The same for one that could not be handled, unless it is known that its sender may not send
    // reports; gives its memory back.
    void lose(Request& request, const InputBuffer& in, const Peer& peer) noexcept;
    // Hands a body on that is whole and can't be read for want of memory; false where it is not, or
    // that needs too much as well.
    bool spool(Request& request, std::uint64_t number) noexcept;

    // Admin: probes whether commits work. The session gets the result through
    // Session::take_health(); sessions that ask while a probe is under way share its commit.
    void probe(std::uint64_t number);
    std::string metrics_text() const;
    Counters& counters() { return m_counters; }
    // Counts a request whose fate is known, and logs it.
    void note(const AccessRecord& record);
    // Writes a line of the access log.
    void log(const AccessRecord& record);
    // Writes those that wait; to be called when the io_context has ended.
    void end_log();

    // Lets what is under way finish, then stops the io_context.
    void stop();
    bool is_stopping() const { return m_is_stopping; }
    // True if connections end with their next answer: where all places are taken nobody keeps one
    // for a further request, while others wait.
    bool ends_connections(Purpose purpose) const {
        return m_is_stopping || m_connections.is_full(purpose);
    }

  private:
    void lose(std::string_view body, const Peer& peer, bool is_whole) noexcept;
    void hand_out_receipts();
    void take_probe(const ingest::Receipt& receipt);

    ListenOptions m_options;
    ListenHooks m_hooks;
    ingest::DeliverySink& m_sink;
    DoorRules m_rules;
    BodyBudget m_budget;  // outlives the sessions, which end with the io_context at the latest
    boost::asio::io_context m_io{1};
    Connections m_connections;
    bool m_is_stopping = false;
    std::chrono::steady_clock::time_point m_next_refusal_report;
    std::chrono::steady_clock::time_point m_next_room_report;
    std::uint64_t m_last_number = 0;
    std::shared_ptr<Receipts> m_receipts;
    NumberedReceipts m_taken;
    Counters m_counters;
    time::Instant m_started;
    bool m_will_pause = false;
    HealthCheck m_probe;
    HttpDate m_date;
};

}  // namespace jobtally::listen
