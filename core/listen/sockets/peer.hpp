// Who is at the other end of a connection, and how many connections each has.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include <sys/socket.h>

namespace jobtally::listen {

// What counts as one peer: an IPv4 address, or the /64 of an IPv6 address, which is what one
// household or one machine is given and may choose from at will.
using PeerNetwork = std::array<unsigned char, 16>;  // IPv4 as mapped into IPv6

struct Peer {
    std::string name;                    // `127.0.0.1`, `::1`, `unix`
    std::optional<PeerNetwork> network;  // none: a unix socket
    bool is_local = false;               // on this machine
};

Peer peer_of(const sockaddr& address);

class PeerCounts {
  public:
    // `limit` holds for everybody. Without one, peers on other machines may have a quarter of all
    // connections, while this machine has no limit, because a reverse proxy on it connects for many
    // clients.
    PeerCounts(std::optional<std::size_t> limit, std::size_t all_connections);

    std::size_t limit() const { return m_limit; }
    // For one more connection of this peer, when one of `leaving` (null: of nobody) is closed.
    bool has_room(const Peer& peer, const Peer* leaving = nullptr) const;
    void add(const Peer& peer);
    void remove(const Peer& peer);

  private:
    bool is_exempt(const Peer& peer) const {
        return !peer.network || (m_spares_local && peer.is_local);
    }

    std::size_t m_limit;
    bool m_spares_local;
    std::map<PeerNetwork, std::size_t> m_counts;
};

}  // namespace jobtally::listen
