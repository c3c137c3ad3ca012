#include "core/listen/hub.hpp"

#include "core/listen/session.hpp"

#include <ctime>

#include <boost/asio/post.hpp>

namespace jobtally::listen {
namespace {

// How late a deadline may be noticed.
constexpr std::chrono::milliseconds watch_interval{100};

}  // namespace

Hub::Hub(const ListenOptions& options, ingest::DeliverySink& sink, ListenHooks hooks)
    : m_options(options),
      m_hooks(std::move(hooks)),
      m_sink(sink),
      m_rules{options.path, options.max_body, AcceptedAuthorizations(options.authorizations)},
      m_receipts(std::make_shared<Receipts>(
          [this] { boost::asio::post(m_io, [this] { hand_out_receipts(); }); })) {}

Hub::~Hub() {
    m_receipts->close();
}

void Hub::accept_authorizations(AcceptedAuthorizations accepted) {
    m_rules.authorizations = std::move(accepted);
}

void Hub::accept_tls(std::shared_ptr<const TlsIdentity> identity) {
    m_options.tls = std::move(identity);
}

void Hub::report_trouble(const std::string& what) const {
    if (m_hooks.trouble) m_hooks.trouble(what);
}

const std::string& Hub::http_date() {
    const std::time_t now = std::time(nullptr);
    if (now != m_date_second) {
        std::tm utc{};
        ::gmtime_r(&now, &utc);
        char text[40];
        m_date.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc));
        m_date_second = now;
    }
    return m_date;
}

void Hub::add(const std::shared_ptr<Session>& session) {
    m_sessions.emplace(session->number(), session);
    if (!m_is_watching) watch_deadlines();
}

void Hub::remove(std::uint64_t number) {
    m_sessions.erase(number);
    if (m_is_stopping && m_sessions.empty()) {
        m_io.stop();
    } else if (on_room) {
        on_room();
    }
}

std::shared_ptr<Session> Hub::find(std::uint64_t number) const {
    const auto found = m_sessions.find(number);
    return found == m_sessions.end() ? nullptr : found->second;
}

std::shared_ptr<Session> Hub::idlest() const {
    std::shared_ptr<Session> idlest;
    for (const auto& [number, session] : m_sessions) {
        if (session->is_idle() && (!idlest || session->idle_since() < idlest->idle_since()))
            idlest = session;
    }
    return idlest;
}

bool Hub::has_room() const {
    return m_sessions.size() < m_options.max_connections || idlest() != nullptr;
}

bool Hub::close_idlest() {
    const auto session = idlest();
    if (session) session->close();
    return session != nullptr;
}

void Hub::became_idle() {
    if (on_room) on_room();
}

bool Hub::reserve(std::uint64_t bytes, std::uint64_t number) {
    // A body larger than the whole budget still gets its turn, alone.
    const bool fits = m_reserved == 0 || m_reserved + bytes <= m_options.body_budget;
    if (!m_waiting.empty() || !fits) {
        m_waiting.emplace_back(bytes, number);
        return false;
    }
    m_reserved += bytes;
    return true;
}

void Hub::give_back(std::uint64_t bytes) {
    m_reserved -= bytes;
    if (!m_waiting.empty()) boost::asio::post(m_io, [this] { grant_reservations(); });
}

void Hub::grant_reservations() {
    while (!m_waiting.empty()) {
        const auto [bytes, number] = m_waiting.front();
        const auto session = find(number);
        if (session && m_reserved > 0 && m_reserved + bytes > m_options.body_budget) return;
        m_waiting.pop_front();
        if (!session) continue;
        m_reserved += bytes;
        session->body_may_come();
    }
}

void Hub::submit(ingest::Delivery delivery, std::uint64_t number) {
    m_sink.submit(std::move(delivery), [receipts = m_receipts, number](ingest::Receipt receipt) {
        receipts->put(number, std::move(receipt));
    });
}

void Hub::hand_out_receipts() {
    m_receipts->take(m_taken);
    for (const auto& [number, receipt] : m_taken) {
        if (const auto session = find(number)) session->take_receipt(receipt);
    }
    m_taken.clear();
}

void Hub::watch_deadlines() {
    m_is_watching = true;
    m_watch.expires_after(watch_interval);
    m_watch.async_wait([this](const boost::system::error_code& problem) {
        m_is_watching = false;
        if (problem) return;
        expire_sessions();
        if (!m_sessions.empty()) watch_deadlines();
    });
}

void Hub::expire_sessions() {
    const auto now = Clock::now();
    std::vector<std::shared_ptr<Session>> late;
    for (const auto& [number, session] : m_sessions) {
        if (session->deadline() <= now) late.push_back(session);
    }
    for (const auto& session : late) session->expire();
}

void Hub::stop() {
    m_is_stopping = true;
    std::vector<std::shared_ptr<Session>> all;
    for (const auto& [number, session] : m_sessions) all.push_back(session);
    for (const auto& session : all) session->wind_down();
    if (m_sessions.empty()) m_io.stop();
}

}  // namespace jobtally::listen
