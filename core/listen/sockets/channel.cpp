#include "core/listen/sockets/channel.hpp"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace jobtally::listen {
namespace {

using boost::system::error_code;

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

std::unique_ptr<Channel> plain_channel(Socket socket) {
    return std::make_unique<PlainChannel>(std::move(socket));
}

}  // namespace jobtally::listen
