// The way that the bytes of a connection take: as they are, or encrypted.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>

namespace jobtally::listen {

using Socket = boost::asio::generic::stream_protocol::socket;

// What follows on an operation. Keeps its owner alive and allocates nothing.
struct Completion {
    using Step = void (*)(void* owner, const boost::system::error_code& problem, std::size_t bytes);

    void operator()(const boost::system::error_code& problem, std::size_t bytes) const {
        step(owner.get(), problem, bytes);
    }

    std::shared_ptr<void> owner;
    Step step;
};

// At most one operation is under way at a time, unless cancel() was called. Rooms and bytes live
// until the operation has ended.
class Channel {
  public:
    virtual ~Channel() = default;

    // Agrees with the peer on how to speak; ends within the call where there is nothing to agree
    // on. Call it once, first.
    virtual void open(Completion done) = 0;
    virtual void read_some(char* room, std::size_t size, Completion done) = 0;
    virtual void write(std::string_view bytes, Completion done) = 0;  // all of them
    // Tells the peer that nothing more comes. Whether it has heard that is not told.
    virtual void end_sending(Completion done) = 0;
    // Takes bytes that nobody wants, as they come from the wire. After end_sending().
    virtual void discard_some(char* room, std::size_t size, Completion done) = 0;
    // Bytes stand in the socket that were not read.
    virtual bool has_input() const = 0;
    virtual void cancel() = 0;
    virtual void close() = 0;
};

// A channel without encryption. That with TLS is made by TlsIdentity.
std::unique_ptr<Channel> plain_channel(Socket socket);

}  // namespace jobtally::listen
