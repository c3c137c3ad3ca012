// JSON text, to the letter.
#include "core/base/json_text.hpp"

#include "tests/support/catch.hpp"

namespace {

std::string json_string(std::string_view text) {
    std::string out;
    jobtally::append_json_string(out, text);
    return out;
}

}  // namespace

TEST_CASE("strings are escaped where JSON demands it and where they act unseen, not elsewhere",
          "[base]") {
    CHECK(json_string(std::string_view("a\"b\\c/\b\f\n\r\t\0\x1f\x7fé\u2028", 19)) ==
          "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0000\\u001f\\u007fé\\u2028\"");
    CHECK(json_string("\u0085\u202ex\ufeff\U000e0001\U0001f600中") ==
          "\"\\u0085\\u202ex\\ufeff\\udb40\\udc01\U0001f600中\"");
    CHECK(json_string("a\xff\xe2\x82z") == "\"a\ufffd\ufffd\ufffdz\"");
    CHECK(json_string("") == "\"\"");
}

TEST_CASE("JSON text goes on one line and keeps its meaning", "[base]") {
    CHECK(jobtally::one_line_json("{\n\t\"a\u202e\": \"\\n\xff\"}") ==
          "{  \"a\\u202e\": \"\\n\ufffd\"}");
}
