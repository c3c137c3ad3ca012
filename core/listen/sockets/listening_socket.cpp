#include "core/listen/sockets/listening_socket.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace jobtally::listen {
namespace {

constexpr int send_buffer = 8 << 10;       // bytes; answers are far smaller
constexpr int receive_buffer = 128 << 10;  // bytes
constexpr int long_send_buffer = 1 << 20;  // bytes; the kernel has a limit of its own

struct SocketName {
    sockaddr_storage storage{};
    socklen_t size = 0;

    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    template <class T>
    T& as() {
        size = sizeof(T);
        return reinterpret_cast<T&>(storage);
    }
};

SocketName name_of(const BindAddress& address) {
    SocketName name;
    if (address.family == BindAddress::Family::unix_socket) {
        auto& local = name.as<sockaddr_un>();
        local.sun_family = AF_UNIX;
        address.host.copy(local.sun_path, sizeof(local.sun_path) - 1);
    } else if (address.family == BindAddress::Family::ipv6) {
        auto& ip = name.as<sockaddr_in6>();
        ip.sin6_family = AF_INET6;
        ip.sin6_port = htons(address.port);
        ::inet_pton(AF_INET6, address.host.c_str(), &ip.sin6_addr);
    } else {
        auto& ip = name.as<sockaddr_in>();
        ip.sin_family = AF_INET;
        ip.sin_port = htons(address.port);
        ::inet_pton(AF_INET, address.host.c_str(), &ip.sin_addr);
    }
    return name;
}

std::string text_of(const BindAddress& address) {
    switch (address.family) {
        case BindAddress::Family::unix_socket:
            return "unix:" + address.host;
        case BindAddress::Family::ipv6:
            return fmt::format("[{}]:{}", address.host, address.port);
        case BindAddress::Family::ipv4:
            break;
    }
    return fmt::format("{}:{}", address.host, address.port);
}

[[noreturn]] void fail(const BindAddress& address, int error) {
    std::string hint;
    if (error == EADDRINUSE)
        hint =
            "another program listens there (see \"ss -ltnp\"); choose another address with --bind";
    if (error == EACCES || error == EPERM)
        hint = "ports below 1024 and some folders need privileges";
    if (error == EADDRNOTAVAIL)
        hint = "this machine does not have that address (see \"ip address\")";
    throw Error(
        fmt::format("can't listen on \"{}\": {}", visible(text_of(address)), std::strerror(error)),
        hint);
}

// A socket file that refuses connections was left behind by a process that is gone. One whose queue
// is full is somebody's, and is not waited for.
void remove_stale_socket(const BindAddress& address) {
    struct stat status {};
    if (::lstat(address.host.c_str(), &status) != 0) return;
    if (!S_ISSOCK(status.st_mode)) fail(address, EEXIST);
    const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    auto name = name_of(address);
    const bool refused =
        ::connect(probe.number(), name.get(), name.size) != 0 && errno == ECONNREFUSED;
    if (!refused) fail(address, EADDRINUSE);
    ::unlink(address.host.c_str());
}

int option_of(int fd, int option) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

std::string path_of(const sockaddr_un& name, socklen_t size) {
    std::string path(name.sun_path, size - offsetof(sockaddr_un, sun_path));
    if (path.starts_with('\0')) path.front() = '@';  // as ss(8) shows an abstract name
    return path.c_str();
}

// The address of a socket that was bound by somebody else.
BindAddress address_of(int fd) {
    SocketName name;
    name.size = sizeof name.storage;
    if (::getsockname(fd, name.get(), &name.size) != 0)
        throw IoError(fmt::format("can't look at descriptor {}: {}", fd, std::strerror(errno)));
    if (name.storage.ss_family == AF_UNIX)
        return {BindAddress::Family::unix_socket,
                path_of(reinterpret_cast<sockaddr_un&>(name.storage), name.size), 0};
    char text[INET6_ADDRSTRLEN] = "";
    if (name.storage.ss_family == AF_INET6) {
        const auto& ip = reinterpret_cast<sockaddr_in6&>(name.storage);
        ::inet_ntop(AF_INET6, &ip.sin6_addr, text, sizeof text);
        return {BindAddress::Family::ipv6, text, ntohs(ip.sin6_port)};
    }
    const auto& ip = reinterpret_cast<sockaddr_in&>(name.storage);
    ::inet_ntop(AF_INET, &ip.sin_addr, text, sizeof text);
    return {BindAddress::Family::ipv4, text, ntohs(ip.sin_port)};
}

// Accepted sockets inherit all these options.
void set_options(int fd, BindAddress::Family family) {
    // Otherwise each peer that never reads its answers could make the kernel buffer many MiB.
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (family == BindAddress::Family::unix_socket) return;
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int bind_to(int fd, const BindAddress& address) {
    auto name = name_of(address);
    if (address.family != BindAddress::Family::unix_socket)
        return ::bind(fd, name.get(), name.size);
    const mode_t before = ::umask(0177);
    const int result = ::bind(fd, name.get(), name.size);
    const int error = errno;
    ::umask(before);
    errno = error;
    return result;
}

}  // namespace

ListeningSocket::ListeningSocket(const BindAddress& address) : m_address(address) {
    const bool is_unix = address.family == BindAddress::Family::unix_socket;
    if (is_unix) remove_stale_socket(address);
    auto name = name_of(address);
    m_socket =
        Descriptor(::socket(name.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int fd = m_socket.number();
    if (fd < 0) fail(address, errno);
    set_options(fd, address.family);
    if (bind_to(fd, address) != 0 || ::listen(fd, SOMAXCONN) != 0) fail(address, errno);
    if (is_unix && ::lstat(address.host.c_str(), &m_file) != 0) m_file = {};
    if (!is_unix) m_address.port = address_of(fd).port;
}

ListeningSocket ListeningSocket::adopt(int fd) {
    if (option_of(fd, SO_TYPE) != SOCK_STREAM || option_of(fd, SO_ACCEPTCONN) != 1)
        throw UsageError(fmt::format("descriptor {} is no stream socket that listens", fd),
                         "a service manager must pass sockets of ListenStream= with Accept=no");
    ListeningSocket socket;
    socket.m_socket = Descriptor(fd);
    socket.m_address = address_of(fd);
    set_options(fd, socket.m_address.family);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    return socket;
}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : m_address(other.m_address),
      m_socket(std::move(other.m_socket)),
      m_file(std::exchange(other.m_file, {})) {}

ListeningSocket::~ListeningSocket() {
    if (m_file.st_ino != 0 && has_its_file()) ::unlink(m_address.host.c_str());
}

bool ListeningSocket::has_its_file() {
    if (m_file.st_ino == 0) return true;
    struct stat status {};
    if (::stat(m_address.host.c_str(), &status) != 0 || status.st_ino != m_file.st_ino)
        return false;
    m_file = status;
    return true;
}

// Who may not give it away keeps it.
ListeningSocket ListeningSocket::made_again() const {
    ListeningSocket another(m_address);
    [[maybe_unused]] const int ignored =
        ::lchown(m_address.host.c_str(), m_file.st_uid, m_file.st_gid);
    ::chmod(m_address.host.c_str(), m_file.st_mode & 07777);
    another.has_its_file();
    return another;
}

void ListeningSocket::expect_long_answers() {
    ::setsockopt(m_socket.number(), SOL_SOCKET, SO_SNDBUF, &long_send_buffer,
                 sizeof long_send_buffer);
}

int ListeningSocket::release() {
    return m_socket.release();
}

std::string ListeningSocket::url(std::string_view scheme, std::string_view path) const {
    if (m_address.family == BindAddress::Family::unix_socket) return text_of(m_address);
    return fmt::format("{}://{}{}", scheme, text_of(m_address), path);
}

}  // namespace jobtally::listen
