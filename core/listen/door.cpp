#include "core/listen/door.hpp"

#include "core/listen/session.hpp"
#include "core/listen/tls.hpp"

#include <exception>
#include <utility>

#include <arpa/inet.h>

namespace jobtally::listen {
namespace {

using boost::system::error_code;

constexpr std::chrono::milliseconds accept_back_off{100};

int family_of(const BindAddress& address) {
    switch (address.family) {
        case BindAddress::Family::ipv4:
            return AF_INET;
        case BindAddress::Family::ipv6:
            return AF_INET6;
        case BindAddress::Family::unix_socket:
            break;
    }
    return AF_UNIX;
}

std::string peer_text(const sockaddr* address) {
    char text[INET6_ADDRSTRLEN] = "";
    if (address->sa_family == AF_INET) {
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text,
                    sizeof text);
    } else if (address->sa_family == AF_INET6) {
        const auto& ip = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(&ip)) {
            ::inet_ntop(AF_INET, ip.s6_addr + 12, text, sizeof text);
        } else {
            ::inet_ntop(AF_INET6, &ip, text, sizeof text);
        }
    } else {
        return "unix";
    }
    return text;
}

}  // namespace

Door::Door(Hub& hub, ListeningSocket socket)
    : m_hub(hub),
      m_socket(std::move(socket)),
      m_acceptor(hub.io(), Protocol(family_of(m_socket.address()), 0), m_socket.release()),
      m_pause(hub.io()) {
    m_acceptor.non_blocking(true);
}

void Door::open() {
    if (m_is_waiting || m_hub.is_stopping()) return;
    if (!m_hub.has_room()) return;
    m_is_waiting = true;
    // Waiting first: where no descriptor is left, accepting fails even though nobody knocks.
    m_acceptor.async_wait(Acceptor::wait_read, [this](const error_code& problem) {
        try {
            if (!problem) take_one();
        } catch (const std::exception& defect) {
            m_hub.report_trouble(defect.what());
            back_off();
        }
    });
}

void Door::close() {
    error_code problem;
    m_pause.cancel();
    m_acceptor.cancel(problem);
    while (!problem && m_hub.connections() < m_hub.options().max_connections) {
        auto accepted = m_acceptor.accept(m_peer, problem);
        if (!problem) begin_session(std::move(accepted));
    }
    m_acceptor.close(problem);
}

std::unique_ptr<Channel> Door::channel_of(Socket accepted) const {
    const bool is_unix = m_socket.address().family == BindAddress::Family::unix_socket;
    const auto& tls = m_hub.tls();
    return tls && !is_unix ? tls->channel(std::move(accepted)) : plain_channel(std::move(accepted));
}

void Door::begin_session(Socket accepted) {
    const auto session =
        std::make_shared<Session>(m_hub, channel_of(std::move(accepted)), peer_text(m_peer.data()));
    m_hub.add(session);
    session->start();
}

// m_is_waiting stays true in here, so that room made on the way opens no second wait.
void Door::take_one() {
    error_code problem;
    auto accepted = m_acceptor.accept(m_peer, problem);
    if (!problem) {
        m_has_trouble = false;
        if (m_hub.connections() >= m_hub.options().max_connections) m_hub.close_idlest();
        begin_session(std::move(accepted));
    } else if (problem != boost::asio::error::would_block &&
               problem != boost::asio::error::connection_aborted) {
        if (!m_has_trouble) m_hub.report_trouble("can't accept a connection: " + problem.message());
        m_has_trouble = true;
        return back_off();
    }
    m_is_waiting = false;
    open();
}

// Most likely there is no descriptor left; the socket stays readable, so asking again at once
// would spin.
void Door::back_off() {
    m_hub.close_idlest();
    m_pause.expires_after(accept_back_off);
    m_pause.async_wait([this](const error_code& cancelled) {
        m_is_waiting = false;
        if (!cancelled) open();
    });
}

}  // namespace jobtally::listen
