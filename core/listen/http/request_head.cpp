#include "core/listen/http/request_head.hpp"

#include "core/base/ascii.hpp"
#include "core/listen/http/field_rules.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace jobtally::listen {
namespace {

using MaybeRefusal = std::optional<Refusal>;

constexpr std::string_view methods[] = {"POST",   "GET",   "HEAD",  "OPTIONS", "PUT",
                                        "DELETE", "PATCH", "TRACE", "CONNECT"};

struct HeadEnd {
    std::size_t size = 0;  // 0: not there yet
    MaybeRefusal refusal;
};

// Finds the blank line. Every line ends with CR LF; a lone CR or LF, or any other control character
// but a tab, is refused, because readers disagree about what it means.
HeadEnd find_end(std::string_view received, std::size_t& scanned) {
    for (; scanned < received.size(); ++scanned) {
        const auto byte = static_cast<unsigned char>(received[scanned]);
        const bool after_cr = scanned > 0 && received[scanned - 1] == '\r';
        if (after_cr != (byte == '\n'))
            return {0, Refusal{400, after_cr ? "a CR without LF in the head"
                                             : "an LF without CR in the head"}};
        if (byte == '\n' && scanned >= 3 && received[scanned - 2] == '\n') return {scanned + 1, {}};
        if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7f)
            return {0, Refusal{400, "a control character in the head"}};
    }
    return {};
}

MaybeRefusal check_version(std::string_view version) {
    if (version == "HTTP/1.1" || version == "HTTP/1.0") return {};
    const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") &&
                             is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
    if (well_formed) return Refusal{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
    return Refusal{400, "the request line has no HTTP version"};
}

MaybeRefusal check_origin(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        target.remove_prefix(scheme.size());
        if (is_valid_host(target.substr(0, target.find_first_of("/?")))) return {};
        return Refusal{400, "the target has no valid host"};
    }
    return Refusal{400, "the target is neither a path nor an http URL"};
}

MaybeRefusal check_target(std::string_view target) {
    if (target.size() > max_target_bytes)
        return Refusal{414, "the target is longer than 8,000 bytes"};
    const auto is_visible = [](char c) { return c > 0x20 && c < 0x7f && c != '#'; };
    if (target.empty() || !std::all_of(target.begin(), target.end(), is_visible))
        return Refusal{400, "the target holds a character that must be encoded"};
    return target.front() == '/' ? MaybeRefusal{} : check_origin(target);
}

struct RequestLine {
    std::string_view method;
    std::string_view target;
    std::string_view version;
};

std::optional<RequestLine> split(std::string_view line) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    return RequestLine{line.substr(0, first), line.substr(first + 1, last - first - 1),
                       line.substr(last + 1)};
}

MaybeRefusal check_request_line(const RequestLine& line) {
    if (!is_token(line.method)) return Refusal{400, "the method is not a token"};
    if (auto refusal = check_version(line.version)) return refusal;
    if (std::find(std::begin(methods), std::end(methods), line.method) == std::end(methods))
        return Refusal{501, "the method is not known"};
    return check_target(line.target);
}

// `lines` ends with CR LF.
std::string_view take_line(std::string_view& lines) {
    const auto end = lines.find("\r\n");
    const auto line = lines.substr(0, end);
    lines.remove_prefix(end + 2);
    return line;
}

MaybeRefusal check_lines(std::string_view block) {
    const auto line = split(take_line(block));
    if (!line) return Refusal{400, "the request line is not method, target and version"};
    if (auto refusal = check_request_line(*line)) return refusal;
    FieldRules rules(line->method, line->version == "HTTP/1.1");
    std::size_t fields = 0;
    for (auto field = take_line(block); !field.empty(); field = take_line(block)) {
        if (++fields > max_fields) return Refusal{431, "more than 100 fields in the head"};
        if (auto refusal = rules.take(field)) return refusal;
    }
    return rules.conclude();
}

Refusal too_long(std::string_view received) {
    if (received.find('\n') == std::string_view::npos)
        return {414, "the target is longer than 8,000 bytes"};
    return {431, "the head is longer than 16 KiB"};
}

HeadCheck refused(const Refusal& refusal) {
    return {HeadCheck::State::refused, 0, 0, refusal};
}

}  // namespace

HeadCheck check_head(std::string_view received, std::size_t& scanned) {
    const std::size_t blank = received.starts_with("\r\n") ? 2 : 0;
    std::size_t in_head = scanned > blank ? scanned - blank : 0;
    const auto text = received.substr(blank);
    const auto end = find_end(text.substr(0, max_head_bytes), in_head);
    scanned = in_head == 0 ? 0 : in_head + blank;
    if (end.refusal) return refused(*end.refusal);
    if (end.size == 0)
        return text.size() < max_head_bytes ? HeadCheck{}
                                            : refused(too_long(text.substr(0, max_head_bytes)));

    if (auto refusal = check_lines(text.substr(0, end.size))) return refused(*refusal);
    return {HeadCheck::State::complete, blank, end.size, {}};
}

}  // namespace jobtally::listen
