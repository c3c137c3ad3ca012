// One request: what it says of itself, its body as it comes, and what the access log tells of it.
#pragma once

#include "core/ingest/delivery.hpp"
#include "core/listen/body_budget.hpp"
#include "core/listen/http/head_verdict.hpp"
#include "core/listen/http/input_buffer.hpp"
#include "core/listen/http/request_reader.hpp"
#include "core/listen/sockets/peer.hpp"
#include "core/listen/watch/access_log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace jobtally::listen {

class Request {
  public:
    // `at` is when its first byte came; the duration that is logged starts with this call.
    Request(const Peer& peer, time::Instant at);

    // Takes the head off the front of `in` once all of it is there. The body that follows may have
    // at most `max_body` bytes.
    RequestReader::State take_head(InputBuffer& in, std::uint64_t max_body);
    // Takes what has come of the body off the front of `in`. One that is too large is refused as by
    // a verdict; of it the state is never `refused`.
    RequestReader::State take_body(InputBuffer& in);
    // Why take_head() or take_body() has refused the request.
    const Refusal& refusal() const { return m_refusal; }

    // The head that take_head() took. Views into it are valid until drop_body().
    const RequestHead& head() const { return m_reader->head(); }
    bool keep_alive() const { return m_keep_alive; }
    bool head_only() const { return m_head_only; }
    bool has_body() const { return m_has_body; }
    bool expects_continue() const { return m_expects_continue; }

    // A small body takes no share of the budget. Otherwise a few senders that announce large bodies
    // and send nothing would hold all shares, and nobody's small report would get in.
    bool needs_share() const;
    std::uint64_t most_body() const { return m_most_body; }  // bytes that its body may take
    void own(BodyBudget::Share share) { m_share = std::move(share); }

    void note(const Verdict& verdict);
    // The answer that was chosen before the body was known. None: what it holds decides.
    const std::optional<Answer>& refusal_answer() const { return m_answer; }
    // True if the body is kept as rejected. One that waits for `100 Continue` does not come.
    bool is_kept(bool has_come) const {
        return !m_kept_because.empty() && m_has_body && (has_come || !m_expects_continue);
    }
    bool has_some_body() const { return !m_reader->body().empty(); }
    // What has come of its body, also what stands in `in` still.
    std::string_view come_of_body(const InputBuffer& in) const;
    // True where all of its body has come, and nothing is wrong with it as far as HTTP goes.
    bool is_whole() const { return m_reader && m_reader->is_done() && has_some_body(); }
    // True where its head was judged, and who sent it may not send reports.
    bool is_from_stranger() const { return m_answer && m_kept_because.empty(); }

    // The body as far as it has come: decoded, or as rejected.
    ingest::Delivery release(time::Instant received_at);
    // The body as it came, for which there is no memory to decode it.
    ingest::Delivery release_unread(time::Instant received_at);
    void note(const ingest::Receipt& receipt);
    bool has_receipt() const { return m_has_receipt; }
    // For a connection that ends with this request: notes where `in` holds another one behind it.
    void note_rest(const InputBuffer& in);
    // Forgets head and body, and gives its share of the budget back.
    void drop_body();
    // The record, completed with the time that the request has taken.
    const AccessRecord& finished_record();

    AccessRecord record;
    bool left_unread = false;  // its body, or whatever else has come, was not looked at

  private:
    void add_body(ingest::Delivery& delivery);

    std::chrono::steady_clock::time_point m_began = std::chrono::steady_clock::now();
    std::size_t m_scanned = 0;
    std::unique_ptr<RequestReader> m_reader;
    Refusal m_refusal;
    std::optional<Answer> m_answer;
    std::string_view m_kept_because;
    bool m_keep_alive = false;
    bool m_head_only = false;
    bool m_has_body = false;
    bool m_expects_continue = false;
    bool m_has_receipt = false;
    std::uint64_t m_most_body = 0;
    BodyBudget::Share m_share;
};

}  // namespace jobtally::listen
