#include "core/listen/session.hpp"

#include "core/ingest/decode.hpp"
#include "core/listen/giving_way.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace jobtally::listen {
namespace {

using boost::system::error_code;

constexpr std::chrono::milliseconds linger_patience{2000};
constexpr std::chrono::milliseconds last_chance{500};  // for bytes that are on their way

}  // namespace

Session::Session(Hub& hub, std::unique_ptr<Channel> channel, Peer peer, Purpose purpose)
    : m_hub(hub),
      m_channel(std::move(channel)),
      m_number(hub.next_number()),
      m_peer(std::move(peer)),
      m_purpose(purpose),
      m_request(m_peer, hub.hooks().clock()) {}

// The only place where exceptions of a request are caught.
template <class Step>
void Session::protect(Step step) noexcept {
    const auto self = shared_from_this();
    try {
        step();
    } catch (const std::exception& defect) {
        fail(defect);
    }
}

template <auto step>
Completion Session::then() {
    return {shared_from_this(), [](void* owner, const error_code& problem, std::size_t bytes) {
                auto& self = *static_cast<Session*>(owner);
                self.protect([&] { (self.*step)(problem, bytes); });
            }};
}

// That memory is short is no defect. What has its receipt can't be refused any more.
void Session::fail(const std::exception& defect) noexcept {
    const bool is_short = dynamic_cast<const std::bad_alloc*>(&defect) != nullptr;
    const bool is_open = m_stage.is_under_way() && !m_request.has_receipt();
    if (is_short && m_stage.starve()) return;
    if (is_open && is_short && m_hub.spool(m_request, m_number)) return m_stage.store();
    try {
        if (!is_short) m_hub.report_trouble(defect.what());
        if (is_open && m_purpose == Purpose::reports) m_hub.lose(m_request, m_in, m_peer);
        if (is_open) return refuse({503, is_short ? "memory is short" : "a defect was met"});
    } catch (const std::exception&) {  // not even memory to tell that: closing needs none
    }
    close();
}

void Session::start() {
    m_stage.enter(Phase::opening, m_hub.options().timeout);
    m_channel->open(then<&Session::take_opening>());
}

// The deadline stays: the handshake and the wait for the first byte share one timeout.
void Session::take_opening(const error_code& problem, std::size_t) {
    if (m_stage.phase() != Phase::opening) return;
    if (problem == boost::asio::error::eof) return close();  // the peer has sent nothing
    if (problem == boost::system::errc::wrong_protocol_type) {
        ++m_hub.counters().failed_handshakes;
        return refuse({400, "TLS is spoken here: write https:// in place of http://"});
    }
    if (problem) return lose_peer_at_opening(problem.message());
    m_stage.move_on(Phase::idle);
    read_more();
}

void Session::lose_peer_at_opening(std::string why) {
    ++m_hub.counters().failed_handshakes;
    m_request.record.at = m_hub.hooks().clock();
    record_access(std::move(why));
    close();
}

void Session::close() {
    if (m_stage.phase() == Phase::closed) return;
    const auto self = shared_from_this();
    m_stage.move_on(Phase::closed);
    m_channel->close();
    m_request.drop_body();
    m_hub.remove(m_number);
}

void Session::give_way() {
    if (m_stage.phase() != Phase::head) m_request = Request(m_peer, m_hub.hooks().clock());
    m_request.record.problem = why_it_gives_way(phase(), m_is_fresh);
    // Half a head is a request without an answer; who sent nothing, or has its answer, sent none.
    if (phase() == Phase::head)
        record_access();
    else if (m_purpose == Purpose::reports)
        m_hub.log(m_request.finished_record());
    close();
}

void Session::wind_down() {
    if (!is_idle(m_stage.phase())) return;
    // A request may stand in the socket, or be on its way where the peer has just connected.
    const bool is_awaited = m_is_fresh || m_stage.is_starved() || m_channel->has_input();
    // Only cancels the read instead of closing: what was read already is still taken.
    if (!is_awaited) return m_channel->cancel();
    m_stage.wait_at_most(last_chance);
}

