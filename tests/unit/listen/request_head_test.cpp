#include "core/listen/http/request_head.hpp"

#include "core/listen/http/request_reader.hpp"
#include "tests/support/catch.hpp"

#include <memory>
#include <string>

namespace {

using jobtally::listen::check_head;
using jobtally::listen::HeadCheck;
using jobtally::listen::max_head_bytes;
using jobtally::listen::RequestReader;

// A reader that has taken the head at the beginning of the bytes.
std::unique_ptr<RequestReader> reader_of(std::string_view bytes) {
    std::size_t scanned = 0;
    const auto check = check_head(bytes, scanned);
    REQUIRE(check.state == HeadCheck::State::complete);
    auto reader = std::make_unique<RequestReader>(1 << 20);
    REQUIRE(reader->take_head(bytes.substr(check.begin, check.size)) !=
            RequestReader::State::refused);
    return reader;
}

// 0: let through, and read by Beast; 1: incomplete, else the status of the refusal by the rules.
unsigned verdict_on(std::string_view bytes) {
    std::size_t scanned = 0;
    const auto check = check_head(bytes, scanned);
    if (check.state == HeadCheck::State::incomplete) return 1;
    if (check.state == HeadCheck::State::refused) return check.refusal.status;
    reader_of(bytes);
    return 0;
}

std::string post_with(std::string_view fields) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

}  // namespace

TEST_CASE("a plain request head is understood", "[listen]") {
    const std::string bytes =
        "POST /hook?x=1 HTTP/1.1\r\nHost: example.org:80\r\nContent-Length: 12\r\n"
        "authorization:  Bearer a b \t\r\nContent-Type: text/plain\r\nExpect: "
        "100-continue\r\n\r\nbody";
    std::size_t scanned = 0;
    const auto check = check_head(bytes, scanned);
    REQUIRE(check.state == HeadCheck::State::complete);
    CHECK(check.begin == 0);
    CHECK(check.size == bytes.size() - 4);
    const auto reader = reader_of(bytes);
    const auto& head = reader->head();
    CHECK(head.method == "POST");
    CHECK(head.path == "/hook");
    CHECK(head.content_length == 12U);
    CHECK(head.authorization == "Bearer a b");
    CHECK(head.expect == "100-continue");
    CHECK(head.keep_alive);
    CHECK_FALSE(head.chunked);
    CHECK_FALSE(head.encoded);
}

TEST_CASE("a head is the same however it is cut", "[listen]") {
    const std::string bytes = "\r\n" + post_with("Transfer-Encoding: Chunked\r\nX: \xe9\r\n");
    std::size_t scanned = 0;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        INFO(size);
        REQUIRE(check_head(bytes.substr(0, size), scanned).state == HeadCheck::State::incomplete);
    }
    const auto check = check_head(bytes, scanned);
    REQUIRE(check.state == HeadCheck::State::complete);
    CHECK(check.begin == 2);
    CHECK(check.begin + check.size == bytes.size());
    CHECK(reader_of(bytes)->head().chunked);
}

TEST_CASE("a body is encoded unless every coding is identity", "[listen]") {
    const auto is_encoded = [](std::string_view fields) {
        return reader_of(post_with(fields))->head().encoded;
    };
    CHECK_FALSE(is_encoded("Content-Encoding: identity\r\n"));
    CHECK_FALSE(is_encoded("Content-Encoding: Identity, identity\r\n"));
    CHECK(is_encoded("Content-Encoding: gzip\r\n"));
    CHECK(is_encoded("Content-Encoding: identity, gzip\r\n"));
    CHECK(is_encoded("Content-Encoding: identity\r\nContent-Encoding: br\r\n"));
    CHECK(is_encoded("Content-Encoding: identity/x\r\n"));
}

TEST_CASE("Expect is none of HTTP/1.0", "[listen]") {
    CHECK_FALSE(reader_of("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n")->head().expect);
}

