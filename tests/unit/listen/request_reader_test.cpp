#include "core/listen/http/request_reader.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <string>

namespace {

using jobtally::listen::RequestReader;

const std::string chunked_head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

struct ReadBody {
    unsigned status = 1;  // 0: done, 1: wants more, else of the refusal
    std::string body;
    std::string rest;
};

// The bytes come in steps; what the reader leaves stays in front, as in a connection's buffer.
ReadBody read_body(const std::string& head, std::string_view bytes, std::size_t step,
                   std::uint64_t max_body = 16) {
    RequestReader reader(max_body);
    auto state = reader.take_head(head);
    std::string buffer;
    while (state == RequestReader::State::more && !bytes.empty()) {
        buffer += bytes.substr(0, step);
        bytes.remove_prefix(std::min(step, bytes.size()));
        std::string_view input = buffer;
        state = reader.take_body(input);
        buffer.erase(0, buffer.size() - input.size());
        if (state == RequestReader::State::more) CHECK(buffer.size() < 14);
    }
    ReadBody outcome{1, std::string(reader.body()), buffer + std::string(bytes)};
    if (state == RequestReader::State::done) outcome.status = 0;
    if (state == RequestReader::State::refused) outcome.status = reader.refusal().status;
    return outcome;
}

}  // namespace

TEST_CASE("chunks are put together whatever the pieces", "[listen]") {
    const std::string bytes = "5\r\nhello\r\n0B\r\n, big world\r\n0\r\n\r\nPOST";
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        INFO(step);
        const auto outcome = read_body(chunked_head, bytes, step);
        CHECK(outcome.status == 0);
        CHECK(outcome.body == "hello, big world");
        CHECK(outcome.rest == "POST");
    }
}

TEST_CASE("a body of known length ends to the byte whatever the pieces", "[listen]") {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16\r\n\r\n";
    const std::string bytes = "hello, big worldPOST / HTTP/1.1\r\n";
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        INFO(step);
        const auto outcome = read_body(head, bytes, step);
        CHECK(outcome.status == 0);
        CHECK(outcome.body == "hello, big world");
        CHECK(outcome.rest == "POST / HTTP/1.1\r\n");
    }
    CHECK(read_body(head, "hello, big worl", 4).status == 1);
}

TEST_CASE("a request without a body is done with its head", "[listen]") {
    for (const std::string fields : {"", "Content-Length: 0\r\n"}) {
        RequestReader reader(16);
        CHECK(reader.take_head("POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n") ==
              RequestReader::State::done);
        std::string_view next = "POST";
        CHECK(reader.take_body(next) == RequestReader::State::done);
        CHECK(next == "POST");
        CHECK(reader.body().empty());
    }
}

TEST_CASE("chunks with anything besides content are refused", "[listen]") {
    const std::pair<std::string, unsigned> cases[] = {
        {"0\r\n\r\n", 0},
        {"00000000\r\n\r\n", 0},
        {"000000000\r\n\r\n", 400},
        {"5\r\nhello\r\n000000000\r\n\r\n", 400},
        {"000000005\r\nhello", 400},
        {"5;a=b\r\nhello\r\n", 400},
        {"5;a\r\nhello\r\n", 400},
        {"5;\r\nhello\r\n", 400},
        {"0;a\r\n\r\n", 400},
        {"5 \r\nhello\r\n", 400},
        {"5\t\r\nhello\r\n", 400},
        {"5 ;a=b\r\nhello\r\n", 400},
        {" 5\r\nhello\r\n", 400},
        {"\r\nhello", 400},
        {"-1\r\n", 400},
        {"0x5\r\nhello\r\n\r\n", 400},
        {"0x5\r\nhello\r\n", 1},  // might end yet, badly: 12 bytes are looked at no further
        {"5\nhello\r\n", 400},
        {"5\rhello\r\n", 400},
        {"5\r\nhelloX\r\n5", 400},
        {"5\r\nhello\n0\r\n", 400},
        {"0\r\nA: b\r\n\r\n", 400},
        {"5\r\nhello\r\n0\r\nA: b\r\n\r\n", 400},
        {"0\r\nA: b\r\n c\r\n\r\n", 400},
        {"0\r\n\n\r\n\r\n", 400},
        {"0\r\n\n", 1},
        {"10\r\n0123456789abcdef\r\n0\r\n\r\n", 0},
        {"11\r\n0123456789abcdef", 1},  // too large, but what fits is read
        {"11\r\n0123456789abcdefg", 413},
        {"8\r\n01234567\r\n9\r\n012345678", 413},
        {"ffffffff\r\n0123456789abcdefg", 413},
        {"fffffffffffffffff\r\n", 400},
        {"5\r\nhel", 1},
        {"", 1},
    };
    for (const auto& [bytes, expected] : cases) {
        for (const std::size_t step : {1, 3, 100}) {
            INFO(bytes << " in steps of " << step);
            CHECK(read_body(chunked_head, bytes, step).status == expected);
        }
    }
}

TEST_CASE("of a body that is too large what fits is read", "[listen]") {
    const std::string sixteen = "0123456789abcdef";
    const std::string long_head =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n";
    for (const auto& [head, front] : {std::pair(long_head, std::string()),
                                      std::pair(chunked_head, std::string("ffffffff\r\n"))}) {
        for (const std::size_t step : {1, 3, 100}) {
            INFO(head << " in steps of " << step);
            const auto read = read_body(head, front + sixteen + "ghi", step);
            CHECK(read.status == 413);
            CHECK(read.body == sixteen);
        }
        RequestReader reader(16);
        CHECK(reader.take_head(head) == RequestReader::State::more);
        std::string_view input = front;
        CHECK(reader.take_body(input) == RequestReader::State::more);
        CHECK(reader.is_too_large());
        input = "01";
        CHECK(reader.take_body(input) == RequestReader::State::more);
        CHECK(reader.body() == "01");
        CHECK_FALSE(reader.is_done());
    }
    CHECK(
        read_body("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16\r\n\r\n", sixteen, 3).status ==
        0);
}

TEST_CASE("framing without an end is refused after a few bytes", "[listen]") {
    for (const std::string begin : {"5", "5;", "0;a=", "0\r\nA: ", "5\r\nhello\r\n0\r\nA"}) {
        INFO(begin);
        CHECK(read_body(chunked_head, begin + std::string(20, '0'), 1).status == 400);
        // A trailer value of this size makes Boost 1.81's parser throw.
        CHECK(
            read_body(chunked_head, begin + std::string(70000, 'x') + "\r\n\r\n", 100000).status ==
            400);
    }
    CHECK(
        read_body(chunked_head, "0\r\nA: " + std::string(65535, 'x') + "\r\n\r\n", 100000).status ==
        400);
}

TEST_CASE("what Beast throws is a refusal", "[listen]") {
    RequestReader reader(16);
    CHECK(reader.take_head("GET / HTTP/1.1\r\nA: " + std::string(70000, 'x') + "\r\n\r\n") ==
          RequestReader::State::refused);
    CHECK(reader.refusal().status == 400);
    for (const std::string head :
         {"GET / HTTP/1.1\r\nA\r\n\r\n", "GET / HTTP/3.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n",
          "GET / HTTP/1.1\r\n\r\nGET", "\x01", ""}) {
        INFO(head);
        RequestReader odd(16);
        CHECK(odd.take_head(head) == RequestReader::State::refused);
    }
}
