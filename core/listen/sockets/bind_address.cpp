#include "core/listen/sockets/bind_address.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/un.h>

namespace jobtally::listen {
namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
    throw UsageError(fmt::format("can't listen on \"{}\": {}", visible(text), why),
                     "write an address and a port such as \"127.0.0.1:8080\" or \"[::1]:8080\", or "
                     "\"unix:PATH\"");
}

BindAddress unix_socket(std::string_view text, std::string_view path) {
    if (path.empty() || path.find('\0') != std::string_view::npos)
        refuse(text, "the path of the socket is missing");
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        refuse(text, "the path of the socket is too long");
    return {BindAddress::Family::unix_socket, std::string(path), 0};
}

bool is_address(int family, const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return host.find('\0') == std::string::npos &&
           ::inet_pton(family, host.c_str(), address.data()) == 1;
}

}  // namespace

BindAddress parse_bind_address(std::string_view text) {
    if (text.starts_with("unix:")) return unix_socket(text, text.substr(5));
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) refuse(text, "the port is missing");

    BindAddress address;
    const auto port = text.substr(colon + 1);
    const auto [end, problem] =
        std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (port.empty() || problem != std::errc{} || end != port.data() + port.size())
        refuse(text, "the port is not a number from 0 to 65535");

    const auto host = text.substr(0, colon);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    address.host = bracketed ? host.substr(1, host.size() - 2) : host;
    if (address.host == "localhost" && !bracketed) address.host = "127.0.0.1";
    address.family = bracketed ? BindAddress::Family::ipv6 : BindAddress::Family::ipv4;
    if (!is_address(bracketed ? AF_INET6 : AF_INET, address.host))
        refuse(text, "the address is not a numeric one");
    return address;
}

bool BindAddress::is_local() const {
    if (family == Family::unix_socket) return true;
    if (family == Family::ipv4) return host.starts_with("127.");
    in6_addr address{};
    ::inet_pton(AF_INET6, host.c_str(), &address);
    return IN6_IS_ADDR_LOOPBACK(&address) ||
           (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127);
}

}  // namespace jobtally::listen
