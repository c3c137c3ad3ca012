#include "core/send/connection.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"

#include <cerrno>
#include <chrono>
#include <new>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>
#include <sys/socket.h>

namespace jobtally::send {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using beast::error_code;
using Protocol = asio::generic::stream_protocol;
using Plain = beast::basic_stream<Protocol>;
using Request = http::request<http::string_body>;
using Parser = http::response_parser<http::string_body>;
using Kind = Answer::Kind;

constexpr std::uint32_t most_head_bytes = 64 << 10;
constexpr std::uint64_t most_body_bytes = 1 << 20;
constexpr std::size_t most_at_once = 64 << 10;
constexpr std::chrono::milliseconds between_tries{10};

Answer failed(Kind kind, const error_code& problem) {
    if (problem == beast::error::timeout) return {Kind::timeout, 0, {}, {}};
    if (problem == http::error::end_of_stream || problem == http::error::partial_message ||
        problem == asio::error::eof || problem == ssl::error::stream_truncated)
        return {kind, 0, "the connection was closed before a whole answer", {}};
    if (problem == http::error::body_limit) return {kind, 0, "the answer is too large", {}};
    if (problem.category() == asio::error::get_ssl_category() &&
        ERR_GET_REASON(static_cast<unsigned long>(problem.value())) == SSL_R_WRONG_VERSION_NUMBER)
        return {kind, 0, "the receiver does not speak TLS there: its URL may begin with http:", {}};
    return {kind, 0, problem.message(), {}};
}

}  // namespace

struct Receiver::Parts {
    Url url;
    ReceiverOptions options;
    std::vector<Protocol::endpoint> addresses;
    bool is_local = true;
    mutable ssl::context tls{ssl::context::tls_client};
    Request request{http::verb::post, "/", 11};

    void look_up() {
        if (url.is_unix()) {
            addresses.emplace_back(asio::local::stream_protocol::endpoint(url.socket_path));
            return;
        }
        asio::io_context io;
        error_code problem;
        for (const auto& found : asio::ip::tcp::resolver(io).resolve(url.host, url.port, problem)) {
            addresses.emplace_back(found.endpoint());
            is_local = is_local && found.endpoint().address().is_loopback();
        }
        if (problem)
            throw IoError(
                fmt::format("can't find \"{}\": {}", visible(url.host), problem.message()));
    }

    void trust() {
        error_code problem;
        options.ca_file.empty() ? tls.set_default_verify_paths(problem)
                                : tls.load_verify_file(options.ca_file, problem);
        if (problem)
            throw IoError(fmt::format("can't read certificates from \"{}\": {}",
                                      visible(options.ca_file), problem.message()),
                          "it must be a PEM file of those that vouch for the receiver");
        tls.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
        tls.set_verify_mode(ssl::verify_peer);
    }
};

Receiver::Receiver(const Url& url, ReceiverOptions options) : m_parts(std::make_unique<Parts>()) {
    m_parts->url = url;
    m_parts->options = std::move(options);
    m_parts->look_up();
    if (url.has_tls) m_parts->trust();
    auto& request = m_parts->request;
    request.target(url.target);
    request.set(http::field::host, url.authority());
    request.set(http::field::user_agent, m_parts->options.user_agent);
    request.set(http::field::accept, "*/*");
    request.set(http::field::content_type, "application/json");
    if (const auto& secret = m_parts->options.authorization; !secret.empty())
        request.set(http::field::authorization, secret);
}

Receiver::~Receiver() = default;

bool Receiver::exposes_secret() const {
    return has_authorization() && !m_parts->url.has_tls && !m_parts->is_local;
}

bool Receiver::has_authorization() const {
    return !m_parts->options.authorization.empty();
}

struct Connection::Parts {
    const Receiver::Parts& receiver;
    asio::io_context io{1};
    std::optional<ssl::stream<Plain>> stream;  // where the URL has no TLS, its lower layer alone
    Request request;
    beast::flat_buffer input;  // what came behind the last answer

    explicit Parts(const Receiver::Parts& to) : receiver(to), request(to.request) {}

    Plain& plain() { return stream->next_layer(); }

    // Starts an operation and waits for its end.
    template <class Start>
    error_code wait(Start start) {
        error_code result;
        start([&result](const error_code& problem, auto&&...) { result = problem; });
        io.restart();
        io.run();
        return result;
    }

    // The request as it goes over the wire.
    std::string text() const {
        std::ostringstream result;
        result << request;
        return std::move(result).str();
    }

