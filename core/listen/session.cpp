#include "core/listen/session.hpp"

#include "core/ingest/decode.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace jobtally::listen {
namespace {

using boost::system::error_code;

constexpr std::chrono::milliseconds linger_patience{2000};
constexpr std::chrono::milliseconds last_chance{500};
constexpr std::chrono::milliseconds patience_with_heads{1000};  // where others want in
constexpr std::uint64_t lingered_limit = 4 << 20;
// What a body may take without a share of the budget. Else a few senders that announce much and
// send nothing would hold all shares, and nobody's small report would get in.
constexpr std::size_t small_body = 32 << 10;
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Session::Session(Hub& hub, std::unique_ptr<Channel> channel, Peer peer, Purpose purpose)
    : m_hub(hub),
      m_channel(std::move(channel)),
      m_number(hub.next_number()),
      m_peer(std::move(peer)),
      m_purpose(purpose) {}

// The one catch of a request.
template <class Step>
void Session::protect(Step step) noexcept {
    const auto self = shared_from_this();
    try {
        step();
    } catch (const std::exception& defect) {
        fail(defect.what());
    }
}

Completion Session::then(Completion::Step step) {
    return {shared_from_this(), step};
}

void Completion::operator()(const error_code& problem, std::size_t bytes) const {
    session->protect([&] { step(*session, problem, bytes); });
}

void Session::fail(const char* defect) noexcept {
    try {
        m_hub.report_trouble(defect);
        const bool is_unanswered = m_phase != Phase::writing && m_phase != Phase::lingering;
        if (is_unanswered && m_phase != Phase::closed)
            return refuse({500, "the request could not be handled"});
    } catch (const std::exception&) {
        // There is no memory to say so; closing needs none.
    }
    close();
}

void Session::enter(Phase phase, std::chrono::milliseconds patience) {
    m_phase = phase;
    m_entered = Hub::Clock::now();
    m_deadline = m_entered + patience;
}

void Session::start() {
    enter(Phase::opening, m_hub.options().timeout);
    m_began = m_entered;
    m_channel->open(then([](Session& self, const error_code& problem, std::size_t) {
        if (self.m_phase == Phase::opening) self.take_opening(problem);
    }));
}

// The deadline stays: whoever connects has one timeout until its first byte.
void Session::take_opening(const error_code& problem) {
    if (problem == boost::asio::error::eof) return close();  // it never meant to say anything
    if (problem) return lose_peer_at_opening(problem.message());
    m_phase = Phase::idle;
    read_more();
}

void Session::lose_peer_at_opening(std::string why) {
    ++m_hub.counters().failed_handshakes;
    m_record.at = m_hub.hooks().clock();
    m_record.peer = m_peer.name;
    m_record.problem = std::move(why);
    record_access();
    close();
}

void Session::close() {
    if (m_phase == Phase::closed) return;
    const auto self = shared_from_this();
    m_phase = Phase::closed;
    m_channel->close();
    drop_body();
    m_hub.remove(m_number);
}

bool Session::gives_way() const {
    return is_idle() ||
           (m_phase == Phase::head && Hub::Clock::now() - m_entered > patience_with_heads);
}

void Session::give_way() {
    if (m_phase == Phase::head) {
        m_record.problem = "it gave way to another connection before its head was complete";
        record_access();
    }
    close();
}

void Session::wind_down() {
    if (!is_idle()) return;
    // A request may stand in the socket already, or be on its way where the peer has just
    // connected.
    const bool is_awaited = m_is_fresh || m_channel->has_input();
    // Not closed: where bytes have been read already, and only wait to be taken, they still are.
    if (!is_awaited) return m_channel->cancel();
    m_deadline = std::min(m_deadline, Hub::Clock::now() + last_chance);
}

void Session::expire() noexcept {
    protect([this] { give_up_waiting(); });
}

void Session::give_up_waiting() {
    switch (m_phase) {
        case Phase::opening:
            return lose_peer_at_opening("the TLS handshake took too long");
        case Phase::head:
            m_channel->cancel();
            return refuse({408, "the head took too long"});
        case Phase::body:
            m_channel->cancel();
            return refuse({408, "the body took too long"});
        case Phase::waiting:
            return refuse({503, "too many bodies are under way"});
        case Phase::storing:
            return;  // the sink bounds its own patience
        case Phase::probing:
            return respond(health_answer({"a commit takes too long"}, m_hub.options().version),
                           m_keep_alive);
        case Phase::writing:
            m_record.problem = "the peer did not take its answer";
            record_access();
            return close();
        case Phase::idle:
        case Phase::lingering:
        case Phase::closed:
            return close();
    }
}

void Session::read_more() {
    const auto [room, size] = m_in.prepare();
    m_channel->read_some(room, size,
                         then([](Session& self, const error_code& problem, std::size_t bytes) {
                             self.take_bytes(problem, bytes);
                         }));
}

void Session::take_bytes(const error_code& problem, std::size_t bytes) {
    if (!is_reading()) return;  // it was given up while the bytes were on their way
    if (problem) return lose_peer();
    m_in.commit(bytes);
    advance();
}

void Session::lose_peer() {
    if (m_phase != Phase::idle) {
        m_record.problem = "the peer closed before its request was complete";
        record_access();
    }
    close();
}

void Session::advance() {
    if (m_phase == Phase::idle) {
        if (m_in.empty()) return read_more();
        begin_request();
    }
    if (m_phase == Phase::head) return advance_head();
    advance_body();
}

void Session::begin_request() {
    enter(Phase::head, m_hub.options().timeout);
    m_scanned = 0;
    m_began = Hub::Clock::now();
    m_record = {};
    m_record.at = m_hub.hooks().clock();
    m_record.peer = m_peer.name;
    m_keep_alive = false;
    m_head_only = m_has_body = m_expects_continue = false;
}

void Session::advance_head() {
    const auto check = check_head(m_in.view(), m_scanned);
    if (check.state == HeadCheck::State::incomplete) return read_more();
    if (check.state == HeadCheck::State::refused) return refuse(check.refusal);
    m_reader = std::make_unique<RequestReader>(m_hub.rules().max_body);
    const auto state = m_reader->take_head(m_in.view().substr(check.begin, check.size));
    if (state == RequestReader::State::refused) return refuse(m_reader->refusal());
    m_in.consume(check.begin + check.size);
    if (m_purpose == Purpose::admin) return answer_admin();
    const auto verdict = judge_head(m_reader->head(), m_hub.rules());
    note_head(m_reader->head(), verdict);
    // A body that nobody wants is not read, so nothing behind it can be found.
    m_left_unread = verdict.answer && m_has_body;
    if (verdict.answer) return respond(*verdict.answer, m_keep_alive && !m_left_unread);
    begin_body();
}

void Session::note_head(const RequestHead& head, const Verdict& verdict) {
    m_record.method = head.method;
    m_record.path = head.path;
    if (verdict.label) m_record.label = *verdict.label;
    m_keep_alive = head.keep_alive;
    m_head_only = head.method == "HEAD";
    m_has_body = head.has_body();
    m_expects_continue = head.expect.has_value();
    m_most_body = head.chunked ? m_hub.rules().max_body : head.content_length.value_or(0);
}

void Session::answer_admin() {
    note_head(m_reader->head(), {});
    m_left_unread = m_has_body;
    const auto verdict = judge_admin_head(m_reader->head());
    if (verdict.answer) return respond(*verdict.answer, m_keep_alive && !m_left_unread);
    if (verdict.page == AdminPage::metrics)
        return respond(metrics_answer(m_hub.metrics_text()), m_keep_alive);
    enter(Phase::probing, m_hub.options().timeout);
    m_hub.probe(m_number);
}

void Session::take_health(const Health& health) noexcept {
    if (m_phase != Phase::probing) return;
    protect([&] { respond(health_answer(health, m_hub.options().version), m_keep_alive); });
}

void Session::begin_body() {
    enter(Phase::body, m_hub.options().timeout);
    ask_for_body();
}

// The deadline stays that of the body.
void Session::wait_for_share() {
    m_phase = Phase::waiting;
    if (m_hub.reserve(m_most_body, m_number)) body_may_come();
}

void Session::body_may_come() noexcept {
    m_reserved = m_most_body;
    protect([this] {
        if (m_phase != Phase::waiting) return drop_body();
        m_phase = Phase::body;
        read_more();
    });
}

void Session::ask_for_body() {
    if (!m_expects_continue || !m_has_body || !m_in.empty()) return advance_body();
    m_channel->write(go_on, then([](Session& self, const error_code& problem, std::size_t) {
                         if (self.m_phase != Phase::body) return;
                         if (problem) return self.lose_peer();
                         self.advance_body();
                     }));
}

void Session::advance_body() {
    auto input = m_in.view();
    const auto before = input.size();
    const auto state = m_reader->take_body(input);
    m_in.consume(before - input.size());
    if (state == RequestReader::State::refused) return refuse(m_reader->refusal());
    if (state == RequestReader::State::done) return deliver();
    if (m_reserved == 0 && m_reader->body().size() > small_body) return wait_for_share();
    read_more();
}

void Session::deliver() {
    auto delivery = ingest::decode(m_reader->body(), "http " + m_peer.name, m_hub.hooks().clock());
    delivery.body = m_reader->release_body();
    m_record.body_bytes = delivery.body->size();
    m_phase = Phase::storing;
    m_deadline = Hub::Clock::time_point::max();
    m_hub.submit(std::move(delivery), m_number);
}

void Session::take_receipt(const ingest::Receipt& receipt) noexcept {
    if (m_phase == Phase::storing) protect([&] { answer_receipt(receipt); });
}

void Session::answer_receipt(const ingest::Receipt& receipt) {
    if (receipt.error) {
        m_record.problem = *receipt.error;
        if (m_hub.hooks().lost) m_hub.hooks().lost(receipt.delivery.body.value_or(""), m_peer.name);
    } else if (receipt.is_spooled) {
        m_record.problem = "spooled";
    } else {
        m_record.tally = receipt.tally;
        if (receipt.delivery.reports.empty() && !receipt.delivery.rejections.empty())
            m_record.problem = receipt.delivery.rejections.front().reason;
    }
    respond(answer_to(receipt), m_keep_alive);
}

// Forgets the request and its body, and gives its share of the budget back.
void Session::drop_body() {
    m_reader.reset();
    if (m_reserved > 0) m_hub.give_back(std::exchange(m_reserved, 0));
}

void Session::refuse(const Refusal& refusal) {
    m_record.problem = refusal.reason;
    m_left_unread = true;
    respond(error_answer(refusal.status, refusal.reason), false);
}

void Session::respond(const Answer& answer, bool keep_alive) {
    drop_body();
    m_close_after = !keep_alive || m_hub.is_stopping();
    m_record.status = answer.status;
    if (m_peer_is_gone) return finish_unheard();
    m_out.clear();
    append_response(m_out, answer, {!m_close_after, m_head_only, m_hub.http_date()});
    enter(Phase::writing, m_hub.options().timeout);
    m_channel->write(m_out, then([](Session& self, const error_code& problem, std::size_t) {
                         if (self.m_phase == Phase::writing) self.finish_response(problem);
                     }));
}

// Writing again would wait for a readiness that never comes.
void Session::finish_unheard() {
    m_phase = Phase::writing;
    boost::asio::post(m_hub.io(), [self = shared_from_this()] {
        self->protect([&] { self->finish_response(boost::asio::error::broken_pipe); });
    });
}

// Those who watch us ask every few seconds, and nobody wants to read it.
void Session::record_access() {
    if (m_purpose == Purpose::admin) return;
    m_record.duration =
        std::chrono::duration_cast<std::chrono::microseconds>(Hub::Clock::now() - m_began);
    m_hub.counters().count(m_record);
    if (m_hub.hooks().access) m_hub.hooks().access(m_record);
}

void Session::finish_response(const error_code& problem) {
    if (problem) m_record.problem = "the peer was gone before it could be answered";
    record_access();
    m_is_fresh = false;
    // What has been read behind this request is kept all the same, though nobody hears of it.
    m_peer_is_gone = problem.failed();
    if (problem && (m_close_after || m_in.empty())) return close();
    if (m_close_after) return end_connection();
    enter(Phase::idle, m_hub.options().idle_timeout);
    if (m_in.empty()) m_hub.became_idle();
    if (m_phase == Phase::idle) advance();
    if (m_hub.is_stopping()) wind_down();  // the stop may have come while the answer was sent
}

void Session::end_connection() {
    enter(Phase::lingering, std::min(m_hub.options().timeout, linger_patience));
    m_channel->end_sending(then([](Session& self, const error_code&, std::size_t) {
        if (self.m_phase != Phase::lingering) return;
        // Closing while bytes are unread resets the connection, and the peer may never see its
        // answer.
        self.m_left_unread || !self.m_in.empty() ? self.linger() : self.close();
    }));
}

void Session::linger() {
    m_in.consume(m_in.view().size());
    const auto [room, size] = m_in.prepare();
    m_channel->discard_some(room, size,
                            then([](Session& self, const error_code& problem, std::size_t bytes) {
                                if (self.m_phase != Phase::lingering) return;
                                self.m_lingered += bytes;
                                if (problem || self.m_lingered > lingered_limit)
                                    return self.close();
                                self.linger();
                            }));
}

}  // namespace jobtally::listen
