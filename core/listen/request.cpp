#include "core/listen/request.hpp"

#include "core/ingest/decode.hpp"

#include <utility>

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
    m_keep_alive = head.keep_alive;
    m_head_only = head.method == "HEAD";
    m_has_body = head.has_body();
    m_expects_continue = head.expect.has_value();
    m_most_body = head.chunked ? max_body : head.content_length.value_or(0);
    return State::done;
}

RequestReader::State Request::take_body(InputBuffer& in) {
    auto input = in.view();
    const auto before = input.size();
    const auto state = m_reader->take_body(input);
    in.consume(before - input.size());
    m_refusal = m_reader->refusal();
    return state;
}

bool Request::needs_share() const {
    return !m_share && m_reader->body().size() > small_body;
}

ingest::Delivery Request::release(time::Instant received_at) {
    auto delivery = ingest::decode(m_reader->body(), "http " + record.peer, received_at);
    delivery.body = m_reader->release_body();
    record.body_bytes = delivery.body->size();
    return delivery;
}

void Request::note(const Verdict& verdict) {
    if (verdict.label) record.label = *verdict.label;
}

void Request::note(const ingest::Receipt& receipt) {
    if (receipt.error) {
        record.problem = *receipt.error;
    } else if (receipt.is_spooled) {
        record.problem = "spooled";
    } else {
        record.tally = receipt.tally;
        if (receipt.delivery.reports.empty() && !receipt.delivery.rejections.empty())
            record.problem = receipt.delivery.rejections.front().reason;
    }
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
