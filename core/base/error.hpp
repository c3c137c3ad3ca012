// The exceptions of jobtally. main() catches them all and makes a message and an exit code of each.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace jobtally {

// Something failed while running (exit code 1). `hint` is the cure, or empty.
// Both texts are lower case, without a full stop, with values in double quotes.
class Error : public std::runtime_error {
  public:
    explicit Error(const std::string& message, std::string hint = {})
        : std::runtime_error(message), m_hint(std::move(hint)) {}
    const std::string& hint() const noexcept { return m_hint; }

  private:
    std::string m_hint;
};

// The user asked for something that has no meaning (exit code 2): a bad option value, time or zone.
class UsageError : public Error {
  public:
    using Error::Error;
};

// A file, a pipe or a socket failed, with errno's text in the message (exit code 1).
class IoError : public Error {
  public:
    using Error::Error;
};

}  // namespace jobtally