void Session::expire() noexcept {
    protect([this] { give_up_waiting(); });
}

void Session::give_up_waiting() {
    if (m_stage.feed()) return read_more();
    switch (m_stage.phase()) {
        case Phase::opening:
            return lose_peer_at_opening("the TLS handshake took too long");
        case Phase::head:
        case Phase::body:
        case Phase::waiting:
            if (m_stage.is_reading()) m_channel->cancel();
            return m_request.refusal_answer() ? deliver() : refuse(m_stage.late_refusal());
        case Phase::storing:
            return;  // the sink bounds its own patience
        case Phase::probing:
            return respond(health_answer({"a commit takes too long"}, m_hub.options().version),
                           m_request.keep_alive());
        case Phase::writing:
            record_access("the peer did not take its answer");
            return close();
        case Phase::idle:
        case Phase::lingering:
        case Phase::closed:
            return close();
    }
}

void Session::read_more() {
    const auto [room, size] = m_in.prepare();
    m_channel->read_some(room, size, then<&Session::take_bytes>());
}

void Session::take_bytes(const error_code& problem, std::size_t bytes) {
    if (!m_stage.is_reading()) return;  // it was given up while the bytes were on their way
    if (problem) return lose_peer();
    m_in.commit(bytes);
    advance();
}

void Session::lose_peer() {
    if (m_stage.phase() == Phase::body && m_request.refusal_answer()) return deliver();
    if (m_stage.phase() != Phase::idle)
        record_access("the peer closed before its request was complete");
    close();
}

void Session::advance() {
    if (m_stage.phase() == Phase::idle) {
        if (m_in.empty()) return read_more();
        m_stage.enter(Phase::head, m_hub.options().timeout);
        m_request = Request(m_peer, m_hub.hooks().clock());
    }
    if (m_stage.phase() == Phase::head) return advance_head();
    advance_body();
}

void Session::advance_head() {
    switch (m_request.take_head(m_in, m_hub.rules().max_body)) {
        case RequestReader::State::more:
            return read_more();
        case RequestReader::State::refused:
            return refuse(m_request.refusal());
        case RequestReader::State::done:
            return judge();
    }
}

void Session::judge() {
    const auto verdict =
        m_purpose == Purpose::admin
            ? judge_admin_head(m_request.head(), [this] { return m_hub.metrics_text(); })
            : judge_head(m_request.head(), m_hub.rules());
    m_request.note(verdict);
    if (m_request.is_kept(!m_in.empty())) return begin_body();
    if (verdict.answer) return answer_head(*verdict.answer);
    if (m_purpose == Purpose::reports) return begin_body();
    m_stage.enter(Phase::probing, m_hub.options().timeout);
    m_hub.probe(m_number);
}

// Behind a body that nobody wants nothing is taken for a request: the connection ends.
void Session::answer_head(const Answer& answer) {
    m_request.left_unread = m_request.has_body();
    respond(answer, m_request.keep_alive() && !m_request.left_unread);
}

void Session::take_health(const Health& health) noexcept {
    if (m_stage.phase() != Phase::probing) return;
    protect(
        [&] { respond(health_answer(health, m_hub.options().version), m_request.keep_alive()); });
}

void Session::body_may_come(BodyBudget::Share share) noexcept {
    if (m_stage.phase() != Phase::waiting) return;
    m_request.own(std::move(share));
    protect([this] {
        m_stage.move_on(Phase::body);
        read_more();
    });
}

void Session::begin_body() {
    m_stage.enter(Phase::body, m_hub.options().timeout);
    if (!m_request.expects_continue() || !m_request.has_body() || !m_in.empty())
        return advance_body();
    m_channel->write("HTTP/1.1 100 Continue\r\n\r\n", then<&Session::go_on>());
}

