#include "core/listen/chunked_body.hpp"

#include "tests/support/catch.hpp"

#include <string>

namespace {

using jobtally::listen::ChunkedBody;

// 0: done, 1: wants more, else the status of the refusal. `step` bytes are fed at a time.
unsigned decode_chunks(std::string_view bytes, std::string& body, std::size_t step,
                       std::string_view* rest = nullptr) {
    ChunkedBody chunked(16);
    body.clear();
    while (!bytes.empty()) {
        auto piece = bytes.substr(0, step);
        const auto size = piece.size();
        const auto state = chunked.take(piece, body);
        bytes.remove_prefix(size - piece.size());
        if (rest) *rest = bytes;
        if (state == ChunkedBody::State::done) return 0;
        if (state == ChunkedBody::State::refused) return chunked.refusal().status;
    }
    return 1;
}

}  // namespace

TEST_CASE("chunks are put together whatever the pieces", "[listen]") {
    const std::string bytes = "5\r\nhello\r\n0B\r\n, big world\r\n0\r\n\r\nPOST";
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        std::string body;
        std::string_view rest;
        INFO(step);
        CHECK(decode_chunks(bytes, body, step, &rest) == 0);
        CHECK(body == "hello, big world");
        CHECK(rest == "POST");
    }
}

TEST_CASE("chunks with anything besides content are refused", "[listen]") {
    const std::pair<std::string, unsigned> cases[] = {
        {"0\r\n\r\n", 0},
        {"00000000\r\n\r\n", 0},
        {"000000000\r\n\r\n", 400},
        {"5;a=b\r\nhello\r\n", 400},
        {"5 \r\nhello\r\n", 400},
        {" 5\r\nhello\r\n", 400},
        {"\r\nhello", 400},
        {"-1\r\n", 400},
        {"0x5\r\nhello\r\n", 400},
        {"5\nhello\r\n", 400},
        {"5\r\nhelloX\r\n", 400},
        {"5\r\nhello\n0\r\n", 400},
        {"0\r\nA: b\r\n\r\n", 400},
        {"0\r\n\n", 400},
        {"10\r\n0123456789abcdef\r\n0\r\n\r\n", 0},
        {"11\r\n", 413},
        {"8\r\n01234567\r\n9\r\n", 413},
        {"ffffffff\r\n", 413},
        {"5\r\nhel", 1},
        {"", 1},
    };
    for (const auto& [bytes, expected] : cases) {
        for (const std::size_t step : {1, 3, 100}) {
            std::string body;
            INFO(bytes << " in steps of " << step);
            CHECK(decode_chunks(bytes, body, step) == expected);
        }
    }
}
