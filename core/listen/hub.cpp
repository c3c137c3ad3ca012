#include "core/listen/hub.hpp"

#include "core/listen/session.hpp"
#include "core/listen/sockets/descriptors.hpp"
#include "core/listen/sockets/tls.hpp"

#include <ctime>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

namespace jobtally::listen {
namespace {

// How late a deadline may be noticed.
constexpr std::chrono::milliseconds watch_interval{100};

// A peer that is refused is worth a line a minute.
constexpr std::chrono::minutes refusal_report_every{1};

constexpr std::size_t max_admin_connections = 16;

// In place of a session's number, for the receipt of a probe.
constexpr std::uint64_t probe_number = 0;

}  // namespace

Hub::Hub(const ListenOptions& options, ingest::DeliverySink& sink, ListenHooks hooks)
    : m_options(options),
      m_hooks(std::move(hooks)),
      m_sink(sink),
      m_rules{options.path, options.max_body, AcceptedAuthorizations(options.authorizations)},
      m_budget(options.body_budget, m_io, [this](std::uint64_t number) { return find(number); }),
      m_peers(options.max_connections_per_peer, options.max_connections),
      m_receipts(std::make_shared<Receipts>(
          [this] { boost::asio::post(m_io, [this] { hand_out_receipts(); }); })),
      m_started(m_hooks.clock()) {
    m_hooks.lost = [this, lost = std::move(m_hooks.lost)](std::string_view body,
                                                          std::string_view peer) {
        ++m_counters.lost_bodies;
        if (lost) lost(body, peer);
    };
}

Hub::~Hub() {
    m_budget.close();
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
    ++m_connections[static_cast<std::size_t>(session->purpose())];
    if (session->purpose() == Purpose::reports) m_peers.add(session->peer());
    if (!m_is_watching) watch_deadlines();
}

void Hub::remove(std::uint64_t number) {
    if (const auto session = find(number)) {
        --m_connections[static_cast<std::size_t>(session->purpose())];
        if (session->purpose() == Purpose::reports) m_peers.remove(session->peer());
        m_sessions.erase(number);
    }
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

std::shared_ptr<Session> Hub::idlest(Purpose purpose) const {
    std::shared_ptr<Session> idlest;
    for (const auto& [number, session] : m_sessions) {
        if (session->purpose() != purpose || !session->stage().gives_way()) continue;
        if (!idlest || session->stage().gives_way_before(idlest->stage())) idlest = session;
    }
    return idlest;
}

bool Hub::is_full(Purpose purpose) const {
    return connections(purpose) >=
           (purpose == Purpose::admin ? max_admin_connections : m_options.max_connections);
}

bool Hub::has_room(Purpose purpose) const {
    return !is_full(purpose) || idlest(purpose) != nullptr;
}

bool Hub::close_idlest(Purpose purpose) {
    const auto session = idlest(purpose);
    if (!session) return false;
    session->give_way();
    ++m_counters.closed_idle;
    return true;
}

bool Hub::admits(const Peer& peer) {
    if (m_peers.has_room(peer)) return true;
    ++m_counters.refused_peers;
    const auto now = Clock::now();
    if (now >= m_next_refusal_report) {
        m_next_refusal_report = now + refusal_report_every;
        report_trouble(
            fmt::format("a connection from {} was closed at once: it has {} already "
                        "({} such closed since the start)",
                        peer.name, m_peers.limit(), m_counters.refused_peers));
    }
    return false;
}

void Hub::became_idle() {
    if (on_room) on_room();
}

void Hub::submit(ingest::Delivery delivery, std::uint64_t number) {
    m_sink.submit(std::move(delivery), [receipts = m_receipts, number](ingest::Receipt receipt) {
        receipts->put(number, std::move(receipt));
    });
}

void Hub::hand_out_receipts() {
    m_receipts->take(m_taken);
    for (const auto& [number, receipt] : m_taken) {
        if (!receipt.error && !receipt.is_spooled) m_counters.last_commit = m_hooks.clock();
        if (number == probe_number) {
            take_probe(receipt);
        } else if (const auto session = find(number))
            session->take_receipt(receipt);
    }
    m_taken.clear();
}

void Hub::probe(std::uint64_t number) {
    if (!m_probe.begin(number)) return;
    ingest::Delivery nothing;
    nothing.source = "probe";
    nothing.received_at = m_hooks.clock();
    submit(std::move(nothing), probe_number);
}

void Hub::take_probe(const ingest::Receipt& receipt) {
    const auto [health, waiting] = m_probe.end(receipt.error);
    for (const auto number : waiting) {
        if (const auto session = find(number)) session->take_health(health);
    }
}

std::string Hub::metrics_text() const {
    Gauges gauges;
    gauges.version = m_options.version;
    gauges.started = m_started;
    gauges.connections = connections(Purpose::reports);
    gauges.max_connections = m_options.max_connections;
    gauges.max_connections_per_peer = m_peers.limit();
    gauges.reserved_bytes = m_budget.reserved();
    gauges.body_budget = m_options.body_budget;
    if (m_hooks.spooled_bodies) gauges.spooled_bodies = m_hooks.spooled_bodies();
    gauges.open_descriptors = open_descriptors();
    gauges.max_descriptors = descriptor_limit();
    if (m_options.tls) gauges.tls_expires_at = m_options.tls->expires_at();
    return format_metrics(m_counters, gauges);
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
        if (session->stage().deadline() <= now) late.push_back(session);
    }
    for (const auto& session : late) session->expire();
    if (on_room) on_room();  // some may give way now that did not before
}

void Hub::stop() {
    m_is_stopping = true;
    std::vector<std::shared_ptr<Session>> all;
    for (const auto& [number, session] : m_sessions) all.push_back(session);
    for (const auto& session : all) session->wind_down();
    if (m_sessions.empty()) m_io.stop();
}

}  // namespace jobtally::listen
