// The way that the bytes of a connection take: as they are, or encrypted.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>

namespace jobtally::listen {

using Socket = boost::asio::generic::stream_protocol::socket;

// What is called when an operation has ended. Keeps its owner alive and allocates nothing.
struct Completion {
    using Step = void (*)(void* owner, const boost::system::error_code& problem, std::size_t bytes);

    void operator()(const boost::system::error_code& problem, std::size_t bytes) const {
        step(owner.get(), problem, bytes);
    }

    std::shared_ptr<void> owner;
    Step step;
};

// At most one operation is under way at a time, unless cancel() was called. The buffers that it is
// given must live until the operation has ended.
class Channel {
  public:
    virtual ~Channel() = default;

    // Does the handshake, if there is one; otherwise calls `done` before it returns. Call it once,
    // before anything else. The problem is errc::wrong_protocol_type where the peer speaks plain
    // HTTP instead: it can be answered by write(), which is not encrypted then.
    virtual void open(Completion done) = 0;
    virtual void read_some(char* room, std::size_t size, Completion done) = 0;
    virtual void write(std::string_view bytes, Completion done) = 0;  // all of them
    // Tells the peer that nothing more will be sent. The caller does not learn whether the peer
    // received this.
    virtual void end_sending(Completion done) = 0;
    // Reads raw bytes from the wire in order to throw them away; for part().
    virtual void discard_some(char* room, std::size_t size, Completion done) = 0;
    // True if the socket holds bytes that have not been read.
    virtual bool has_input() const = 0;
    // True if the peer has sent anything of a handshake.
    virtual bool has_begun() const { return false; }
    // True if bytes were read that give nothing yet: a part of an encrypted record.
    virtual bool has_half_record() const { return false; }
    virtual void cancel() = 0;
    virtual void close() = 0;
};

// Tells the peer that nothing more will be sent. Where `drains` is set, reads and throws away what
// it still sends, until it has closed or sent 16 MiB. Then calls `done`, whose owner keeps the
// channel alive.
void part(Channel& channel, bool drains, Completion done);

// A channel without encryption. TlsIdentity makes the channels with TLS.
std::unique_ptr<Channel> plain_channel(Socket socket);

}  // namespace jobtally::listen
