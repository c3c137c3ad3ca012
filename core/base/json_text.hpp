// JSON that may end on a terminal or in a log: whatever a text holds, it means what it says and
// nothing in it acts.
#pragma once

#include <string>
#include <string_view>

namespace jobtally {

// Appends `text` as a JSON string with its quotes. Escaped is what JSON demands and what
// is_unseen(); bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// JSON text on one line, with all in it that is_unseen() as \u escapes; its meaning stays. Bytes
// that are not UTF-8 become U+FFFD.
std::string one_line_json(std::string_view json);

}  // namespace jobtally
