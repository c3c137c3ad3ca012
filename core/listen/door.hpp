// One listening socket and the connections that come through it.
#pragma once

#include "core/listen/hub.hpp"
#include "core/listen/sockets/channel.hpp"
#include "core/listen/sockets/listening_socket.hpp"

#include <memory>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace jobtally::listen {

// Accepts connections for as long as there is room.
class Door {
  public:
    Door(Hub& hub, ListeningSocket socket, Purpose purpose);

    void open();
    // False where nobody can come in: the file of a unix socket is gone, and can't be made again.
    bool look();
    bool is_for_reports() const { return m_purpose == Purpose::reports; }
    // Takes the connections in the backlog before it closes, because to their peers they are
    // established already.
    void close();

  private:
    using Protocol = boost::asio::generic::stream_protocol;
    using Acceptor = boost::asio::basic_socket_acceptor<Protocol>;

    std::unique_ptr<Channel> channel_of(Socket accepted) const;
    void let_in_all();
    void replace_socket(std::unique_ptr<ListeningSocket> socket);
    void wait();
    void begin_session(Socket accepted, const Place& place);
    void take_some();
    bool take_one(const Place& place, boost::system::error_code& problem);
    void back_off();
    void pause();
    void back_off_or_give_up();

    Hub& m_hub;
    const Purpose m_purpose;
    std::unique_ptr<ListeningSocket> m_socket;  // keeps the file of a unix socket
    Acceptor m_acceptor;
    boost::asio::steady_timer m_pause;
    Protocol::endpoint m_peer;
    bool m_is_waiting = false;
    bool m_has_trouble = false;
    bool m_is_told = false;  // that nobody can come in
};

}  // namespace jobtally::listen
