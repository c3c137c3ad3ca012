#include "core/listen/sockets/tls.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/listen/sockets/secret_file.hpp"

#include <ctime>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <openssl/pemerr.h>
#include <openssl/ssl.h>

namespace jobtally::listen {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;
namespace errc = boost::system::errc;

// Mozilla's "intermediate" list for TLS 1.2 (wiki.mozilla.org/Security/Server_Side_TLS) without the
// two ciphers that need parameters of their own. TLS 1.3 has no bad ciphers to leave out.
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

std::string shown_file(const std::filesystem::path& path) {
    return visible(path.string());
}

// RFC 7301: if a client offers protocols but HTTP/1.1 is not among them, the handshake fails at
// once.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
    static constexpr unsigned char ours[] = "\x08http/1.1";
    auto* out = const_cast<unsigned char*>(*chosen);
    if (SSL_select_next_proto(&out, size, ours, sizeof ours - 1, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = out;
    return SSL_TLSEXT_ERR_OK;
}

void set_rules(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, ciphers);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

std::int64_t expiry_of(SSL_CTX* context) {
    const X509* certificate = SSL_CTX_get0_certificate(context);
    std::tm utc{};
    if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &utc) != 1)
        return 0;
    return ::timegm(&utc);
}

void take_certificate(ssl::context& context, const std::filesystem::path& path) {
    const auto text = read_secret_file(path);
    error_code problem;
    context.use_certificate_chain(boost::asio::buffer(text), problem);
    if (problem)
        throw UsageError(
            fmt::format("\"{}\" holds no certificate: {}", shown_file(path), problem.message()),
            "it must be a PEM file, with the server's certificate before its chain");
}

void take_key(ssl::context& context, const std::filesystem::path& path) {
    auto text = read_secret_file(path);
    error_code problem;
    context.use_private_key(boost::asio::buffer(text), ssl::context::pem, problem);
    OPENSSL_cleanse(text.data(), text.size());
    const auto reason = ERR_GET_REASON(static_cast<unsigned long>(problem.value()));
    const auto library = ERR_GET_LIB(static_cast<unsigned long>(problem.value()));
    const bool is_other_value = library == ERR_LIB_X509 && reason == X509_R_KEY_VALUES_MISMATCH;
    // OpenSSL silently takes a key of another kind (RSA, EC) than the certificate's, and then has
    // no certificate for it.
    const bool is_other_kind = !problem && SSL_CTX_check_private_key(context.native_handle()) != 1;
    if (!problem && !is_other_kind) return;
    if (is_other_value || is_other_kind)
        throw UsageError(
            fmt::format("the key in \"{}\" is not that of the certificate", shown_file(path)),
            "both files must have been made together");
    throw UsageError(
        fmt::format("\"{}\" holds no usable key: {}", shown_file(path), problem.message()),
        "it must be a PEM file without a passphrase");
}

// OpenSSL looks for the usual methods in place of a handshake, and then sends no alert.
bool is_plain_http(const error_code& problem) {
    const auto value = static_cast<unsigned long>(problem.value());
    return problem.category() == boost::asio::error::get_ssl_category() &&
           ERR_GET_LIB(value) == ERR_LIB_SSL && ERR_GET_REASON(value) == SSL_R_HTTP_REQUEST;
}

class TlsChannel final : public Channel {
  public:
    TlsChannel(Socket socket, ssl::context& context) : m_stream(std::move(socket), context) {}

    void open(Completion done) override {
        m_stream.async_handshake(
            ssl::stream_base::server, [this, done = std::move(done)](const error_code& problem) {
                m_is_plain = is_plain_http(problem);
                done(m_is_plain ? make_error_code(errc::wrong_protocol_type) : problem, 0);
            });
    }
    void read_some(char* room, std::size_t size, Completion done) override {
        m_stream.async_read_some(boost::asio::buffer(room, size), std::move(done));
    }
    void write(std::string_view bytes, Completion done) override {
        const auto buffer = boost::asio::buffer(bytes.data(), bytes.size());
        m_is_plain ? boost::asio::async_write(m_stream.next_layer(), buffer, std::move(done))
                   : boost::asio::async_write(m_stream, buffer, std::move(done));
    }
    // Ends when the peer has stopped sending too, has gone, or keeps sending although nobody reads.
    void end_sending(Completion done) override {
        m_stream.async_shutdown([this, done = std::move(done)](const error_code& problem) {
            error_code ignored;
            m_stream.next_layer().shutdown(Socket::shutdown_send, ignored);
            done(problem, 0);
        });
    }
    void discard_some(char* room, std::size_t size, Completion done) override {
        m_stream.next_layer().async_read_some(boost::asio::buffer(room, size), std::move(done));
    }
    bool has_input() const override {
        error_code ignored;
        return m_stream.next_layer().available(ignored) > 0;
    }
    bool has_half_record() const override { return SSL_has_pending(handle()) == 1; }
    bool has_begun() const override { return BIO_number_read(SSL_get_rbio(handle())) > 0; }
    void cancel() override {
        error_code ignored;
        m_stream.next_layer().cancel(ignored);
    }
    void close() override {
        error_code ignored;
        m_stream.next_layer().close(ignored);
    }

  private:
    SSL* handle() const {
        auto& stream = const_cast<ssl::stream<Socket>&>(m_stream);  // who asks changes nothing
        return stream.native_handle();
    }

    ssl::stream<Socket> m_stream;
    bool m_is_plain = false;
};

}  // namespace

struct TlsIdentity::Context {
    ssl::context context{ssl::context::tls_server};
};

TlsIdentity::TlsIdentity(const std::filesystem::path& certificate, const std::filesystem::path& key)
    : m_context(std::make_unique<Context>()) {
    auto& context = m_context->context;
    set_rules(context.native_handle());
    // Else OpenSSL would ask for a passphrase on the terminal.
    context.set_password_callback([](std::size_t, auto) { return std::string(); });
    take_certificate(context, certificate);
    take_key(context, key);
    m_expires_at = expiry_of(context.native_handle());
    if (auto warning = warning_of_readers(key)) m_warnings.push_back(std::move(*warning));
    if (m_expires_at <= std::time(nullptr))
        m_warnings.push_back(
            fmt::format("the certificate in \"{}\" has expired", shown_file(certificate)));
}

TlsIdentity::~TlsIdentity() = default;

std::unique_ptr<Channel> TlsIdentity::channel(Socket socket) const {
    return std::make_unique<TlsChannel>(std::move(socket), m_context->context);
}

}  // namespace jobtally::listen
