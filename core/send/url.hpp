// Where reports are sent, as a user writes it.
#pragma once

#include <string>
#include <string_view>

namespace jobtally::send {

struct Url {
    bool has_tls = false;
    std::string host;         // a name or a numeric address without brackets; of unix: `localhost`
    std::string port;         // digits; of unix: none
    std::string socket_path;  // of unix, else empty
    std::string target = "/";

    bool is_unix() const { return !socket_path.empty(); }
    // The Host field: the port stands there unless it is the scheme's own.
    std::string authority() const;
    bool operator==(const Url&) const = default;
};

// The forms:
//   http://HOST[:PORT][/TARGET], https://HOST[:PORT][/TARGET]
//   HOST[:PORT][/TARGET]      without a scheme it is http
//   unix:PATH[:/TARGET]       a socket in the file system
// A fragment is left out. Throws UsageError, also where a user name or password stands in it, which
// everybody could see in the list of processes.
Url parse_url(std::string_view text);

}  // namespace jobtally::send
