#include "core/send/url.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>
#include <sys/un.h>

namespace jobtally::send {
namespace {

constexpr const char* http_port = "80";
constexpr const char* https_port = "443";

[[noreturn]] void refuse_url(std::string_view text, std::string_view why,
                             std::string hint =
                                 "write \"http://127.0.0.1:8080/\", "
                                 "\"https://HOST/PATH\" or \"unix:PATH\"") {
    throw UsageError(fmt::format("can't send to \"{}\": {}", visible(text), why), std::move(hint));
}

Url unix_url(std::string_view text, std::string_view rest) {
    Url url;
    url.host = "localhost";
    if (rest.starts_with("//")) rest.remove_prefix(2);
    const auto colon = rest.find(":/");
    url.socket_path = rest.substr(0, colon);
    if (colon != rest.npos) url.target = rest.substr(colon + 1);
    if (url.socket_path.empty()) refuse_url(text, "the path of the socket is missing");
    if (url.socket_path.size() >= sizeof(sockaddr_un::sun_path))
        refuse_url(text, "the path of the socket is too long");
    return url;
}

std::string port_of(std::string_view text, std::string_view digits) {
    std::uint16_t port = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, problem] = std::from_chars(digits.data(), end, port);
    if (problem != std::errc{} || stop != end || port == 0)
        refuse_url(text, "the port is not a number from 1 to 65535");
    return std::to_string(port);
}

void take_authority(Url& url, std::string_view text, std::string_view authority) {
    if (authority.find('@') != authority.npos)
        refuse_url("...", "a name and password in it would be seen by others",
                   "give the Authorization value by --auth-file or JOBTALLY_AUTHORIZATION");
    const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
    if (bracket == authority.npos) refuse_url(text, "the bracket is not closed");
    const auto colon = authority.find(':', bracket);
    url.host = bracket > 0 ? authority.substr(1, bracket - 1) : authority.substr(0, colon);
    if (url.host.empty()) refuse_url(text, "the host is missing");
    url.port = url.has_tls ? https_port : http_port;
    if (colon != authority.npos) url.port = port_of(text, authority.substr(colon + 1));
}

}  // namespace

std::string Url::authority() const {
    if (is_unix()) return host;
    const auto shown = host.find(':') == host.npos ? host : "[" + host + "]";
    return port == (has_tls ? https_port : http_port) ? shown : shown + ":" + port;
}

Url parse_url(std::string_view text) {
    if (std::any_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c > '~'; }))
        refuse_url(text, "it holds blanks or letters beyond ASCII",
                   "write them as the URL has them: %20, or xn--... in a host");
    auto rest = text.substr(0, text.find('#'));
    if (equals_ignoring_case(rest.substr(0, 5), "unix:")) return unix_url(text, rest.substr(5));
    Url url;
    if (const auto scheme_end = rest.find("://"); scheme_end < rest.find_first_of("/?")) {
        const auto scheme = lower(rest.substr(0, scheme_end));
        url.has_tls = scheme == "https";
        if (!url.has_tls && scheme != "http")
            refuse_url(text, fmt::format("the scheme \"{}\" is unknown", scheme));
        rest.remove_prefix(scheme_end + 3);
    }
    const auto path = std::min(rest.size(), rest.find_first_of("/?"));
    take_authority(url, text, rest.substr(0, path));
    rest.remove_prefix(path);
    if (!rest.empty()) url.target = rest.front() == '?' ? "/" + std::string(rest) : rest;
    return url;
}

}  // namespace jobtally::send