TEST_CASE("connections stay or close as version and Connection say", "[listen]") {
    CHECK(reader_of(post_with(""))->head().keep_alive);
    CHECK_FALSE(reader_of(post_with("Connection: x, Close\r\n"))->head().keep_alive);
    CHECK_FALSE(reader_of("POST / HTTP/1.0\r\n\r\n")->head().keep_alive);
    CHECK(reader_of("POST / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->head().keep_alive);
}

TEST_CASE("targets are paths or http URLs", "[listen]") {
    const auto path_of = [](std::string_view target) {
        return std::string(
            reader_of("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n")->head().path);
    };
    CHECK(path_of("/a/b?c") == "/a/b");
    CHECK(path_of("http://a:80/x?y") == "/x");
    CHECK(path_of("HTTPS://[::1]") == "/");
    CHECK(path_of("http://a?q") == "/");
    for (const std::string target : {"*", "a:80", "x/y", "ftp://a/", "http:///x", "http://u@h/",
                                     "/a#b", "/a b", "/\xc3\xa9", "/\x7f", ""}) {
        INFO(target);
        CHECK(verdict_on("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    }
}

TEST_CASE("refused heads get the status that fits", "[listen]") {
    struct Case {
        std::string bytes;
        unsigned status;
    };
    const std::vector<Case> cases{
        {"POST / HTTP/1.1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost:\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400},
        {"POST / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"POST / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
        {"POST / HTTPS/1.1\r\nHost: a\r\n\r\n", 400},
        {"POST /\r\nHost: a\r\n\r\n", 400},
        {"POST  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"post / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {post_with("A: b\r\n c\r\n"), 400},
        {post_with("A : b\r\n"), 400},
        {post_with("A_b: c\r\n"), 400},
        {post_with(": c\r\n"), 400},
        {post_with("A\r\n"), 400},
        {post_with("A: b\rC: d\r\n"), 400},
        {post_with("A: b\nC: d\r\n"), 400},
        {post_with(std::string_view("A: b\0c\r\n", 8)), 400},
        {post_with("A: b\x7f\r\n"), 400},
        {post_with("Content-Length: 1\r\nContent-Length: 1\r\n"), 400},
        {post_with("Content-Length: 1, 1\r\n"), 400},
        {post_with("Content-Length: +1\r\n"), 400},
        {post_with("Content-Length: 0x1\r\n"), 400},
        {post_with("Content-Length:\r\n"), 400},
        {post_with("Content-Length: 00000000001\r\n"), 400},
        {post_with("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), 400},
        {post_with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400},
        {post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
        {post_with("Transfer-Encoding: gzip, chunked\r\n"), 501},
        {post_with("Transfer-Encoding: identity\r\n"), 501},
        {post_with("Transfer-Encoding:\r\n"), 400},
        {post_with("Transfer-Encoding: \"chunked\"\r\n"), 400},
        {post_with("Authorization: a\r\nAuthorization: a\r\n"), 400},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", 400},
        {"TRACE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"\x16\x03\x01", 400},
    };
    for (const auto& [bytes, status] : cases) {
        INFO(bytes);
        CHECK(verdict_on(bytes) == status);
    }
    CHECK(verdict_on(post_with("Content-Length: 0000000001\r\n")) == 0);
    CHECK(verdict_on("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n") == 0);
    CHECK(verdict_on("GET / HTTP/1.0\r\n\r\n") == 0);
}

TEST_CASE("limits hold to the byte", "[listen]") {
    const auto target_of = [](std::size_t size) {
        return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    CHECK(verdict_on(target_of(8000)) == 0);
    CHECK(verdict_on(target_of(8001)) == 414);
    CHECK(verdict_on(target_of(20000)) == 414);

    const auto fields_of = [](std::size_t count) {
        std::string fields;
        for (std::size_t i = 1; i < count; ++i) fields += "A: b\r\n";  // Host is one
        return post_with(fields);
    };
    CHECK(verdict_on(fields_of(100)) == 0);
    CHECK(verdict_on(fields_of(101)) == 431);

    const auto head_of_size = [](std::size_t size) {
        const auto empty = post_with("A: \r\n").size();
        return post_with("A: " + std::string(size - empty, 'x') + "\r\n");
    };
    REQUIRE(head_of_size(max_head_bytes).size() == max_head_bytes);
    CHECK(verdict_on(head_of_size(max_head_bytes)) == 0);
    CHECK(verdict_on(head_of_size(max_head_bytes + 1)) == 431);
    CHECK(verdict_on(head_of_size(max_head_bytes + 1).substr(0, max_head_bytes)) == 431);
    CHECK(verdict_on(head_of_size(max_head_bytes).substr(0, max_head_bytes - 1)) == 1);
}
