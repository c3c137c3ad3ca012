// A request from its first byte to its line in the log, and the stages of a connection.
#include "core/listen/request.hpp"

#include "core/listen/stage.hpp"
#include "tests/support/catch.hpp"

namespace {

using jobtally::listen::DoorRules;
using jobtally::listen::InputBuffer;
using jobtally::listen::judge_head;
using jobtally::listen::Phase;
using jobtally::listen::Request;
using jobtally::listen::RequestReader;
using jobtally::listen::Stage;
using std::chrono::milliseconds;
using State = RequestReader::State;

constexpr std::uint64_t max_body = 40 << 10;
const jobtally::time::Instant now{};

Request new_request() {
    return {{"192.0.2.7", std::nullopt, false}, now};
}

void put(InputBuffer& in, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto [room, size] = in.prepare();
        const auto count = bytes.copy(room, size);
        in.commit(count);
        bytes.remove_prefix(count);
    }
}

// A request whose head was taken and judged; its body stays in `in`.
Request judged(InputBuffer& in, std::string_view line, std::string_view fields,
               std::string_view body) {
    auto request = new_request();
    put(in, std::string(line) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
    REQUIRE(request.take_head(in, max_body) == State::done);
    DoorRules rules;
    rules.max_body = max_body;
    request.note(judge_head(request.head(), rules));
    return request;
}

const std::string plain_report =
    R"({"id": "a", "status": "SUCCESS", "created_at": "2026-11-01T00:00:00Z"})";

}  // namespace

TEST_CASE("a request becomes a delivery of its reports, and its record tells of it", "[listen]") {
    InputBuffer in;
    auto request = judged(in, "POST /?a=b", "", plain_report);
    CHECK_FALSE(request.refusal_answer());
    CHECK(request.take_body(in) == State::done);
    CHECK_FALSE(request.needs_share());
    const auto delivery = request.release(now);
    REQUIRE(delivery.reports.size() == 1);
    CHECK(delivery.rejections.empty());
    CHECK(delivery.body == plain_report);
    CHECK(delivery.source == "http 192.0.2.7");
    const auto& record = request.finished_record();
    CHECK(record.method == "POST");
    CHECK(record.path == "/");
    CHECK(record.body_bytes == plain_report.size());
    CHECK(in.empty());
}

TEST_CASE("a body that was refused becomes a rejection, whatever it holds", "[listen]") {
    InputBuffer in;
    auto request = judged(in, "POST /typo?secret", "", plain_report);
    CHECK(request.is_kept(true));
    CHECK(request.is_kept(false));
    CHECK(request.take_body(in) == State::done);
    const auto delivery = request.release(now);
    CHECK(delivery.reports.empty());
    REQUIRE(delivery.rejections.size() == 1);
    CHECK(delivery.rejections[0].body == plain_report);
    CHECK(delivery.rejections[0].reason == "answered 404 to POST \"/typo\": nothing is here");
    CHECK(delivery.body == plain_report);
}

TEST_CASE("of a refused body that is not all there, the reason says how much is kept", "[listen]") {
    InputBuffer in;
    auto request = judged(in, "PUT /", "", std::string(max_body + 1, 'x'));
    CHECK(request.most_body() == max_body);
    CHECK(request.take_body(in) == State::done);
    CHECK(request.needs_share());
    const auto delivery = request.release(now);
    CHECK(delivery.body->size() == max_body);
    CHECK(delivery.rejections.at(0).reason ==
          "answered 405 to PUT \"/\": send job reports by POST (of its body the first 40,960 bytes "
          "are kept)");
}

TEST_CASE("who waits for 100 Continue and is refused sends nothing that could be kept",
          "[listen]") {
    InputBuffer in;
    const auto request = judged(in, "POST /x", "Expect: 100-continue\r\n", plain_report);
    CHECK(request.refusal_answer()->status == 404);
    CHECK_FALSE(request.is_kept(false));
    CHECK(request.is_kept(true));  // it has not waited
    InputBuffer other;
    CHECK_FALSE(judged(other, "POST /x", "", "").is_kept(false));
    CHECK_FALSE(judged(other, "POST /", "", plain_report).is_kept(true));
}

TEST_CASE("a receipt that says spooled marks the record, whatever the answer is", "[listen]") {
    InputBuffer in;
    auto request = judged(in, "POST /x", "", plain_report);
    CHECK(request.take_body(in) == State::done);
    jobtally::ingest::Receipt receipt;
    receipt.delivery = request.release(now);
    receipt.is_spooled = true;
    request.note(receipt);
    CHECK(request.record.is_spooled);
    CHECK(request.record.tally.rejected == 0);
    CHECK(request.refusal_answer()->status == 404);
}

TEST_CASE("a stage keeps, shortens and extends its deadline", "[listen]") {
    Stage stage;
    stage.enter(Phase::body, milliseconds(10'000));
    const auto first = stage.deadline();
    CHECK(first - stage.since() == milliseconds(10'000));
    stage.move_on(Phase::waiting);
    CHECK(stage.deadline() == first);
    stage.wait_at_most(milliseconds(20'000));
    CHECK(stage.deadline() == first);
    stage.wait_at_most(milliseconds(100));
    CHECK(stage.deadline() < first);
    const auto soon = stage.deadline();
    stage.wait_on(milliseconds(5'000), milliseconds(10'000));
    CHECK(stage.deadline() > soon);
    stage.wait_on(milliseconds(20'000), milliseconds(10'000));
    CHECK(stage.deadline() == stage.since() + milliseconds(10'000));
    stage.store();
    CHECK(stage.phase() == Phase::storing);
    CHECK(stage.deadline() == Stage::Clock::time_point::max());
}

TEST_CASE("a stage knows whether bytes or an answer are due, and what to say when late",
          "[listen]") {
    Stage stage;
    CHECK(is_idle(stage.phase()));
    const auto at = [&stage](Phase phase) -> const Stage& {
        stage.move_on(phase);
        return stage;
    };
    for (const auto phase : {Phase::idle, Phase::head, Phase::body}) {
        CHECK(at(phase).is_reading());
        CHECK(at(phase).is_under_way() == (phase != Phase::idle));
    }
    for (const auto phase : {Phase::opening, Phase::writing, Phase::lingering, Phase::closed}) {
        CHECK_FALSE(at(phase).is_reading());
        CHECK_FALSE(at(phase).is_under_way());
    }
    for (const auto phase : {Phase::waiting, Phase::storing, Phase::probing}) {
        CHECK_FALSE(at(phase).is_reading());
        CHECK(at(phase).is_under_way());
    }
    CHECK(at(Phase::waiting).late_refusal().status == 503);
    CHECK(at(Phase::head).late_refusal().reason == "the head took too long");
    CHECK(at(Phase::body).late_refusal().status == 408);
}
