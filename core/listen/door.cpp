#include "core/listen/door.hpp"

#include "core/base/error.hpp"
#include "core/listen/session.hpp"
#include "core/listen/sockets/tls.hpp"

#include <exception>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

namespace jobtally::listen {
namespace {

using boost::system::error_code;

constexpr std::chrono::milliseconds accept_back_off{100};
constexpr int most_a_turn = 64;
// As many as Linux keeps waiting by default.
constexpr int most_at_the_end = 4096;

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

}  // namespace

Door::Door(Hub& hub, ListeningSocket socket, Purpose purpose)
    : m_hub(hub),
      m_purpose(purpose),
      m_socket(std::make_unique<ListeningSocket>(std::move(socket))),
      m_acceptor(hub.io(), Protocol(family_of(m_socket->address()), 0), m_socket->release()),
      m_pause(hub.io()) {
    m_acceptor.non_blocking(true);
}

void Door::open() {
    if (m_is_waiting || m_hub.is_stopping()) return;
    if (m_hub.connections().find_place(m_purpose)) wait();
}

void Door::wait() {
    // Waits before it accepts, because without a free descriptor accepting fails even if nobody
    // connects.
    m_acceptor.async_wait(Acceptor::wait_read, [this](const error_code& problem) {
        try {
            if (!problem) take_some();
        } catch (const std::exception& defect) {
            m_hub.report_trouble(defect.what());
            back_off_or_give_up();
        }
    });
    m_is_waiting = true;
}

// Where there is no memory to wait, Listener::run() opens the door again.
void Door::back_off_or_give_up() {
    try {
        back_off();
    } catch (const std::exception&) {
        m_is_waiting = false;
        throw;
    }
}

void Door::close() {
    m_pause.cancel();
    let_in_all();
}

// Who waits at the door may have sent a whole report, so all are let in, also beyond the limit.
void Door::let_in_all() {
    error_code problem;
    m_acceptor.cancel(problem);
    for (int taken = 0; !problem && taken < most_at_the_end; ++taken) {
        auto accepted = m_acceptor.accept(m_peer, problem);
        if (!problem) begin_session(std::move(accepted), {});
    }
    m_acceptor.close(problem);
}

bool Door::look() {
    if (m_hub.is_stopping() || m_socket->has_its_file()) return true;
    const auto name = m_socket->url({}, {});
    try {
        replace_socket(std::make_unique<ListeningSocket>(m_socket->made_again()));
        m_hub.report_trouble(fmt::format("the file of {} was gone and was made again", name));
        m_is_told = false;
        return true;
    } catch (const Error& problem) {
        if (!std::exchange(m_is_told, true))
            m_hub.report_trouble(fmt::format(
                "the file of {} is gone, so nobody can come in there: {}", name, problem.what()));
        return false;
    }
}

void Door::replace_socket(std::unique_ptr<ListeningSocket> socket) {
    if (m_purpose == Purpose::admin) socket->expect_long_answers();
    let_in_all();
    m_acceptor.assign(Protocol(AF_UNIX, 0), socket->release());
    m_acceptor.non_blocking(true);
    m_socket = std::move(socket);
    m_is_waiting = false;
    open();
}

std::unique_ptr<Channel> Door::channel_of(Socket accepted) const {
    const bool is_plain = m_purpose == Purpose::admin ||
                          m_socket->address().family == BindAddress::Family::unix_socket;
    const auto& tls = m_hub.tls();
    return tls && !is_plain ? tls->channel(std::move(accepted))
                            : plain_channel(std::move(accepted));
}

// A peer that has as many connections as it may have is refused before anybody gives way to it.
void Door::begin_session(Socket accepted, const Place& place) {
    auto peer = peer_of(*m_peer.data());
    if (m_purpose == Purpose::reports) {
        if (!m_hub.admits(peer, place)) return;  // returning closes the accepted socket
        ++m_hub.counters().connections;
    }
    if (place.leaving) m_hub.close_for_room(*place.leaving);
    const auto session = std::make_shared<Session>(m_hub, channel_of(std::move(accepted)),
                                                   std::move(peer), m_purpose);
    m_hub.connections().add(session);
    session->start();
}

// m_is_waiting stays true in here, so that room which is made meanwhile does not start a second
// wait. Several connections are taken in one turn of the event loop: turns are long while many
// connections are busy, and a new one would wait a turn for each that came before it. A failure is
// reported only if no connection was taken: without a free descriptor, accepting fails even when
// nobody connects.
void Door::take_some() {
    error_code problem;
    int taken = 0;
    auto place = m_hub.connections().find_place(m_purpose);
    while (place && taken < most_a_turn && m_hub.has_memory() && take_one(*place, problem)) {
        ++taken;
        place = m_hub.connections().find_place(m_purpose);
    }
    if (!problem || taken > 0 || problem == boost::asio::error::would_block ||
        problem == boost::asio::error::connection_aborted) {
        if (!m_hub.has_memory()) return pause();
        m_is_waiting = false;
        if (place && !m_hub.is_stopping()) wait();
        return;
    }
    if (!m_has_trouble) m_hub.report_trouble("can't accept a connection: " + problem.message());
    m_has_trouble = true;
    back_off();
}

// What needs memory that may be missing comes first.
bool Door::take_one(const Place& place, error_code& problem) {
    m_hub.connections().watch();
    auto accepted = m_acceptor.accept(m_peer, problem);
    if (problem) return false;
    m_has_trouble = false;
    begin_session(std::move(accepted), place);
    return true;
}

// Most likely there is no descriptor left. An idle connection is closed to free one. Where none is
// idle, accepting is tried again after a pause: the socket stays readable, so that trying at once
// would take all of the processor.
void Door::back_off() {
    auto leaving = m_hub.connections().next_to_go(Purpose::reports);
    if (!leaving) leaving = m_hub.connections().next_to_go(Purpose::admin);
    if (leaving) {
        m_hub.close_for_room(*leaving);
        boost::asio::post(m_hub.io(), [this] {
            m_is_waiting = false;
            open();
        });
        return;
    }
    pause();
}

void Door::pause() {
    m_pause.expires_after(accept_back_off);
    m_pause.async_wait([this](const error_code& cancelled) {
        m_is_waiting = false;
        if (!cancelled) open();
    });
}

}  // namespace jobtally::listen
