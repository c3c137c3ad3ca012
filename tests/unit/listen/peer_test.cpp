// What counts as one peer, and how many connections it may have.
#include "core/listen/sockets/peer.hpp"

#include "tests/support/catch.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace {

using jobtally::listen::Peer;
using jobtally::listen::peer_of;
using jobtally::listen::PeerCounts;

Peer ipv4(const char* text) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    ::inet_pton(AF_INET, text, &name.sin_addr);
    return peer_of(reinterpret_cast<const sockaddr&>(name));
}

Peer ipv6(const char* text) {
    sockaddr_in6 name{};
    name.sin6_family = AF_INET6;
    ::inet_pton(AF_INET6, text, &name.sin6_addr);
    return peer_of(reinterpret_cast<const sockaddr&>(name));
}

Peer unix_socket() {
    sockaddr name{};
    name.sa_family = AF_UNIX;
    return peer_of(name);
}

}  // namespace

TEST_CASE("a peer is an IPv4 address or the /64 of an IPv6 address", "[listen]") {
    CHECK(ipv4("192.0.2.7").name == "192.0.2.7");
    CHECK(ipv4("192.0.2.7").network != ipv4("192.0.2.8").network);
    CHECK(ipv6("2001:db8:1:2::1").network == ipv6("2001:db8:1:2:ffff:ffff:ffff:ffff").network);
    CHECK(ipv6("2001:db8:1:2::1").network != ipv6("2001:db8:1:3::1").network);
    CHECK(ipv6("2001:db8:1:2::1").name == "2001:db8:1:2::1");
    CHECK(ipv6("::ffff:192.0.2.7").name == "192.0.2.7");
    CHECK(ipv6("::ffff:192.0.2.7").network == ipv4("192.0.2.7").network);
    CHECK(ipv4("127.8.0.1").is_local);
    CHECK(ipv6("::1").is_local);
    CHECK_FALSE(ipv4("128.0.0.1").is_local);
    CHECK_FALSE(ipv6("::2").is_local);
    CHECK(unix_socket().name == "unix");
    CHECK_FALSE(unix_socket().network);
}

TEST_CASE("a given limit holds for every peer but unix sockets", "[listen]") {
    PeerCounts counts(2, 1024);
    const auto peer = ipv4("127.0.0.1");
    CHECK(counts.limit() == 2);
    counts.add(peer);
    CHECK(counts.has_room(peer));
    counts.add(peer);
    CHECK_FALSE(counts.has_room(peer));
    const auto other = ipv4("127.0.0.2");
    CHECK(counts.has_room(other));
    CHECK(counts.has_room(peer, &peer));  // one of its own leaves
    CHECK_FALSE(counts.has_room(peer, &other));
    counts.add(unix_socket());
    counts.add(unix_socket());
    CHECK(counts.has_room(unix_socket()));
    counts.remove(peer);
    CHECK(counts.has_room(peer));
    counts.remove(peer);
    counts.remove(peer);  // one too many does no harm
    counts.add(peer);
    CHECK(counts.has_room(peer));
}

TEST_CASE("without a limit other machines may have a quarter, this one all", "[listen]") {
    CHECK(PeerCounts({}, 1024).limit() == 256);
    CHECK(PeerCounts({}, 20).limit() == 16);
    PeerCounts counts({}, 64);
    for (int i = 0; i < 16; ++i) {
        CHECK(counts.has_room(ipv6("2001:db8::1")));
        counts.add(ipv6("2001:db8::1"));
        counts.add(ipv6("::1"));
    }
    CHECK_FALSE(counts.has_room(ipv6("2001:db8::2")));
    CHECK(counts.has_room(ipv6("::1")));
}