    // False too where bytes or the end wait that belong to no request: the receiver is closing it.
    bool is_open() {
        char byte = 0;
        return stream && input.size() == 0 &&
               ::recv(plain().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
               (errno == EAGAIN || errno == EWOULDBLOCK);
    }

    void close() {
        stream.reset();
        input.clear();
    }

    // A unix socket whose queue is full is tried again, as a blocking connect() waits for it; Asio
    // takes it for connected.
    std::optional<Answer> connect(std::chrono::steady_clock::time_point deadline) {
        for (;;) {
            stream.emplace(Plain(io), receiver.tls);
            plain().expires_at(deadline);
            auto problem =
                wait([&](auto done) { plain().async_connect(receiver.addresses, done); });
            if (problem) return failed(Kind::unreachable, problem);
            plain().socket().remote_endpoint(problem);
            if (problem != asio::error::not_connected) return std::nullopt;
            if (std::chrono::steady_clock::now() + between_tries > deadline)
                return Answer{Kind::unreachable, 0, "nobody accepts there: its queue is full", {}};
            std::this_thread::sleep_for(between_tries);
        }
    }

    std::optional<Answer> open(std::chrono::steady_clock::time_point deadline) {
        close();
        if (auto problem = connect(deadline)) return problem;
        error_code ignored;  // a unix socket has no such option
        plain().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
        return receiver.url.has_tls ? shake_hands() : std::nullopt;
    }

    std::optional<Answer> shake_hands() {
        SSL* const tls = stream->native_handle();
        const auto& host = receiver.url.host;
        error_code is_name;
        asio::ip::make_address(host, is_name);
        if (is_name) SSL_set_tlsext_host_name(tls, host.c_str());
        SSL_set1_host(tls, host.c_str());  // a name or an address
        const auto problem =
            wait([&](auto done) { stream->async_handshake(ssl::stream_base::client, done); });
        if (!problem) return std::nullopt;
        auto answer = failed(Kind::unreachable, problem);
        const auto verdict = SSL_get_verify_result(tls);
        if (answer.kind == Kind::unreachable && verdict != X509_V_OK)
            answer.reason =
                fmt::format("its certificate: {}", X509_verify_cert_error_string(verdict));
        return answer;
    }

    // What comes behind the message stays in `input`.
    template <class Stream>
    error_code read(Stream& wire, Parser& parser) {
        parser.eager(true);
        error_code problem;
        for (;;) {
            while (input.size() > 0 && !problem) {
                input.consume(parser.put(input.data(), problem));
                if (parser.is_done()) return problem;
            }
            if (problem && problem != http::error::need_more) return problem;
            std::size_t bytes = 0;
            problem = wait([&](auto done) {
                wire.async_read_some(input.prepare(most_at_once),
                                     [&bytes, done](const error_code& found, std::size_t come) {
                                         bytes = come;
                                         done(found);
                                     });
            });
            input.commit(bytes);
            if (problem == asio::error::eof) return end_of(parser);
            if (problem) return problem;
        }
    }

    // The end of the connection ends a message that does not say how long it is.
    static error_code end_of(Parser& parser) {
        error_code problem = http::error::end_of_stream;
        if (parser.got_some()) parser.put_eof(problem);
        return problem;
    }

    template <class Stream>
    Answer exchange(Stream& wire) {
        // An answer may have come although not all could be sent: a refusal, say, of a long body.
        const auto message_text = text();
        const auto unsent =
            wait([&](auto done) { asio::async_write(wire, asio::buffer(message_text), done); });
        if (unsent == beast::error::timeout) return failed(Kind::no_answer, unsent);
        for (;;) {
            Parser parser;
            parser.header_limit(most_head_bytes);
            parser.body_limit(most_body_bytes);
            if (const auto problem = read(wire, parser))
                return failed(Kind::no_answer, unsent ? unsent : problem);
            const auto& message = parser.get();
            if (message.result_int() / 100 == 1) continue;  // `100 Continue` and its kind
            if (!parser.keep_alive() || unsent) close();
            return {Kind::answered, static_cast<int>(message.result_int()),
                    std::string(message.reason()), message.body()};
        }
    }
};

Connection::Connection(const Receiver& receiver)
    : m_parts(std::make_unique<Parts>(*receiver.m_parts)) {}

Connection::~Connection() = default;

Answer Connection::post(std::string_view body) {
    auto& parts = *m_parts;
    const auto deadline = std::chrono::steady_clock::now() + parts.receiver.options.timeout;
    Answer answer;
    try {
        parts.request.body() = body;
        parts.request.prepare_payload();
        if (!parts.is_open()) {
            if (auto problem = parts.open(deadline)) {
                parts.close();
                return *std::move(problem);
            }
        }
        parts.plain().expires_at(deadline);
        answer = parts.receiver.url.has_tls ? parts.exchange(*parts.stream)
                                            : parts.exchange(parts.plain());
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {  // Beast throws at some that are no HTTP
        answer = {Kind::no_answer, 0, error.what(), {}};
    }
    if (answer.kind != Kind::answered) parts.close();
    return answer;
}

}  // namespace jobtally::send
