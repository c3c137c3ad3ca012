// Where to listen, as a user writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally::listen {

struct BindAddress {
    enum class Family { ipv4, ipv6, unix_socket };
    Family family = Family::ipv4;
    std::string host;        // a numeric address without brackets, or the path of a unix socket
    std::uint16_t port = 0;  // 0: any free one

    // True where nobody on another machine can connect.
    bool is_local() const;
    bool operator==(const BindAddress&) const = default;
};

// `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` (127.0.0.1), `unix:PATH`. Throws UsageError with
// an example.
BindAddress parse_bind_address(std::string_view text);

}  // namespace jobtally::listen
