#include "core/listen/sockets/channel.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace jobtally::listen {
namespace {

using boost::system::error_code;

constexpr std::uint64_t most_drained = 16 << 20;  // what the proxies of the guide pass

class Parting : public std::enable_shared_from_this<Parting> {
  public:
    Parting(Channel& channel, bool drains, Completion done)
        : m_channel(channel), m_drains(drains), m_done(std::move(done)) {}

    void begin() { m_channel.end_sending({shared_from_this(), drain}); }

  private:
    static void drain(void* owner, const error_code&, std::size_t) {
        auto& self = *static_cast<Parting*>(owner);
        self.m_drains ? self.read() : self.m_done({}, 0);
    }
    static void take(void* owner, const error_code& problem, std::size_t bytes) {
        auto& self = *static_cast<Parting*>(owner);
        self.m_drained += bytes;
        problem || self.m_drained > most_drained ? self.m_done({}, 0) : self.read();
    }
    void read() {
        m_channel.discard_some(m_room.data(), m_room.size(), {shared_from_this(), take});
    }

    Channel& m_channel;
    const bool m_drains;
    const Completion m_done;
    std::uint64_t m_drained = 0;
    std::array<char, 4 << 10> m_room;
};

class PlainChannel final : public Channel {
  public:
    explicit PlainChannel(Socket socket) : m_socket(std::move(socket)) {}

    void open(Completion done) override { done({}, 0); }
    void read_some(char* room, std::size_t size, Completion done) override {
        m_socket.async_read_some(boost::asio::buffer(room, size), std::move(done));
    }
    void write(std::string_view bytes, Completion done) override {
        boost::asio::async_write(m_socket, boost::asio::buffer(bytes.data(), bytes.size()),
                                 std::move(done));
    }
    void end_sending(Completion done) override {
        error_code problem;
        m_socket.shutdown(Socket::shutdown_send, problem);
        done(problem, 0);
    }
    void discard_some(char* room, std::size_t size, Completion done) override {
        read_some(room, size, std::move(done));
    }
    bool has_input() const override {
        error_code ignored;
        return m_socket.available(ignored) > 0;
    }
    void cancel() override {
        error_code ignored;
        m_socket.cancel(ignored);
    }
    void close() override {
        error_code ignored;
        m_socket.close(ignored);
    }

  private:
    Socket m_socket;
};

}  // namespace

void part(Channel& channel, bool drains, Completion done) {
    std::make_shared<Parting>(channel, drains, std::move(done))->begin();
}

std::unique_ptr<Channel> plain_channel(Socket socket) {
    return std::make_unique<PlainChannel>(std::move(socket));
}

}  // namespace jobtally::listen