void Session::go_on(const error_code& problem, std::size_t) {
    if (m_stage.phase() != Phase::body) return;
    if (problem) return lose_peer();
    advance_body();
}

void Session::advance_body() {
    const auto state = m_request.take_body(m_in);
    if (state == RequestReader::State::refused) return refuse(m_request.refusal());
    if (state == RequestReader::State::done) return deliver();
    // Who has its answer to come, whatever the body is, may not send it at all.
    if (m_request.refusal_answer()) m_stage.wait_on(last_chance, m_hub.options().timeout);
    if (!m_request.needs_share()) return read_more();
    m_stage.move_on(Phase::waiting);  // the deadline stays that of the body
    m_hub.budget().ask(m_request.most_body(), m_number);
}

void Session::deliver() {
    const auto& refusal = m_request.refusal_answer();
    if (refusal && !m_request.has_some_body()) return answer_head(*refusal);
    auto delivery = m_request.release(m_hub.hooks().clock());
    m_stage.store();
    m_hub.submit(std::move(delivery), m_number);
}

void Session::take_receipt(const ingest::Receipt& receipt) noexcept {
    if (m_stage.phase() != Phase::storing) return;
    protect([&] {
        if (receipt.error) m_hub.lose(receipt, m_peer);
        m_request.note(receipt);
        const auto& refusal = m_request.refusal_answer();
        refusal ? answer_head(*refusal) : respond(answer_to(receipt), m_request.keep_alive());
    });
}

void Session::refuse(const Refusal& refusal) {
    m_request.record.problem = refusal.reason;
    m_request.left_unread = true;
    respond(error_answer(refusal.status, refusal.reason), false);
}

void Session::respond(const Answer& answer, bool keep_alive) {
    m_close_after = !keep_alive || m_hub.ends_connections(m_purpose);
    if (m_close_after) m_request.note_rest(m_in);
    m_request.drop_body();
    m_request.record.status = answer.status;
    const auto written = then<&Session::finish_response>();
    if (m_peer_is_gone) {  // writing again would wait for a readiness that never comes
        m_stage.move_on(Phase::writing);
        return boost::asio::post(m_hub.io(),
                                 [written] { written(boost::asio::error::broken_pipe, 0); });
    }
    append_response(m_out, answer, {!m_close_after, m_request.head_only(), m_hub.http_date()});
    m_stage.enter(Phase::writing, m_hub.options().timeout);
    m_channel->write(m_out, written);
}

// Monitoring asks the admin address every few seconds: only what has a body is logged.
void Session::record_access(std::string problem) {
    if (m_purpose == Purpose::admin && !m_request.has_body()) return;
    if (!problem.empty()) m_request.record.problem = std::move(problem);
    m_hub.note(m_request.finished_record());
}

void Session::finish_response(const error_code& problem, std::size_t) {
    if (m_stage.phase() != Phase::writing) return;
    record_access(problem ? "the peer was gone before it could be answered" : "");
    m_purpose == Purpose::admin ? std::string().swap(m_out) : m_out.clear();  // /metrics is long
    m_is_fresh = false;
    // Requests that were read already are stored all the same, though their answers reach nobody.
    m_peer_is_gone = problem.failed();
    if (problem && (m_close_after || m_in.empty())) return close();
    if (m_close_after) return end_connection();
    m_stage.enter(Phase::idle, m_hub.options().idle_timeout);
    if (m_in.empty()) m_hub.connections().tell_room();
    if (m_stage.phase() == Phase::idle) advance();
    if (m_hub.is_stopping()) wind_down();  // the stop may have come while the answer was sent
}

// Closing while bytes are unread resets the connection, and the peer may never see its answer.
void Session::end_connection() {
    m_stage.enter(Phase::lingering, std::min(m_hub.options().timeout, linger_patience));
    part(*m_channel, m_request.left_unread || !m_in.empty(), then<&Session::end_lingering>());
}

void Session::end_lingering(const error_code&, std::size_t) {
    close();
}

}  // namespace jobtally::listen
