// Opens the sockets that the listener accepts from.
#pragma once

#include "core/base/file.hpp"
#include "core/listen/sockets/bind_address.hpp"

#include <string>
#include <string_view>

#include <sys/stat.h>
#include <sys/types.h>

namespace jobtally::listen {

// A bound, listening, non-blocking socket; closed by the destructor, which also removes a unix
// socket's file, unless another stands at its place by then.
class ListeningSocket {
  public:
    // Throws Error with errno's text and a hint. A unix socket nobody listens on any more is
    // replaced; the new one has mode 0600.
    explicit ListeningSocket(const BindAddress& address);
    // Takes a socket that somebody else has made and may share, so its file is not removed. Throws
    // UsageError where `fd` is no stream socket that listens.
    static ListeningSocket adopt(int fd);
    ~ListeningSocket();
    ListeningSocket(ListeningSocket&& other) noexcept;
    ListeningSocket& operator=(ListeningSocket&&) = delete;

    // Connections that are accepted from now on may have more to send at once: /metrics has some
    // MiB, and in small pieces each would wait for its receipt.
    void expect_long_answers();
    // The caller closes it from now on.
    int release();
    // With the real port: `http://127.0.0.1:8080/hook`, `unix:PATH`.
    std::string url(std::string_view scheme, std::string_view path) const;
    const BindAddress& address() const { return m_address; }
    // False where the file of a unix socket that this object made is gone, or another's.
    bool has_its_file();
    // Another one where that is so; the file has the mode, owner and group that this one's had when
    // has_its_file() last found it.
    ListeningSocket made_again() const;

  private:
    ListeningSocket() = default;

    BindAddress m_address;
    Descriptor m_socket;
    struct stat m_file {};  // of a unix socket's file that this object made; inode 0: none
};

}  // namespace jobtally::listen
