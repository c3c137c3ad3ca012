#include "core/base/glob.hpp"

#include "tests/support/catch.hpp"

#include <chrono>
#include <string>

TEST_CASE("globs match whole texts", "[base]") {
    using jobtally::glob_match;
    CHECK(glob_match("", ""));
    CHECK_FALSE(glob_match("", "a"));
    CHECK(glob_match("*", ""));
    CHECK(glob_match("*", "anything at all"));
    CHECK(glob_match("a*c", "abbbc"));
    CHECK(glob_match("a*c", "ac"));
    CHECK_FALSE(glob_match("a*c", "acd"));
    CHECK(glob_match("*b*b*", "abab"));
    CHECK_FALSE(glob_match("*b*b*b*", "abab"));
    CHECK(glob_match("a?c", "abc"));
    CHECK_FALSE(glob_match("a?c", "ac"));
    CHECK(glob_match("a?c", "a日c"));
    CHECK(glob_match("*?", "日"));
    CHECK_FALSE(glob_match("abc", "ABC"));
    CHECK(glob_match("a\nb*", "a\nb"));
}

TEST_CASE("globs have sets and quotes", "[base]") {
    using jobtally::glob_match;
    CHECK(glob_match("[a-c]x", "bx"));
    CHECK_FALSE(glob_match("[a-c]x", "dx"));
    CHECK(glob_match("[!a-c]x", "dx"));
    CHECK(glob_match("[^a-c]x", "dx"));
    CHECK_FALSE(glob_match("[!a-c]x", "ax"));
    CHECK(glob_match("[]]", "]"));
    CHECK(glob_match("[!]]", "a"));
    CHECK(glob_match("[a-]", "-"));
    CHECK(glob_match("[ab", "[ab"));
    CHECK(glob_match("[", "["));
    CHECK(glob_match("[EU]*", "Export"));
    CHECK(glob_match("[あ-ん]", "か"));
    CHECK(glob_match("[\\]x]", "]"));
    CHECK(glob_match("\\*", "*"));
    CHECK_FALSE(glob_match("\\*", "a"));
    CHECK(glob_match("\\[EU\\]*", "[EU] users"));
    CHECK(glob_match("a\\", "a\\"));
    CHECK(glob_match("*[!x]y", "xxay"));
    CHECK_FALSE(glob_match("\xe9", "é"));
    CHECK(glob_match("?\xff", "a\xff"));
}

TEST_CASE("a glob of many stars takes no exponential time", "[base]") {
    std::string pattern;
    for (int star = 0; star < 200; ++star) pattern += "a*";
    pattern += "b";
    const auto start = std::chrono::steady_clock::now();
    CHECK_FALSE(jobtally::glob_match(pattern, std::string(5000, 'a')));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{5});
}

TEST_CASE("globs are told from plain texts", "[base]") {
    using jobtally::is_glob;
    CHECK(is_glob("a*"));
    CHECK(is_glob("?"));
    CHECK(is_glob("[x]"));
    CHECK(is_glob("\\\\*"));
    CHECK_FALSE(is_glob("Users: daily"));
    CHECK_FALSE(is_glob("a\\*"));
    CHECK_FALSE(is_glob("a\\"));
    CHECK_FALSE(is_glob(""));
}
