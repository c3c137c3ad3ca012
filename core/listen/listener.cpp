#include "core/listen/listener.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/listen/hub.hpp"
#include "core/listen/listening_socket.hpp"
#include "core/listen/session.hpp"

#include <exception>

#include <arpa/inet.h>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

namespace jobtally::listen {
namespace {

using boost::system::error_code;
using Protocol = boost::asio::generic::stream_protocol;
using Acceptor = boost::asio::basic_socket_acceptor<Protocol>;

constexpr std::chrono::milliseconds accept_back_off{100};
constexpr int most_a_turn = 64;

std::string peer_text(const Protocol::endpoint& endpoint) {
    char text[INET6_ADDRSTRLEN] = "";
    const auto* address = endpoint.data();
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

// Accepts connections from one socket for as long as there is room.
class Door {
  public:
    Door(Hub& hub, ListeningSocket socket, int family)
        : m_hub(hub),
          m_socket(std::move(socket)),
          m_acceptor(hub.io(), Protocol(family, 0), m_socket.release()),
          m_pause(hub.io()) {
        m_acceptor.non_blocking(true);
    }

    void open() {
        if (m_is_waiting || m_hub.is_stopping()) return;
        if (!m_hub.has_room()) return;
        m_is_waiting = true;
        // Waiting first: where no descriptor is left, accepting fails even though nobody knocks.
        m_acceptor.async_wait(Acceptor::wait_read, [this](const error_code& problem) {
            try {
                if (!problem) take_some();
            } catch (const std::exception& defect) {
                m_hub.report_trouble(defect.what());
                back_off();
            }
        });
    }

    // Connections that wait in the backlog are taken first: their peers have been promised one.
    void close() {
        error_code problem;
        m_pause.cancel();
        m_acceptor.cancel(problem);
        while (!problem && m_hub.connections() < m_hub.options().max_connections) {
            auto accepted = m_acceptor.accept(m_peer, problem);
            if (!problem) begin_session(std::move(accepted));
        }
        m_acceptor.close(problem);
    }

  private:
    void begin_session(Protocol::socket accepted) {
        const auto session =
            std::make_shared<Session>(m_hub, std::move(accepted), peer_text(m_peer));
        m_hub.add(session);
        session->start();
    }

    // m_is_waiting stays true in here, so that room made on the way opens no second wait. Several
    // are taken in a turn: among busy connections turns are long, and who connects would wait one
    // for each that came before. Only the first can fail in earnest: without a descriptor accepting
    // fails even when nobody knocks.
    void take_some() {
        error_code problem;
        int taken = 0;
        while (taken < most_a_turn && m_hub.has_room() && take_one(problem)) ++taken;
        if (!problem || taken > 0 || problem == boost::asio::error::would_block ||
            problem == boost::asio::error::connection_aborted) {
            m_is_waiting = false;
            return open();
        }
        if (!m_has_trouble) m_hub.report_trouble("can't accept a connection: " + problem.message());
        m_has_trouble = true;
        back_off();
    }

    bool take_one(error_code& problem) {
        auto accepted = m_acceptor.accept(m_peer, problem);
        if (problem) return false;
        m_has_trouble = false;
        if (m_hub.connections() >= m_hub.options().max_connections) m_hub.close_idlest();
        begin_session(std::move(accepted));
        return true;
    }

    // Most likely there is no descriptor left; the socket stays readable, so asking again at once
    // would spin.
    void back_off() {
        m_hub.close_idlest();
        m_pause.expires_after(accept_back_off);
        m_pause.async_wait([this](const error_code& cancelled) {
            m_is_waiting = false;
            if (!cancelled) open();
        });
    }

    Hub& m_hub;
    ListeningSocket m_socket;  // keeps the file of a unix socket
    Acceptor m_acceptor;
    boost::asio::steady_timer m_pause;
    Protocol::endpoint m_peer;
    bool m_is_waiting = false;
    bool m_has_trouble = false;
};

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

void check(const ListenOptions& options) {
    if (options.binds.empty()) throw UsageError("no address to listen on");
    if (!options.path.starts_with('/') || options.path.find_first_of("?# ") != std::string::npos)
        throw UsageError(fmt::format("\"{}\" is not a path", visible(options.path)),
                         "write a path such as \"/\" or \"/job-reports\"");
    if (options.max_connections == 0 || options.max_body == 0 || options.timeout.count() <= 0)
        throw UsageError("the limits of connections, body and time must be above 0");
    if (options.max_body > 9'999'999'999)
        throw UsageError("the limit of the body must be below 10^10 bytes");
    if (!options.authorizations.empty() || options.allow_anonymous) return;
    for (const auto& bind : options.binds) {
        if (!bind.is_local())
            throw UsageError(fmt::format("without an Authorization only this machine may be "
                                         "served, but \"{}\" is open to others",
                                         bind.host),
                             "give --auth-file or JOBTALLY_AUTHORIZATION, or --allow-anonymous to "
                             "let anybody in");
    }
}

}  // namespace

class Listener::Impl {
  public:
    Impl(const ListenOptions& options, ingest::DeliverySink& sink, ListenHooks hooks)
        : m_hub(options, sink, std::move(hooks)), m_work(m_hub.io().get_executor()) {
        for (const auto& bind : options.binds) {
            ListeningSocket socket(bind);
            urls.push_back(socket.url(options.path));
            m_doors.push_back(std::make_unique<Door>(m_hub, std::move(socket), family_of(bind)));
        }
        m_hub.on_room = [this] { open_doors(); };
    }

    void run() {
        open_doors();
        while (!m_hub.io().stopped()) {
            try {
                m_hub.io().run();
            } catch (const std::exception& defect) {
                m_hub.report_trouble(defect.what());
            }
        }
    }

    void stop() {
        boost::asio::post(m_hub.io(), [this] {
            if (m_hub.is_stopping()) return;
            for (const auto& door : m_doors) door->close();
            m_hub.stop();
        });
    }

    void accept_authorizations(const std::vector<Authorization>& authorizations) {
        if (authorizations.empty())
            throw UsageError("no Authorization value is left", "the old ones stay accepted");
        boost::asio::post(m_hub.io(),
                          [this, accepted = AcceptedAuthorizations(authorizations)]() mutable {
                              m_hub.accept_authorizations(std::move(accepted));
                          });
    }

    std::vector<std::string> urls;

  private:
    void open_doors() {
        for (const auto& door : m_doors) door->open();
    }

    Hub m_hub;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> m_work;
    std::vector<std::unique_ptr<Door>> m_doors;
};

Listener::Listener(const ListenOptions& options, ingest::DeliverySink& sink, ListenHooks hooks) {
    check(options);
    m_impl = std::make_unique<Impl>(options, sink, std::move(hooks));
}

Listener::~Listener() = default;

const std::vector<std::string>& Listener::urls() const {
    return m_impl->urls;
}
void Listener::run() {
    m_impl->run();
}
void Listener::stop() {
    m_impl->stop();
}
void Listener::accept_authorizations(const std::vector<Authorization>& authorizations) {
    m_impl->accept_authorizations(authorizations);
}

}  // namespace jobtally::listen
