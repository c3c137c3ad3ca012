#include "core/ingest/decode.hpp"

#include "core/base/numbers.hpp"
#include "core/wire/report_reader.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace jobtally::ingest {
namespace {

// The reader copies each piece that it is given, so this bounds the memory it takes.
constexpr std::size_t piece_bytes = 256 << 10;

// The one rejection of a body that holds neither a report nor anything that was rejected.
model::Rejection nothing_in(std::string_view body) {
    const bool is_empty = body.find_first_not_of(" \t\r\n") == std::string_view::npos;
    return {is_empty ? "the body is empty" : "no report in the body",
            std::string(body.substr(0, wire::Limits{}.kept_body)), 1, !is_empty};
}

constexpr std::string_view cut_begin = " (of its body the first ";
constexpr std::string_view cut_end = " bytes are kept)";

void say_how_much(model::Rejection& rejection) {
    const auto kept = static_cast<std::int64_t>(rejection.body.size());
    rejection.reason += fmt::format("{}{}{}", cut_begin, count_text(kept), cut_end);
}

// This many rejections of one body are kept one by one. With more, a body of nothing but commas and
// brackets would push all others out of the store, and keep everybody waiting.
constexpr std::size_t single_rejections = 1000;

class Rejections {
  public:
    explicit Rejections(Delivery& delivery) : m_delivery(delivery) {}

    void take(model::Rejection rejection) {
        tell_cut(rejection);
        auto& kept = m_delivery.rejections;
        if (kept.size() < single_rejections) return kept.push_back(std::move(rejection));
        const bool is_json = rejection.is_json;
        if (m_rest++ == 0) m_first = std::move(rejection);
        m_first.is_json = m_first.is_json && is_json;
    }
    // In place of all further rejections the whole body is kept, in pieces.
    void finish(std::string_view body) {
        if (m_rest == 0) return;
        const auto piece = wire::Limits{}.kept_body;
        const auto pieces = (body.size() + piece - 1) / piece;
        for (std::size_t at = 0; at < pieces; ++at) {
            m_delivery.rejections.push_back(
                {fmt::format("{} more in one body, of which this is part {} of {}; the first: {}",
                             count_text(m_rest), at + 1, pieces, m_first.reason),
                 std::string(body.substr(at * piece, piece)), m_first.line, m_first.is_json});
        }
        m_delivery.more_rejected = m_rest - static_cast<std::int64_t>(pieces);
    }

  private:
    Delivery& m_delivery;
    model::Rejection m_first;  // of the further ones
    std::int64_t m_rest = 0;
};

}  // namespace

void tell_cut(model::Rejection& rejection) {
    if (rejection.body.size() >= wire::Limits{}.kept_body) say_how_much(rejection);
}

bool tells_cut(std::string_view reason) {
    return reason.ends_with(cut_end) && reason.find(cut_begin) != std::string_view::npos;
}

Delivery reject(std::string_view body, bool is_whole, std::string reason, std::string source,
                time::Instant received_at) {
    model::Rejection rejection{std::move(reason),
                               std::string(body.substr(0, wire::Limits{}.kept_body)), 1, false};
    if (!is_whole || rejection.body.size() < body.size()) say_how_much(rejection);
    Delivery delivery;
    delivery.is_cut = !is_whole;
    delivery.source = std::move(source);
    delivery.received_at = received_at;
    delivery.rejections.push_back(std::move(rejection));
    return delivery;
}

Delivery decode_whole(std::string_view body, std::string source, time::Instant received_at) {
    Delivery delivery = decode(body, source, received_at);
    const auto front = body.find_first_not_of(" \t\r\n");
    const bool is_text =
        front != std::string_view::npos && static_cast<signed char>(body[front]) >= 0;
    const bool is_json = is_text && (body[front] == '{' || body[front] == '[');
    if (!is_text || is_json || delivery.reports.empty()) return delivery;
    auto reason = delivery.rejections.empty() ? std::string("not JSON")
                                              : std::move(delivery.rejections.front().reason);
    return reject(body, true, std::move(reason), std::move(source), received_at);
}

Delivery decode(std::string_view body, std::string source, time::Instant received_at) {
    using Got = wire::ReportReader::Got;
    Delivery delivery;
    delivery.source = std::move(source);
    delivery.received_at = received_at;
    Rejections rejections(delivery);
    wire::ReportReader reader;
    model::JobReport report;
    model::Rejection rejection;
    std::string_view rest = body;
    for (auto got = Got::need_more; got != Got::end; got = reader.next(report, rejection)) {
        if (got == Got::report) delivery.reports.push_back(std::move(report));
        if (got == Got::rejection) rejections.take(std::move(rejection));
        if (got != Got::need_more) continue;
        reader.feed(rest.substr(0, piece_bytes));
        rest.remove_prefix(std::min(rest.size(), piece_bytes));
        if (rest.empty()) reader.finish();
    }
    rejections.finish(body);
    delivery.missing = reader.list_totals().count().missing;
    if (delivery.reports.empty() && delivery.rejections.empty())
        delivery.rejections.push_back(nothing_in(body));
    return delivery;
}

}  // namespace jobtally::ingest
