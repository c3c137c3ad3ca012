// TLS: a certificate with its key, and the connections that they vouch for. OpenSSL stays behind
// this header.
#pragma once

#include "core/listen/sockets/channel.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace jobtally::listen {

// TLS 1.2 and 1.3 with forward secrecy alone; no compression, no renegotiation, no resumption (a
// platform that connects now and then gains nothing by it), HTTP/1.1 where the client names
// protocols. An identity can be replaced while it serves: existing connections keep the one that
// they were made with.
class TlsIdentity {
  public:
    // Reads both PEM files; the certificate's may hold its chain, leaf first. Throws IoError where
    // one can't be read, UsageError where one is not what it should be, or they don't fit.
    TlsIdentity(const std::filesystem::path& certificate, const std::filesystem::path& key);
    ~TlsIdentity();
    TlsIdentity(const TlsIdentity&) = delete;
    TlsIdentity& operator=(const TlsIdentity&) = delete;

    // What is doubtful about the files: others can read the key, the certificate has expired.
    const std::vector<std::string>& warnings() const { return m_warnings; }
    // When the certificate expires, in seconds since 1970.
    std::int64_t expires_at() const { return m_expires_at; }
    // The server's side of a connection.
    std::unique_ptr<Channel> channel(Socket socket) const;

  private:
    struct Context;

    std::unique_ptr<Context> m_context;
    std::vector<std::string> m_warnings;
    std::int64_t m_expires_at = 0;
};

}  // namespace jobtally::listen
