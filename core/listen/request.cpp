#include "core/listen/request.hpp"

#include "core/base/text.hpp"
#include "core/ingest/decode.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace jobtally::listen {
namespace {

constexpr std::size_t small_body = 32 << 10;

}  // namespace

Request::Request(const Peer& peer, time::Instant at) {
    record.at = at;
    record.peer = peer.name;
}

RequestReader::State Request::take_head(InputBuffer& in, std::uint64_t max_body) {
    using State = RequestReader::State;
    const auto check = check_head(in.view(), m_scanned);
    if (check.state == HeadCheck::State::incomplete) return State::more;
    m_refusal = check.refusal;
    if (check.state == HeadCheck::State::refused) return State::refused;
    m_reader = std::make_unique<RequestReader>(max_body);
    const auto head_block = in.view().substr(check.begin, check.size);
    const bool is_refused = m_reader->take_head(head_block) == State::refused;
    m_refusal = m_reader->refusal();
    if (is_refused) return State::refused;
    in.consume(check.begin + check.size);
    const auto& head = m_reader->head();
    record.method = head.method;
    record.path = head.path;
    record.forwarded_for = head.forwarded_for.value_or("");
    m_keep_alive = head.keep_alive;
    m_head_only = head.method == "HEAD";
    m_has_body = head.has_body();
    m_expects_continue = head.expect.has_value();
    m_most_body = std::min(max_body, head.content_length.value_or(max_body));
    return State::done;
}

RequestReader::State Request::take_body(InputBuffer& in) {
    using State = RequestReader::State;
    auto input = in.view();
    const auto before = input.size();
    const auto state = m_reader->take_body(input);
    in.consume(before - input.size());
    m_refusal = m_reader->refusal();
    if (!m_reader->is_too_large()) return state;
    if (!m_answer) note({error_answer(too_large.status, too_large.reason), {}, too_large.reason});
    return m_refusal.status == too_large.status ? State::done : state;
}

bool Request::needs_share() const {
    return !m_share && m_reader->body().size() > small_body;
}

// Behind the body there may be another request, with its secret.
std::string_view Request::come_of_body(const InputBuffer& in) const {
    if (!m_reader) return {};
    return has_some_body() ? m_reader->body()
                           : in.view().substr(0, head().content_length.value_or(0));
}

ingest::Delivery Request::release(time::Instant received_at) {
    const auto body = m_reader->body();
    const auto source = "http " + record.peer;
    auto delivery = m_answer
                        ? ingest::reject(body, m_reader->is_done(),
                                         fmt::format("answered {} to {} {}: {}", m_answer->status,
                                                     record.method, in_short_quotes(record.path),
                                                     m_kept_because),
                                         source, received_at)
                        : ingest::decode_whole(body, source, received_at);
    add_body(delivery);
    return delivery;
}

ingest::Delivery Request::release_unread(time::Instant received_at) {
    ingest::Delivery delivery;
    delivery.source = "http " + record.peer;
    delivery.received_at = received_at;
    add_body(delivery);
    return delivery;
}

void Request::add_body(ingest::Delivery& delivery) {
    delivery.sender = record.label;
    delivery.body = m_reader->release_body();
    record.body_bytes = delivery.body->size();
}

void Request::note(const Verdict& verdict) {
    if (verdict.label) record.label = *verdict.label;
    m_answer = verdict.answer;
    m_kept_because = verdict.kept_because;
    record.problem = verdict.problem;
}

void Request::note(const ingest::Receipt& receipt) {
    m_has_receipt = true;
    if (receipt.delivery.reports.size() == 1) {
        const auto& report = receipt.delivery.reports.front();
        record.report = report.id;
        record.definition = report.definition_name.value_or(report.definition_id.value_or(""));
        record.job_status = report.status;
    }
    if (receipt.error) {
        record.problem = *receipt.error;
    } else if (receipt.is_spooled) {
        record.problem = "spooled";
        record.is_spooled = true;
    } else {
        record.tally = receipt.tally;
        if (receipt.delivery.reports.empty() && !receipt.delivery.rejections.empty())
            record.problem = receipt.delivery.rejections.front().reason;
    }
}

// Behind what was no request, or a body of unknown length, nobody can tell where another begins.
void Request::note_rest(const InputBuffer& in) {
    if (!m_reader || !m_refusal.reason.empty()) return;
    const auto unread = m_has_body && !m_reader->is_done() ? head().content_length : 0;
    if (!unread || in.view().size() <= *unread) return;
    record.problem += record.problem.empty() ? "" : "; ";
    record.problem += "what came behind it was not read";
}

void Request::drop_body() {
    m_reader.reset();
    m_share = {};
}

const AccessRecord& Request::finished_record() {
    record.duration = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - m_began);
    return record;
}

}  // namespace jobtally::listen
