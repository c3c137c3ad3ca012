// Writes the members of a report that jobtally does not know, as one JSON object.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace jobtally::wire {

// It is called with what the parser finds, in the order of the input, and adds the commas itself.
// Texts are valid UTF-8.
class UnknownMembers {
  public:
    // A new report begins.
    void begin() { m_text.assign(1, '{'); }
    void key(std::string_view name);
    void text(std::string_view value);
    // A number, `true`, `false`, `null`, or the bracket that opens an array or an object.
    void literal(std::string_view value);
    void close(char bracket) { m_text += bracket; }
    // Between these two come the unknown members of `definition`. Where there are none, the member
    // `definition` is left out too.
    void open_definition();
    void close_definition();
    // The report has ended: moves what was written to `out`, which becomes empty if there were no
    // unknown members.
    void take(std::string& out);

  private:
    void separate();

    std::string m_text;
    std::size_t m_definition_start = 0;
};

}  // namespace jobtally::wire
