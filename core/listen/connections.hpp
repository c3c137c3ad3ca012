// The open connections: how many there may be, who gives way to another, and whose time is up.
#pragma once

#include "core/listen/listener.hpp"
#include "core/listen/sockets/peer.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace jobtally::listen {

class Session;

// What a connection is for, which depends on the address that it was made to.
enum class Purpose { reports, admin };

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
    bool has_room(Purpose purpose) const;  // for one more, perhaps in place of another
    bool make_room(Purpose purpose);       // closes one that gives way; false: none does
    const PeerCounts& peers() const { return m_peers; }

    // Called when there may be room again.
    std::function<void()> on_room;
    void tell_room() const {
        if (on_room) on_room();
    }

  private:
    std::shared_ptr<Session> next_to_go(Purpose purpose) const;
    void watch_deadlines();
    void expire_sessions();

    const std::size_t m_most;
    const std::chrono::milliseconds m_handshake;  // that long an opening is waited for
    boost::asio::steady_timer m_watch;
    bool m_is_watching = false;
    std::unordered_map<std::uint64_t, std::shared_ptr<Session>> m_sessions;
    std::array<std::size_t, 2> m_counts{};  // by purpose
    PeerCounts m_peers;
};

}  // namespace jobtally::listen
