// Answers as the bytes of HTTP/1.1.
#pragma once

#include "core/listen/http/answer.hpp"

#include <ctime>
#include <string>
#include <string_view>

namespace jobtally::listen {

struct Framing {
    bool keep_alive = true;
    bool head_only = false;      // the answer to a HEAD: all fields, no body
    std::string_view http_date;  // as in the Date field
};

// Appends the head and the body of the answer, by Boost.Beast's serializer.
void append_response(std::string& out, const Answer& answer, const Framing& framing);

// The value of the Date field (RFC 9110, 6.6.1), made once a second.
class HttpDate {
  public:
    const std::string& now();

  private:
    std::string m_text;
    std::time_t m_second = -1;
};

}  // namespace jobtally::listen
