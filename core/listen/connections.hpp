// The open connections: how many there may be, who gives way to another, and whose time is up.
#pragma once

#include "core/listen/listener.hpp"
#include "core/listen/sockets/peer.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace jobtally::listen {

class Session;

// What a connection is for, which depends on the address that it was made to.
enum class Purpose { reports, admin };

// For one more connection: a free one, or that of a connection that gives way. It is good until the
// event loop turns.
struct Place {
    std::shared_ptr<Session> leaving;  // null: it is free
};

// Lives in the thread of the listener.
class Connections {
  public:
    Connections(const ListenOptions& options, boost::asio::io_context& io);

    void add(const std::shared_ptr<Session>& session);
    void remove(std::uint64_t number);
    std::shared_ptr<Session> find(std::uint64_t number) const;  // null where it has gone
    std::vector<std::shared_ptr<Session>> all() const;
    bool empty() const { return m_sessions.empty(); }
    std::size_t count(Purpose purpose) const { return m_counts[static_cast<std::size_t>(purpose)]; }

    // Connections for reports never take the few places that are kept for admin connections.
    bool is_full(Purpose purpose) const;
    // The connection that gives way to another, if any does.
    std::shared_ptr<Session> next_to_go(Purpose purpose) const;
    // Where one more would go. None: there is no room.
    std::optional<Place> find_place(Purpose purpose) const;
    // Whether `peer` may have one more at the place.
    bool admits(const Peer& peer, const Place& place) const;
    std::size_t most_per_peer() const { return m_peers.limit(); }

    // Watches the deadlines, where it does not yet, for as long as there are connections.
    void watch();
    // Called each tenth of a second meanwhile.
    std::function<void()> on_watch;

    // Called when there may be room again.
    std::function<void()> on_room;
    void tell_room() const {
        if (on_room) on_room();
    }

  private:
    void expire_sessions();

    const std::size_t m_wanted;                   // what the options say
    std::size_t m_most;                           // that, or what the descriptors allow
    const std::chrono::milliseconds m_handshake;  // that long an opening is waited for
    boost::asio::steady_timer m_watch;
    bool m_is_watching = false;
    std::unordered_map<std::uint64_t, std::shared_ptr<Session>> m_sessions;
    std::array<std::size_t, 2> m_counts{};  // by purpose
    PeerCounts m_peers;
};

}  // namespace jobtally::listen
