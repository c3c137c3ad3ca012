#include "core/listen/listener.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/listen/door.hpp"
#include "core/listen/hub.hpp"
#include "core/listen/sockets/listening_socket.hpp"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

namespace jobtally::listen {
namespace {

constexpr std::chrono::milliseconds pause_after_defect{10};
constexpr std::chrono::seconds look_every{1};

void check(const ListenOptions& options) {
    if (options.binds.empty() && options.passed.empty())
        throw UsageError("no address to listen on");
    const auto is_of_path = [](char c) { return c > 0x20 && c < 0x7f && c != '?' && c != '#'; };
    for (const auto& path : options.paths) {
        if (!path.starts_with('/') || !std::all_of(path.begin(), path.end(), is_of_path))
            throw UsageError(fmt::format("{} is not a path", in_short_quotes(path)),
                             "write a path such as \"/\" or \"/job-reports\"");
    }
    if (options.max_connections == 0 || options.max_body == 0 || options.timeout.count() <= 0)
        throw UsageError("the limits of connections, body and time must be above 0");
    if (options.max_body > 9'999'999'999)
        throw UsageError("the limit of the body must be below 10^10 bytes");
    if (options.max_connections_per_peer == 0U)
        throw UsageError("the limit of connections per peer must be above 0");
}

void check_openness(const BindAddress& address, const ListenOptions& options, Purpose purpose) {
    if (address.is_local() || options.allow_anonymous) return;
    if (purpose == Purpose::admin)
        throw UsageError(fmt::format("the admin address asks for no Authorization, so only this "
                                     "machine may be served there, but \"{}\" is open to others",
                                     visible(address.host)),
                         "choose a loopback address or a unix socket for --admin, or give "
                         "--allow-anonymous to let anybody see it");
    if (options.authorizations.empty())
        throw UsageError(fmt::format("without an Authorization only this machine may be served, "
                                     "but \"{}\" is open to others",
                                     visible(address.host)),
                         "give --auth-file or JOBTALLY_AUTHORIZATION, or --allow-anonymous to let "
                         "anybody in");
}

}  // namespace

class Listener::Impl {
  public:
    Impl(const ListenOptions& options, ingest::DeliverySink& sink, ListenHooks hooks)
        : m_hub(options, sink, std::move(hooks)),
          m_work(m_hub.io().get_executor()),
          m_heartbeat(m_hub.io()),
          m_look(m_hub.io()) {
        add_doors(options.passed, options.binds, Purpose::reports);
        add_doors(options.admin_passed, options.admin_binds, Purpose::admin);
        m_hub.connections().on_room = [this] { resume(); };
    }

    void run() {
        open_doors();
        beat();
        look();
        while (!m_hub.io().stopped()) {
            try {
                m_hub.io().run();
                continue;
            } catch (const std::exception& defect) {
                m_hub.report_trouble(defect.what());
            }
            do {
                std::this_thread::sleep_for(pause_after_defect);
            } while (!resume());
        }
        m_hub.end_log();
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

    void accept_tls(std::shared_ptr<const TlsIdentity> identity) {
        boost::asio::post(m_hub.io(), [this, identity = std::move(identity)]() mutable {
            m_hub.accept_tls(std::move(identity));
        });
    }

    std::vector<std::string> urls;
    std::vector<std::string> admin_urls;

  private:
    void add_doors(const std::vector<int>& passed, const std::vector<BindAddress>& binds,
                   Purpose purpose) {
        for (const int fd : passed) {
            auto socket = ListeningSocket::adopt(fd);
            check_openness(socket.address(), m_hub.options(), purpose);
            add_door(std::move(socket), purpose);
        }
        for (const auto& bind : binds) {
            check_openness(bind, m_hub.options(), purpose);
            add_door(ListeningSocket(bind), purpose);
        }
    }

    void add_door(ListeningSocket socket, Purpose purpose) {
        if (purpose == Purpose::admin) socket.expect_long_answers();
        const auto& options = m_hub.options();
        if (purpose == Purpose::admin) {
            admin_urls.push_back(socket.url("http", "/"));
        } else {
            for (const auto& path : options.paths) {
                auto url = socket.url(options.tls ? "https" : "http", path);
                if (urls.empty() || urls.back() != url) urls.push_back(std::move(url));
            }
        }
        m_doors.push_back(std::make_unique<Door>(m_hub, std::move(socket), purpose));
    }

    void beat() {
        const auto& options = m_hub.options();
        if (options.heartbeat_every.count() <= 0 || !m_hub.hooks().heartbeat) return;
        m_hub.hooks().heartbeat();
        m_heartbeat.expires_after(options.heartbeat_every);
        m_heartbeat.async_wait([this](const boost::system::error_code& problem) {
            m_is_beating = false;
            if (!problem) beat();
        });
        m_is_beating = true;
    }

    void look() {
        bool is_reachable = false;
        for (const auto& door : m_doors) is_reachable |= door->look() && door->is_for_reports();
        if (is_reachable != std::exchange(m_is_reachable, is_reachable) && m_hub.hooks().reachable)
            m_hub.hooks().reachable(is_reachable);
        m_look.expires_after(look_every);
        m_look.async_wait([this](const boost::system::error_code& problem) {
            m_is_looking = false;
            if (!problem) look();
        });
        m_is_looking = true;
    }

    // Opens the doors and does again what gave up for want of memory. Who has gone, or is late, has
    // it called: it must not throw. False where it could not.
    bool resume() noexcept {
        try {
            open_doors();
            m_hub.connections().watch();
            if (!m_is_beating) beat();
            if (!m_is_looking) look();
            return true;
        } catch (const std::exception& defect) {
            m_hub.report_trouble(defect.what());
            return false;
        }
    }

    void open_doors() {
        for (const auto& door : m_doors) door->open();
    }

    Hub m_hub;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> m_work;
    boost::asio::steady_timer m_heartbeat;
    bool m_is_beating = false;
    boost::asio::steady_timer m_look;
    bool m_is_looking = false;
    bool m_is_reachable = false;
    std::vector<std::unique_ptr<Door>> m_doors;
};

Listener::Listener(const ListenOptions& options, ingest::DeliverySink& sink, ListenHooks hooks) {
    check(options);
    try {
        m_impl = std::make_unique<Impl>(options, sink, std::move(hooks));
    } catch (const boost::system::system_error& error) {  // of the event loop itself
        throw IoError(fmt::format("can't listen: {}", error.code().message()),
                      "see to the limits of the process (`ulimit -a`)");
    }
}

Listener::~Listener() = default;

const std::vector<std::string>& Listener::urls() const {
    return m_impl->urls;
}
const std::vector<std::string>& Listener::admin_urls() const {
    return m_impl->admin_urls;
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
void Listener::accept_tls(std::shared_ptr<const TlsIdentity> identity) {
    m_impl->accept_tls(std::move(identity));
}

}  // namespace jobtally::listen
