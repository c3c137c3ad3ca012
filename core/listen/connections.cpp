#include "core/listen/connections.hpp"

#include "core/listen/giving_way.hpp"
#include "core/listen/session.hpp"
#include "core/listen/sockets/descriptors.hpp"

#include <algorithm>

namespace jobtally::listen {
namespace {

// How late a deadline may be noticed.
constexpr std::chrono::milliseconds watch_interval{100};
constexpr std::chrono::milliseconds process_pause{500};

constexpr std::size_t most_for_admin = 16;

}  // namespace

Connections::Connections(const ListenOptions& options, boost::asio::io_context& io)
    : m_wanted(options.max_connections),
      m_most(options.max_connections),
      m_handshake(options.timeout / 4),
      m_watch(io),
      m_peers(options.max_connections_per_peer, options.max_connections) {}

void Connections::add(const std::shared_ptr<Session>& session) {
    m_sessions.emplace(session->number(), session);
    ++m_counts[static_cast<std::size_t>(session->purpose())];
    if (session->purpose() == Purpose::reports) m_peers.add(session->peer());
    // The limit of descriptors may fall while the listener runs, and the spool needs some.
    m_most = std::min<std::size_t>(m_wanted, connections_within(descriptor_limit()));
    watch();
}

void Connections::remove(std::uint64_t number) {
    if (const auto session = find(number)) {
        --m_counts[static_cast<std::size_t>(session->purpose())];
        if (session->purpose() == Purpose::reports) m_peers.remove(session->peer());
        m_sessions.erase(number);
    }
}

std::shared_ptr<Session> Connections::find(std::uint64_t number) const {
    const auto found = m_sessions.find(number);
    return found == m_sessions.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Session>> Connections::all() const {
    std::vector<std::shared_ptr<Session>> result;
    for (const auto& [number, session] : m_sessions) result.push_back(session);
    return result;
}

bool Connections::is_full(Purpose purpose) const {
    return count(purpose) >= (purpose == Purpose::admin ? most_for_admin : m_most);
}

std::optional<Place> Connections::find_place(Purpose purpose) const {
    if (!is_full(purpose)) return Place{};
    auto leaving = next_to_go(purpose);
    return leaving ? std::optional(Place{std::move(leaving)}) : std::nullopt;
}

bool Connections::admits(const Peer& peer, const Place& place) const {
    return m_peers.has_room(peer, place.leaving ? &place.leaving->peer() : nullptr);
}

std::shared_ptr<Session> Connections::next_to_go(Purpose purpose) const {
    std::vector<Occupant> occupants;
    occupants.reserve(count(purpose));
    for (const auto& [number, session] : m_sessions) {
        const auto& stage = session->stage();
        if (session->purpose() == purpose)
            occupants.push_back({number, session->phase(), stage.since(), session->is_fresh()});
    }
    const auto number =
        who_gives_way(occupants, Stage::Clock::now(), m_handshake,
                      [this](std::uint64_t one) { return m_sessions.at(one)->has_input(); });
    return number ? find(*number) : nullptr;
}

void Connections::watch() {
    if (m_is_watching) return;
    m_watch.expires_after(watch_interval);
    m_watch.async_wait([this](const boost::system::error_code& problem) {
        m_is_watching = false;
        if (problem) return;
        // After a pause of the whole process nobody is judged before what came meanwhile is read.
        if (Stage::Clock::now() - m_watch.expiry() < process_pause) expire_sessions();
        if (on_watch) on_watch();
        if (!m_sessions.empty()) watch();
    });
    m_is_watching = true;
}

void Connections::expire_sessions() {
    const auto now = Stage::Clock::now();
    std::vector<std::shared_ptr<Session>> late;
    for (const auto& [number, session] : m_sessions) {
        if (session->stage().deadline() <= now || session->stage().is_starved())
            late.push_back(session);
    }
    for (const auto& session : late) session->expire();
    tell_room();  // some connections may have started to give way by now
}

}  // namespace jobtally::listen
