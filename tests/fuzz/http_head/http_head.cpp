// A connection's bytes are judged alike however they are cut, nothing that two readers could read
// in two ways passes, and the body is the one that its framing says.
#include "core/listen/http/field_rules.hpp"
#include "core/listen/http/head_verdict.hpp"
#include "core/listen/http/request_head.hpp"
#include "core/listen/http/request_reader.hpp"
#include "core/listen/http/response.hpp"
#include "tests/fuzz/demand.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace jobtally::listen;
using jobtally::fuzz::demand;
using Check = HeadCheck::State;
using Reading = RequestReader::State;

constexpr std::uint64_t max_body = 200;

// As bytes come: `step` more each time, until the head is judged.
HeadCheck check_in_pieces(std::string_view input, std::size_t step) {
    std::size_t scanned = 0;
    HeadCheck check;
    for (std::size_t end = 0; check.state == Check::incomplete && end < input.size();) {
        end = std::min(input.size(), end + step);
        check = check_head(input.substr(0, end), scanned);
    }
    return check;
}

void demand_same(const HeadCheck& a, const HeadCheck& b) {
    demand(a.state == b.state, "a head judged otherwise when cut otherwise");
    if (a.state == Check::complete)
        demand(a.begin == b.begin && a.size == b.size, "a head that ends elsewhere when cut");
    if (a.state == Check::refused)
        demand(a.refusal.status == b.refusal.status && a.refusal.reason == b.refusal.reason,
               "a head refused for another reason when cut otherwise");
}

// What no head that passes may hold, looked for without the rules' own code.
void demand_plain(std::string_view head) {
    demand(head.size() <= max_head_bytes, "a head that is too long");
    demand(head.ends_with("\r\n\r\n") && head.find("\r\n\r\n") == head.size() - 4,
           "a head that does not end with its blank line");
    for (std::size_t i = 0; i < head.size(); ++i) {
        const auto byte = static_cast<unsigned char>(head[i]);
        const bool is_pair =
            (byte == '\r' && head[i + 1] == '\n') || (byte == '\n' && i > 0 && head[i - 1] == '\r');
        demand(byte >= 0x20 || byte == '\t' || is_pair, "a control character in a head");
        demand(byte != 0x7f, "a DEL in a head");
        demand(byte != '\n' || i + 1 == head.size() || (head[i + 1] != ' ' && head[i + 1] != '\t'),
               "a folded field");
    }
    const auto line = head.substr(0, head.find('\r'));
    demand(std::count(line.begin(), line.end(), ' ') == 2, "a request line of not three words");
    demand(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f; }),
           "a request line that is not ASCII");
}

struct BodyReading {
    Reading state = Reading::more;
    std::string body;
    std::size_t used = 0;
    unsigned refused = 0;
};

BodyReading read_body(std::string_view head, std::string_view input, std::size_t step) {
    RequestReader reader(max_body);
    BodyReading reading;
    reading.state = reader.take_head(head);
    std::string pending;
    for (std::size_t at = 0; reading.state == Reading::more && at < input.size();) {
        const auto piece = input.substr(at, step);
        at += piece.size();
        pending += piece;
        const std::vector<char> exact(pending.begin(), pending.end());
        std::string_view left(exact.data(), exact.size());
        reading.state = reader.take_body(left);
        demand(left.size() <= pending.size(), "more taken than there was");
        demand(reading.state != Reading::more || left.size() < 14, "too much left over");
        reading.used = at - left.size();
        pending.assign(left);
    }
    reading.body = reader.body();
    if (reading.state == Reading::refused) reading.refused = reader.refusal().status;
    return reading;
}

// A chunked body by RFC 9112, 7.1, strictly: no extension, no trailer. Nothing where it is not one.
std::optional<std::string> dechunked(std::string_view input) {
    std::string body;
    for (;;) {
        const auto end = input.find("\r\n");
        std::size_t size = 0;
        const auto digits = input.substr(0, end);
        const auto [rest, problem] =
            std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
        if (end == input.npos || problem != std::errc{} || rest != digits.data() + digits.size())
            return std::nullopt;
        input.remove_prefix(end + 2);
        if (input.size() < size || input.substr(size, 2) != "\r\n") return std::nullopt;
        if (size == 0) return input.size() == 2 ? std::optional(body) : std::nullopt;
        body += input.substr(0, size);
        input.remove_prefix(size + 2);
    }
}

void demand_framed(const RequestHead& head, const BodyReading& reading, std::string_view input) {
    demand(reading.body.size() <= max_body, "a body that is too large");
    if (reading.state != Reading::done) return;
    const auto taken = input.substr(0, reading.used);
    if (head.chunked)
        demand(dechunked(taken) == reading.body,
               "a chunked body that is another to a strict reader");
    else
        demand(taken == reading.body && taken.size() == head.content_length.value_or(0),
               "a body that is not as long as it was said");
}

void demand_one_answer(const Answer& answer) {
    std::string text;
    append_response(text, answer, {true, false, "Sun, 22 Nov 2026 08:30:00 GMT"});
    const auto end = text.find("\r\n\r\n");
    demand(text.starts_with("HTTP/1.1 ") && end != text.npos, "an answer that is none");
    demand(text.substr(end + 4) == answer.body, "an answer with another body");
}

void read_on(std::string_view head, std::string_view behind, std::size_t step) {
    RequestReader reader(max_body);
    const auto state = reader.take_head(head);
    if (state == Reading::refused) return demand(reader.refusal().status == 400, "not a 400");
    demand(!reader.head().path.empty() && is_token(reader.head().method), "no path or method");
    const Verdict verdict = judge_head(reader.head(), {{"/"}, max_body, {}});
    if (verdict.answer) return demand_one_answer(*verdict.answer);
    demand(reader.head().content_length.value_or(0) <= max_body, "a body let in that is too large");
    const auto whole = read_body(head, behind, behind.size());
    demand_framed(reader.head(), whole, behind);
    const auto cut = read_body(head, behind, step);
    demand(whole.state == cut.state, "a body read otherwise when cut otherwise");
    if (whole.state == Reading::refused) return;
    demand(whole.body == cut.body && whole.used == cut.used, "another body when cut otherwise");
}

}  // namespace

// The first byte chooses the size of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    auto input = jobtally::fuzz::text_of(bytes, size);
    const std::size_t step = 1 + jobtally::fuzz::take_choice(input) % 40;
    const auto check = check_in_pieces(input, input.size());
    demand_same(check, check_in_pieces(input, step));
    if (check.state == Check::refused)
        demand_one_answer(error_answer(check.refusal.status, check.refusal.reason));
    if (check.state != Check::complete) return 0;
    const auto head = input.substr(check.begin, check.size);
    demand_plain(head);
    read_on(head, input.substr(check.begin + check.size), step);
    return 0;
}
