// The public torture set of requests: framed as the listener frames them, one after the other on a
// connection.
#include "core/listen/http/request_head.hpp"
#include "core/listen/http/request_reader.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include <boost/json.hpp>

namespace {

enum class Framed { complete, incomplete, refused };

struct CorpusCounts {
    int refused = 0;
    int incomplete = 0;
    int complete = 0;
    int chunked = 0;
};

std::string from_base64(std::string_view text) {
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto value =
            std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
                .find(c);
        if (value == std::string_view::npos) continue;
        bits = bits << 6 | static_cast<unsigned>(value);
        if ((count += 6) >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 0xff);
    }
    return bytes;
}

// Takes requests off `bytes` until one is refused or incomplete, or all are taken.
Framed frame_all(std::string_view bytes, bool& was_chunked) {
    using jobtally::listen::HeadCheck;
    using jobtally::listen::RequestReader;
    while (!bytes.empty()) {
        std::size_t scanned = 0;
        const auto check = jobtally::listen::check_head(bytes, scanned);
        if (check.state == HeadCheck::State::refused) return Framed::refused;
        if (check.state == HeadCheck::State::incomplete) return Framed::incomplete;
        RequestReader reader(1 << 20);
        auto state = reader.take_head(bytes.substr(check.begin, check.size));
        // The rules in front are the stricter ones: what they let through Beast can read.
        CHECK(state != RequestReader::State::refused);
        bytes.remove_prefix(check.begin + check.size);
        was_chunked = was_chunked || reader.head().chunked;
        if (state == RequestReader::State::more) state = reader.take_body(bytes);
        if (state == RequestReader::State::refused) return Framed::refused;
        if (state == RequestReader::State::more) return Framed::incomplete;
    }
    return Framed::complete;
}

std::ifstream open_corpus(const std::string& name) {
    const char* folder = std::getenv("JOBTALLY_CORPORA");
    return std::ifstream(
        (folder ? folder : std::string(JOBTALLY_SOURCE_DIR) + "/../shared/corpora") + "/" + name);
}

}  // namespace

TEST_CASE("requests of the public torture set are refused or framed by Content-Length",
          "[listen]") {
    auto corpus = open_corpus("http/cases.jsonl");
    if (!corpus) {
        std::cout << "skipped: http/cases.jsonl is not here (set JOBTALLY_CORPORA)\n";
        return;
    }
    CorpusCounts must_refuse;
    CorpusCounts gadgets;
    for (std::string line; std::getline(corpus, line);) {
        const auto entry = boost::json::parse(line).as_object();
        const bool is_gadget = entry.at("expected").as_string() == "reject-or-cl";
        INFO(entry.at("id").as_string().c_str());
        auto& counts = is_gadget ? gadgets : must_refuse;
        bool was_chunked = false;
        const auto framed =
            frame_all(from_base64(std::string(entry.at("raw_b64").as_string())), was_chunked);
        ++(framed == Framed::refused      ? counts.refused
           : framed == Framed::incomplete ? counts.incomplete
                                          : counts.complete);
        if (was_chunked) ++counts.chunked;
        // Not answered with success: refused, or never complete, so closed at the deadline.
        if (!is_gadget) CHECK(framed != Framed::complete);
        if (is_gadget) CHECK_FALSE(was_chunked);
    }
    std::cout << "http corpus: must refuse: " << must_refuse.refused << " refused, "
              << must_refuse.incomplete << " never complete, " << must_refuse.complete
              << " taken; gadgets: " << gadgets.refused << " refused, "
              << gadgets.complete + gadgets.incomplete << " framed by length, " << gadgets.chunked
              << " chunked\n";
    CHECK(must_refuse.refused + must_refuse.incomplete == 58);
    CHECK(gadgets.refused + gadgets.incomplete + gadgets.complete == 134);
}
