// HTTP to a receiver, the platform's part of it. Boost.Beast and OpenSSL stay behind this header.
#pragma once

#include "core/send/url.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace jobtally::send {

struct ReceiverOptions {
    // For one report: to connect, to send it and to have its whole answer.
    std::chrono::milliseconds timeout{10'000};
    std::string ca_file;        // PEM; empty: the certificates that the system trusts
    std::string authorization;  // the header's value; empty: none is sent
    std::string user_agent;
};

// Who is sent to: the addresses, looked up once, and who vouches for it. May be used by many
// connections at a time.
class Receiver {
  public:
    // Throws Error where the host has no address, or the certificates can't be read.
    Receiver(const Url& url, ReceiverOptions options);
    ~Receiver();

    // True if the Authorization value can be read on the way to another machine.
    bool exposes_secret() const;
    bool has_authorization() const;

  private:
    friend class Connection;
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

struct Answer {
    enum class Kind { answered, timeout, unreachable, no_answer };
    Kind kind = Kind::answered;
    int status = 0;      // of what was answered
    std::string reason;  // `Unauthorized`; or what prevented an answer
    std::string body;
};

// One connection, made when it is first needed and kept while the receiver keeps it. For one
// thread; `receiver` must outlive it.
class Connection {
  public:
    explicit Connection(const Receiver& receiver);
    ~Connection();

    // POSTs a report once: what goes wrong is an answer too, and nothing is sent again.
    Answer post(std::string_view body);

  private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace jobtally::send
