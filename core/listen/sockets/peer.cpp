#include "core/listen/sockets/peer.hpp"

#include <algorithm>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace jobtally::listen {
namespace {

constexpr std::size_t least_default = 16;
constexpr std::size_t prefix_bytes = 8;  // of an IPv6 address: /64

Peer peer_of_ipv4(const unsigned char* bytes) {
    char text[INET_ADDRSTRLEN] = "";
    ::inet_ntop(AF_INET, bytes, text, sizeof text);
    PeerNetwork network{};
    network[10] = network[11] = 0xff;
    std::copy_n(bytes, 4, network.begin() + 12);
    return {text, network, bytes[0] == 127};
}

Peer peer_of_ipv6(const in6_addr& address) {
    if (IN6_IS_ADDR_V4MAPPED(&address)) return peer_of_ipv4(address.s6_addr + 12);
    char text[INET6_ADDRSTRLEN] = "";
    ::inet_ntop(AF_INET6, &address, text, sizeof text);
    PeerNetwork network{};
    std::copy_n(address.s6_addr, prefix_bytes, network.begin());
    return {text, network, IN6_IS_ADDR_LOOPBACK(&address) != 0};
}

}  // namespace

Peer peer_of(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        const auto& ip = reinterpret_cast<const sockaddr_in&>(address).sin_addr;
        return peer_of_ipv4(reinterpret_cast<const unsigned char*>(&ip));
    }
    if (address.sa_family == AF_INET6)
        return peer_of_ipv6(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
    return {"unix", std::nullopt, true};
}

PeerCounts::PeerCounts(std::optional<std::size_t> limit, std::size_t all_connections)
    : m_limit(limit.value_or(std::max(least_default, all_connections / 4))),
      m_spares_local(!limit) {}

bool PeerCounts::has_room(const Peer& peer, const Peer* leaving) const {
    if (is_exempt(peer)) return true;
    const auto found = m_counts.find(*peer.network);
    const std::size_t own = leaving != nullptr && leaving->network == peer.network ? 1 : 0;
    return found == m_counts.end() || found->second < m_limit + own;
}

void PeerCounts::add(const Peer& peer) {
    if (!is_exempt(peer)) ++m_counts[*peer.network];
}

void PeerCounts::remove(const Peer& peer) {
    if (is_exempt(peer)) return;
    const auto found = m_counts.find(*peer.network);
    if (found != m_counts.end() && --found->second == 0) m_counts.erase(found);
}

}  // namespace jobtally::listen
