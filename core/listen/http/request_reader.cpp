#include "core/listen/http/request_reader.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>

namespace jobtally::listen {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr std::size_t max_size_digits = 8;
// The line end of the previous chunk, the size, the line end after it, and the line end of the
// body.
constexpr std::size_t max_framing = 2 + max_size_digits + 2 + 2;

std::string_view view_of(const boost::beast::string_view& text) {
    return {text.data(), text.size()};
}

std::string_view path_of(std::string_view target) {
    if (target.front() != '/') {
        target.remove_prefix(target.find("//") + 2);
        target.remove_prefix(std::min(target.size(), target.find_first_of("/?")));
    }
    const auto path = target.substr(0, target.find('?'));
    return path.empty() ? "/" : path;
}

bool is_encoded(std::string_view codings) {
    const http::opt_token_list list({codings.data(), codings.size()});
    if (!http::validate_list(list)) return true;
    for (const auto& coding : list)
        if (!equals_ignoring_case(view_of(coding), "identity")) return true;
    return false;
}

// Beast calls this with the framing of each chunk before it acts on it, so that what Beast itself
// would accept can be refused here.
struct ChunkRules {
    const char* line = nullptr;  // the position at which Beast reads
    bool is_first = true;
    std::uint64_t announced = 0;  // bytes of all chunks
    std::string_view broken;      // the rule that was broken, or empty

    void operator()(std::uint64_t size, boost::beast::string_view extensions, error_code& problem) {
        const char* const digits = line + (is_first ? 0 : 2);
        is_first = false;
        announced += size;
        const auto count = static_cast<std::size_t>(extensions.data() - digits);
        // Beast passes the last chunk on only after it has seen the end of the trailers, so four
        // bytes can be read here.
        if (!extensions.empty())
            broken = "a chunk has an extension";
        else if (count > max_size_digits)
            broken = "a chunk has no valid size";
        else if (size == 0 && std::string_view(extensions.data(), 4) != "\r\n\r\n")
            broken = "a trailer follows the last chunk";
        if (!broken.empty()) problem = http::error::bad_chunk_extension;
    }
};

}  // namespace

struct RequestReader::Parser {
    http::request_parser<http::string_body> beast;
    ChunkRules chunk_rules;
    bool wants_more = false;
};

RequestReader::RequestReader(std::uint64_t max_body)
    : m_max_body(max_body), m_parser(std::make_unique<Parser>()) {
    m_parser->beast.header_limit(max_head_bytes + 1);
    m_parser->beast.body_limit(boost::none);  // of one that is too large the beginning is read
    m_parser->beast.on_chunk_header(m_parser->chunk_rules);
}

RequestReader::~RequestReader() = default;

// One step of the parser; notes a refusal. Returns the bytes that were used.
std::size_t RequestReader::put(std::string_view bytes) {
    auto& [beast, chunk_rules, wants_more] = *m_parser;
    error_code problem;
    std::size_t used = 0;
    chunk_rules.line = bytes.data();
    try {
        used = beast.put(boost::asio::buffer(bytes.data(), bytes.size()), problem);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {
        problem = http::error::bad_value;
    }
    wants_more = problem == http::error::need_more;
    auto& body = beast.get().body();
    if (problem && !wants_more) {
        if (!chunk_rules.broken.empty())
            refuse({400, chunk_rules.broken});
        else
            refuse({400, beast.is_header_done() ? "the chunks of the body are not valid"
                                                : "the head is not valid"});
    } else if (body.size() > m_max_body) {
        body.resize(m_max_body);
        refuse(too_large);
    }
    return used;
}

// For a body whose Content-Length is too large: Beast would set memory aside for all of it.
std::size_t RequestReader::put_raw(std::string_view bytes) {
    auto& body = m_parser->beast.get().body();
    const auto fitting = bytes.substr(0, m_max_body - body.size());
    body += fitting;
    if (body.size() == m_max_body) refuse(too_large);
    return fitting.size();
}

void RequestReader::refuse(const Refusal& refusal) {
    m_is_refused = true;
    m_refusal = refusal;
}

RequestReader::State RequestReader::state() const {
    if (m_is_refused) return State::refused;
    return m_parser->beast.is_done() ? State::done : State::more;
}

bool RequestReader::is_too_large() const {
    return std::max(m_head.content_length.value_or(0), m_parser->chunk_rules.announced) >
           m_max_body;
}

RequestReader::State RequestReader::take_head(std::string_view block) {
    const auto used = put(block);
    if (!m_is_refused && (used != block.size() || !m_parser->beast.is_header_done()))
        refuse({400, "the head is not valid"});
    if (m_is_refused) return State::refused;
    note_head();
    return state();
}

void RequestReader::note_head() {
    const auto& beast = m_parser->beast;
    const auto& message = beast.get();
    m_head.method = view_of(message.method_string());
    m_head.path = path_of(view_of(message.target()));
    m_head.keep_alive = beast.keep_alive();
    m_head.chunked = beast.chunked();
    if (const auto length = beast.content_length()) m_head.content_length = *length;
    const auto value_of = [&message](http::field name) -> std::optional<std::string_view> {
        const auto found = message.find(name);
        if (found == message.end()) return std::nullopt;
        return view_of(found->value());
    };
    m_head.authorization = value_of(http::field::authorization);
    for (const auto& field : message)  // each proxy may add one of its own
        if (equals_ignoring_case(view_of(field.name_string()), "x-forwarded-for"))
            m_head.forwarded_for = view_of(field.value());
    if (message.version() == 11) m_head.expect = value_of(http::field::expect);
    const auto [first, last] = message.equal_range(http::field::content_encoding);
    for (auto field = first; field != last; ++field)
        m_head.encoded = m_head.encoded || is_encoded(view_of(field->value()));
}

RequestReader::State RequestReader::take_body(std::string_view& input) {
    m_parser->wants_more = false;
    const bool is_raw = m_head.content_length.value_or(0) > m_max_body;
    while (state() == State::more && !input.empty() && !m_parser->wants_more)
        input.remove_prefix(is_raw ? put_raw(input) : put(input));
    // Otherwise Beast would wait without limit for the end of extensions and trailers.
    if (state() == State::more && input.size() >= max_framing)
        refuse({400, "the line of a chunk's size holds more than that"});
    return state();
}

std::string RequestReader::release_body() {
    return std::move(m_parser->beast.get().body());
}

std::string_view RequestReader::body() const {
    return m_parser->beast.get().body();
}

}  // namespace jobtally::listen
