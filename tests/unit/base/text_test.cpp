// Text from outside: well-formedness, harmless display, width, globs.
#include "core/base/text.hpp"

#include "tests/support/catch.hpp"

#include <chrono>
#include <string>
#include <string_view>

TEST_CASE("a part is never shown as all, nor as nothing", "[base]") {
    CHECK(jobtally::per_cent_text(1) == "100.0 %");
    CHECK(jobtally::per_cent_text(0.99968) == ">99.9 %");
    CHECK(jobtally::per_cent_text(0.92) == "92.0 %");
    CHECK(jobtally::per_cent_text(0.0001) == "<0.1 %");
    CHECK(jobtally::per_cent_text(0) == "0.0 %");
}

TEST_CASE("UTF-8 is told from what is not", "[base]") {
    using namespace std::string_view_literals;
    using jobtally::is_utf8;
    CHECK(is_utf8(""));
    CHECK(is_utf8("plain ASCII of more than one word, and some more of it"));
    CHECK(is_utf8("\x00\x7f"sv));
    CHECK(is_utf8("é ߿ ࠀ \uffff \U00010000 \U0010ffff"));
    CHECK(is_utf8("日本語のとても長い名前、一語より長い"));
    CHECK_FALSE(is_utf8("\x80"));
    CHECK_FALSE(is_utf8("abcdefgh\xff"));
    CHECK_FALSE(is_utf8("abcdefghabcdefg\xc3"));   // cut
    CHECK_FALSE(is_utf8("\xc0\xaf"));              // overlong
    CHECK_FALSE(is_utf8("\xe0\x80\xaf"));          // overlong
    CHECK_FALSE(is_utf8("\xf0\x80\x80\xaf"));      // overlong
    CHECK_FALSE(is_utf8("\xed\xa0\x80"));          // surrogate
    CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));      // above U+10FFFF
    CHECK_FALSE(is_utf8("\xf8\x88\x80\x80\x80"));  // five bytes
    CHECK_FALSE(
        is_utf8("\xe6\x97"
                "abcdefghijklmn"));  // interrupted
}

TEST_CASE("every placement of a bad byte among ASCII is found", "[base]") {
    for (std::size_t length = 1; length < 40; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            std::string text(length, 'a');
            text[at] = '\xfe';
            CHECK_FALSE(jobtally::is_utf8(text));
        }
    }
}

TEST_CASE("what acts unseen is made visible", "[base]") {
    using namespace std::string_view_literals;
    using jobtally::visible;
    CHECK(visible("Users: daily, 日本 é \\n") == "Users: daily, 日本 é \\n");
    CHECK(visible("a\nb\tc\rd") == "a\\nb\\tc\\rd");
    CHECK(visible("\x1b[31mred"sv) == "\\u{1b}[31mred");
    CHECK(visible("\0\x7f\u0085\u009b"sv) == "\\u{00}\\u{7f}\\u{85}\\u{9b}");
    CHECK(visible("\u061c\u200b\u200d\u200e\u202e\u2066\u2069") ==
          "\\u{61c}\\u{200b}\\u{200d}\\u{200e}\\u{202e}\\u{2066}\\u{2069}");
    CHECK(visible("\U0001bca0\U0001d17a") == "\\u{1bca0}\\u{1d17a}");
    CHECK(visible("\u2028\u2029\u2060\u2064\ufeff\ufff9\ufffb\U000e0001\U000e007f") ==
          "\\u{2028}\\u{2029}\\u{2060}\\u{2064}\\u{feff}\\u{fff9}\\u{fffb}\\u{e0001}\\u{e007f}");
    CHECK(visible("\xff"
                  "a\xc3") == "\\xffa\\xc3");
    CHECK(visible("\xe6\x97") == "\\xe6\\x97");
    CHECK(visible("e\u0301 \ufe0f") == "e\u0301 \ufe0f");
}

TEST_CASE("the visible form has nothing unseen, whatever goes in", "[base]") {
    for (char32_t code = 0; code < 0x110000; ++code) {
        if (!jobtally::is_unseen(code)) continue;
        std::string text;
        if (code < 0x80) {
            text += static_cast<char>(code);
        } else if (code < 0x800) {
            text += static_cast<char>(0xc0 | (code >> 6));
            text += static_cast<char>(0x80 | (code & 0x3f));
        } else if (code < 0x10000) {
            text += static_cast<char>(0xe0 | (code >> 12));
            text += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
            text += static_cast<char>(0x80 | (code & 0x3f));
        } else {
            text += static_cast<char>(0xf0 | (code >> 18));
            text += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
            text += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
            text += static_cast<char>(0x80 | (code & 0x3f));
        }
        const std::string shown = jobtally::visible(text);
        CHECK(shown.front() == '\\');
        for (const char letter : shown) CHECK((letter > 0x20 && letter < 0x7f));
    }
}

TEST_CASE("the display width counts columns", "[base]") {
    using jobtally::display_width;
    CHECK(display_width("") == 0);
    CHECK(display_width("abc") == 3);
    CHECK(display_width("é…─") == 3);
    CHECK(display_width("e\u0301") == 1);
    CHECK(display_width("日本") == 4);
    CHECK(display_width("한글") == 4);
    CHECK(display_width("\u1112\u1161\u11ab") == 2);  // the same syllable, decomposed
    CHECK(display_width("🚀") == 2);
    CHECK(display_width("Ａ") == 2);
    CHECK(display_width("ｱ") == 1);
    CHECK(display_width("\U0002a6d6") == 2);
    CHECK(display_width("नि") == 2);  // a spacing vowel sign
    CHECK(display_width("กำ") == 2);
}

TEST_CASE("texts are shortened to columns, never within a character", "[base]") {
    using jobtally::display_width;
    using jobtally::shorten;
    CHECK(shorten("abcdef", 6) == "abcdef");
    CHECK(shorten("abcdef", 5) == "abcd…");
    CHECK(shorten("abcdef", 1) == "…");
    CHECK(shorten("abcdef", 0).empty());
    CHECK(shorten("日本語", 6) == "日本語");
    CHECK(shorten("日本語", 5) == "日本…");
    CHECK(shorten("日本語", 4) == "日…");
    CHECK(shorten("e\u0301e\u0301e\u0301", 2) == "e\u0301…");
    CHECK(shorten("abcdef", 5, "...") == "ab...");
    CHECK(shorten("abcdef", 2, "...").empty());
    for (std::size_t width = 0; width < 20; ++width) {
        CHECK(display_width(shorten("a日本e\u0301🚀 and the rest of it", width)) <= width);
    }
}

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

TEST_CASE("case is ignored for ASCII only", "[base]") {
    using jobtally::equals_ignoring_case;
    CHECK(equals_ignoring_case("Success", "SUCCESS"));
    CHECK(equals_ignoring_case("", ""));
    CHECK_FALSE(equals_ignoring_case("a", "ab"));
    CHECK_FALSE(equals_ignoring_case("é", "É"));
    CHECK_FALSE(equals_ignoring_case("[", "{"));
}
