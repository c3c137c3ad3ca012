// The Authorization values that are accepted, where they come from, and the comparison that gives
// nothing away.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::listen {

struct Authorization {
    std::string label;  // what logs show
    std::string value;  // the whole header value; never shown
};

struct AuthorizationFile {
    std::vector<Authorization> accepted;
    std::optional<std::string> warning;  // set if the file's permissions let others read it
};

// Reads lines `label: value`; blank lines and lines that begin with `#` are passed over. Throws
// IoError where the file can't be read, UsageError naming file and line (never the value) where a
// line is not of that form.
AuthorizationFile read_authorization_file(const std::filesystem::path& path);

// The value of JOBTALLY_AUTHORIZATION under the label `environment`. Throws UsageError where it
// can't be a header value.
Authorization authorization_from_environment(std::string_view value);

// All that a user gives: JOBTALLY_AUTHORIZATION where it is set, then the values of the file at
// `path` unless that is empty. Throws as both do.
AuthorizationFile given_authorizations(const std::filesystem::path& path);

// A set of accepted values. Comparing takes a time that depends on what is presented and on the
// number of accepted values, but not on what these are.
class AcceptedAuthorizations {
  public:
    static constexpr std::size_t max_value_bytes = 4096;

    AcceptedAuthorizations() = default;
    explicit AcceptedAuthorizations(const std::vector<Authorization>& accepted);

    bool empty() const { return m_accepted.empty(); }
    // The label of the accepted value that `presented` equals, or null.
    const std::string* match(std::string_view presented) const;

  private:
    struct Padded {
        std::string label;
        std::string value;  // max_value_bytes long
        std::size_t size;
    };
    std::vector<Padded> m_accepted;
};

}  // namespace jobtally::listen
