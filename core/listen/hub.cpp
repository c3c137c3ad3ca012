#include "core/listen/hub.hpp"

#include "core/base/numbers.hpp"
#include "core/base/spare_memory.hpp"
#include "core/listen/session.hpp"
#include "core/listen/sockets/descriptors.hpp"
#include "core/listen/sockets/tls.hpp"

#include <exception>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

namespace jobtally::listen {
namespace {

// Peers that are refused, and connections that give way, are reported at most once a minute.
constexpr std::chrono::minutes report_every{1};

BodyBudget::Taker taker_of(const std::shared_ptr<Session>& session) {
    if (!session) return {};
    return [session](BodyBudget::Share share) { session->body_may_come(std::move(share)); };
}

constexpr std::size_t least_connections = 8;            // at least so many are served
constexpr std::size_t most_of_a_connection = 32 << 10;  // before anything of a body has come

constexpr std::size_t most_of_a_part = 1 << 10;  // of a body, in the log

// In place of a session's number, for the receipt of a probe.
constexpr std::uint64_t probe_number = 0;

}  // namespace

Hub::Hub(const ListenOptions& options, ingest::DeliverySink& sink, ListenHooks hooks)
    : m_options(options),
      m_hooks(std::move(hooks)),
      m_sink(sink),
      m_rules{options.paths, options.max_body, AcceptedAuthorizations(options.authorizations)},
      m_budget(options.body_budget, m_io,
               [this](std::uint64_t number) { return taker_of(m_connections.find(number)); }),
      m_connections(options, m_io),
      m_receipts(std::make_shared<Receipts>(
          [this] { boost::asio::post(m_io, [this] { hand_out_receipts(); }); })),
      m_started(m_hooks.clock()) {
    keep_spare_memory();
    m_connections.on_watch = [this] {
        hand_out_receipts();
        m_budget.hand_out();
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

void Hub::report_trouble(std::string_view what) const noexcept {
    try {
        if (m_hooks.trouble) m_hooks.trouble(std::string(what));
    } catch (const std::exception&) {
        // There is no memory for it.
    }
}

void Hub::note(const AccessRecord& record) {
    m_counters.count(record);
    log(record);
}

void Hub::remove(std::uint64_t session) {
    m_connections.remove(session);
    keep_spare_memory();
    if (m_is_stopping && m_connections.empty()) {
        m_io.stop();
    } else {
        m_connections.tell_room();
    }
}

bool Hub::has_memory() noexcept {
    keep_spare_memory();
    if (has_spare_memory()) return true;
    if (m_connections.count(Purpose::reports) >= least_connections) return false;
    return has_memory_for(most_of_a_connection);
}

void Hub::close_for_room(Session& session) {
    session.give_way();
    ++m_counters.closed_idle;
    const auto now = std::chrono::steady_clock::now();
    if (now < m_next_room_report) return;
    m_next_room_report = now + report_every;
    report_trouble(
        fmt::format("a connection was closed for another one: there is no room ({} such closed "
                    "since the start)",
                    count_text(static_cast<std::int64_t>(m_counters.closed_idle))));
}

// The post comes behind all that is ready to run now, and so behind the other answers of a group.
void Hub::log(const AccessRecord& record) {
    if (!m_hooks.access) return;
    m_hooks.access(record);
    if (!m_hooks.access_paused || std::exchange(m_will_pause, true)) return;
    boost::asio::post(m_io, [this] { end_log(); });
}

void Hub::end_log() {
    if (std::exchange(m_will_pause, false)) m_hooks.access_paused();
}

bool Hub::admits(const Peer& peer, const Place& place) {
    if (m_connections.admits(peer, place)) return true;
    ++m_counters.refused_peers;
    const auto now = std::chrono::steady_clock::now();
    if (now >= m_next_refusal_report) {
        m_next_refusal_report = now + report_every;
        report_trouble(
            fmt::format("a connection from {} was closed at once: it has {} already "
                        "({} such closed since the start)",
                        peer.name, m_connections.most_per_peer(),
                        count_text(static_cast<std::int64_t>(m_counters.refused_peers))));
    }
    return false;
}

void Hub::submit(ingest::Delivery delivery, std::uint64_t number) {
    const auto place = std::make_shared<NumberedReceipts>();
    place->emplace_back(number, ingest::Receipt());
    m_sink.submit(std::move(delivery), [receipts = m_receipts, place](ingest::Receipt receipt) {
        place->front().second = std::move(receipt);
        receipts->put(*place);
    });
}

void Hub::hand_out_receipts() {
    m_receipts->take(m_taken);
    while (!m_taken.empty()) {
        NumberedReceipts one;  // what throws leaves the others
        one.splice(one.begin(), m_taken, m_taken.begin());
        const auto& [number, receipt] = one.front();
        if (!receipt.error && !receipt.is_spooled) m_counters.last_commit = m_hooks.clock();
        if (number == probe_number) {
            take_probe(receipt);
        } else if (const auto session = m_connections.find(number)) {
            session->take_receipt(receipt);
        }
    }
}

void Hub::lose(std::string_view body, const Peer& peer, bool is_whole) noexcept {
    ++m_counters.lost_bodies;
    try {
        if (m_hooks.lost) m_hooks.lost(body, peer.name, is_whole);
    } catch (const std::exception&) {
        // There is no memory to tell more than the number.
    }
}

void Hub::lose(const ingest::Receipt& receipt, const Peer& peer) noexcept {
    const auto& body = receipt.delivery.body;
    lose(body ? *body : std::string_view(), peer, true);
}

void Hub::lose(Request& request, const InputBuffer& in, const Peer& peer) noexcept {
    if (request.is_from_stranger()) return;
    const bool is_whole = request.is_whole();
    const auto come = request.come_of_body(in);
    lose(is_whole ? come : come.substr(0, most_of_a_part), peer, is_whole);
    request.drop_body();
}

bool Hub::spool(Request& request, std::uint64_t number) noexcept {
    try {
        if (!request.is_whole()) return false;
        submit(request.release_unread(m_hooks.clock()), number);
        return true;
    } catch (const std::exception&) {
        return false;
    }
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
        if (const auto session = m_connections.find(number)) session->take_health(health);
    }
}

std::string Hub::metrics_text() const {
    Gauges gauges;
    gauges.version = m_options.version;
    gauges.started = m_started;
    gauges.connections = m_connections.count(Purpose::reports);
    gauges.max_connections = m_options.max_connections;
    gauges.max_connections_per_peer = m_connections.most_per_peer();
    gauges.reserved_bytes = m_budget.reserved();
    gauges.body_budget = m_options.body_budget;
    if (m_hooks.spooled_bodies) gauges.spooled_bodies = m_hooks.spooled_bodies();
    gauges.open_descriptors = open_descriptors();
    gauges.max_descriptors = descriptor_limit();
    if (m_options.tls) gauges.tls_expires_at = m_options.tls->expires_at();
    gauges.process = process_use();
    auto text = format_metrics(m_counters, gauges);
    if (m_hooks.job_metrics) text += *m_hooks.job_metrics();
    return text;
}

void Hub::stop() {
    m_is_stopping = true;
    for (const auto& session : m_connections.all()) session->wind_down();
    if (m_connections.empty()) m_io.stop();
}

}  // namespace jobtally::listen
