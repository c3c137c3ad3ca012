// The HTTP listener: hands what is sent to a DeliverySink and answers when its fate is known.
#pragma once

#include "core/ingest/delivery.hpp"
#include "core/listen/http/authorization.hpp"
#include "core/listen/sockets/bind_address.hpp"
#include "core/listen/watch/access_log.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::listen {

class TlsIdentity;

struct ListenOptions {
    std::vector<BindAddress> binds;
    std::vector<int> passed;  // sockets that already listen; together with `binds` at least one
    std::vector<std::string> paths{"/"};  // see DoorRules
    std::vector<Authorization> authorizations;
    // Unless this is set, only local addresses are allowed if there are no authorizations, and only
    // local ones for admin.
    bool allow_anonymous = false;
    std::vector<BindAddress> admin_binds;  // for /healthz and /metrics
    std::vector<int> admin_passed;
    std::uint64_t max_body = 1 << 20;
    // The limit for each of: reading the head, reading the body, writing an answer. A peer that
    // keeps sending does not extend it.
    std::chrono::milliseconds timeout = std::chrono::seconds(10);
    std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);  // between two requests
    // At the limit, a new connection closes the one that has been idle longest; while none is idle,
    // new ones wait.
    std::size_t max_connections = 1024;
    std::optional<std::size_t> max_connections_per_peer;  // see PeerCounts
    // How many bytes all bodies under way that are larger than 32 KiB may take together; further
    // ones wait their turn.
    std::uint64_t body_budget = 64 << 20;
    std::shared_ptr<const TlsIdentity> tls;  // for all but unix sockets and admin; none: plain HTTP
    std::string version;                     // that is shown on the admin address
    std::chrono::microseconds heartbeat_every{0};  // 0: no heartbeat
};

// Called in the thread of run(); they must be quick. Empty ones are not called.
struct ListenHooks {
    std::function<void(const AccessRecord&)> access;
    // Called when no further access follows at once: what a record left unwritten is due now.
    std::function<void()> access_paused;
    // The store could not take this body, and neither could anything else: the log is its last
    // resort. Where not all of it could be read it is not whole.
    std::function<void(std::string_view body, std::string_view peer, bool is_whole)> lost;
    std::function<void(const std::string& what)> trouble;  // accepting fails, a defect was caught
    std::function<time::Instant()> clock = time::system_now;
    // How many bodies wait in the spool, where that is known; asked for /metrics.
    std::function<std::optional<std::uint64_t>()> spooled_bodies;
    // Further families for /metrics, in its format; never null.
    std::function<std::shared_ptr<const std::string>()> job_metrics;
    // Whether senders reach any address, when that has changed: the file of a unix socket may be
    // deleted.
    std::function<void(bool)> reachable;
    // Called each heartbeat_every, as long as the event loop of run() works.
    std::function<void()> heartbeat;
};

class Listener {
  public:
    // Binds at once. `sink` must outlive this object. Throws UsageError for options that make no
    // sense, Error (with a hint) where an address can't be bound.
    Listener(const ListenOptions& options, ingest::DeliverySink& sink, ListenHooks hooks = {});
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // What was bound, in the order of the options, with the real ports: `http://127.0.0.1:8080/`
    // (`https://` under TLS), `unix:PATH`.
    const std::vector<std::string>& urls() const;
    const std::vector<std::string>& admin_urls() const;
    // Serves in this thread until stop(). Returns when everything that was handed to the sink has
    // come back and been answered; a request that is still being read has the timeout to arrive.
    void run();
    // From any thread, at any time, also before run().
    void stop();
    // Replaces what is accepted from now on. May be called from any thread. Throws UsageError where
    // that would open the door to everybody.
    void accept_authorizations(const std::vector<Authorization>& authorizations);
    // Replaces the TLS identity for connections made from now on. May be called from any thread,
    // but only if the listener was started with one.
    void accept_tls(std::shared_ptr<const TlsIdentity> identity);

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace jobtally::listen
