// Authorization values, bind addresses, answers before the body, access log lines.
#include "core/base/error.hpp"
#include "core/listen/http/answer.hpp"
#include "core/listen/http/authorization.hpp"
#include "core/listen/http/head_verdict.hpp"
#include "core/listen/http/response.hpp"
#include "core/listen/sockets/bind_address.hpp"
#include "core/listen/sockets/listening_socket.hpp"
#include "core/listen/watch/access_log.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <fstream>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using jobtally::listen::AcceptedAuthorizations;
using jobtally::listen::AccessRecord;
using jobtally::listen::answer_to;
using jobtally::listen::append_response;
using jobtally::listen::Authorization;
using jobtally::listen::authorization_from_environment;
using jobtally::listen::BindAddress;
using jobtally::listen::DoorRules;
using jobtally::listen::error_answer;
using jobtally::listen::format_access_json;
using jobtally::listen::format_access_text;
using jobtally::listen::judge_head;
using jobtally::listen::ListeningSocket;
using jobtally::listen::parse_bind_address;
using jobtally::listen::read_authorization_file;
using jobtally::listen::RequestHead;

struct AuthorizationFileOnDisk {
    explicit AuthorizationFileOnDisk(std::string_view text, mode_t mode = 0600) {
        path = std::filesystem::temp_directory_path() /
               ("jobtally-auth-" + std::to_string(::getpid()));
        std::ofstream(path) << text;
        ::chmod(path.c_str(), mode);
    }
    ~AuthorizationFileOnDisk() { std::filesystem::remove(path); }
    std::filesystem::path path;
};

std::string complaint_about(std::string_view text) {
    const AuthorizationFileOnDisk file(text);
    try {
        read_authorization_file(file.path);
    } catch (const jobtally::UsageError& error) {
        return error.what();
    }
    return "none";
}

RequestHead post_head() {
    RequestHead head;
    head.method = "POST";
    head.path = "/";
    return head;
}

unsigned judged(const RequestHead& head, const DoorRules& rules) {
    const auto verdict = judge_head(head, rules);
    return verdict.answer ? verdict.answer->status : 0;
}

int send_buffer_of(ListeningSocket socket) {
    const jobtally::Descriptor file(socket.release());
    int bytes = 0;
    socklen_t size = sizeof bytes;
    ::getsockopt(file.number(), SOL_SOCKET, SO_SNDBUF, &bytes, &size);
    return bytes;
}

TEST_CASE("short answers have little room in the kernel, long ones more", "[listen]") {
    const BindAddress any{BindAddress::Family::ipv4, "127.0.0.1", 0};
    ListeningSocket socket(any);
    socket.expect_long_answers();
    CHECK(send_buffer_of(ListeningSocket(any)) <= 32 << 10);
    CHECK(send_buffer_of(std::move(socket)) >= 128 << 10);
}

}  // namespace

TEST_CASE("an authorization file has labels and values", "[listen]") {
    const AuthorizationFileOnDisk file("# rotation\n\n old: Bearer a:b \r\nnew:Basic QQ==\n", 0644);
    const auto read = read_authorization_file(file.path);
    REQUIRE(read.accepted.size() == 2);
    CHECK(read.accepted[0].label == "old");
    CHECK(read.accepted[0].value == "Bearer a:b");
    CHECK(read.accepted[1].label == "new");
    CHECK(read.accepted[1].value == "Basic QQ==");
    CHECK(read.warning.has_value());
    const AuthorizationFileOnDisk closed("a: b\n", 0600);
    CHECK_FALSE(read_authorization_file(closed.path).warning.has_value());
    CHECK_THROWS_AS(read_authorization_file("/nowhere/at/all"), jobtally::IoError);
    const AuthorizationFileOnDisk marked("\xef\xbb\xbf# by an editor of Windows\r\na: b\r\n", 0600);
    REQUIRE(read_authorization_file(marked.path).accepted.size() == 1);
    CHECK(read_authorization_file(marked.path).accepted[0].label == "a");
}

TEST_CASE("a bad line of an authorization file is named without its secret", "[listen]") {
    for (const std::string text :
         {"a: b\nsecret\n", "a: b\nBearer secret: x\n", "a: b\n: secret\n", "a: b\nc:\n",
          "a: b\na: secret\n", "a: b\nc: secret\x01\n", "a: b\nc: Bearer \n", "a: b\nc: basic\n"}) {
        const auto complaint = complaint_about(text);
        INFO(complaint);
        CHECK(complaint.find(":2\"") != std::string::npos);
        CHECK(complaint.find("secret") == std::string::npos);
    }
    CHECK(complaint_about("# nothing\n") != "none");
}

TEST_CASE("authorizations match as a whole, byte by byte", "[listen]") {
    const AcceptedAuthorizations accepted({{"old", "Bearer abc"}, {"new", "Bearer abd"}});
    REQUIRE(accepted.match("Bearer abc") != nullptr);
    CHECK(*accepted.match("Bearer abc") == "old");
    CHECK(*accepted.match("Bearer abd") == "new");
    for (const std::string wrong : {"", "Bearer ab", "Bearer abcd", "bearer abc", "Bearer abe"})
        CHECK(accepted.match(wrong) == nullptr);
    CHECK(accepted.match(std::string("Bearer abc\0", 11)) == nullptr);
    CHECK(accepted.match(std::string(5000, 'x')) == nullptr);
    CHECK_THROWS_AS(authorization_from_environment(" "), jobtally::UsageError);
    CHECK_THROWS_AS(authorization_from_environment("Bearer "), jobtally::UsageError);
    CHECK(authorization_from_environment("Bearer x ").value == "Bearer x");
}

TEST_CASE("bind addresses are numeric, local name or unix", "[listen]") {
    using Family = BindAddress::Family;
    CHECK(parse_bind_address("127.0.0.1:8080") == BindAddress{Family::ipv4, "127.0.0.1", 8080});
    CHECK(parse_bind_address("[::1]:0") == BindAddress{Family::ipv6, "::1", 0});
    CHECK(parse_bind_address("localhost:1") == BindAddress{Family::ipv4, "127.0.0.1", 1});
    CHECK_THROWS_AS(parse_bind_address(std::string_view("127.0.0.1\0x:1", 13)),
                    jobtally::UsageError);
    CHECK(parse_bind_address("unix:/run/x") == BindAddress{Family::unix_socket, "/run/x", 0});
    for (const std::string bad :
         {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
          "host:80", "[127.0.0.1]:80", "unix:", "127.0.0.1:80x"}) {
        INFO(bad);
        CHECK_THROWS_AS(parse_bind_address(bad), jobtally::UsageError);
    }
    CHECK(parse_bind_address("127.9.9.9:1").is_local());
    CHECK(parse_bind_address("[::ffff:127.0.0.1]:1").is_local());
    CHECK(parse_bind_address("unix:x").is_local());
    CHECK_FALSE(parse_bind_address("0.0.0.0:1").is_local());
    CHECK_FALSE(parse_bind_address("[::]:1").is_local());
}

TEST_CASE("a head alone is judged in the right order", "[listen]") {
    DoorRules rules;
    rules.max_body = 10;
    auto head = post_head();
    CHECK(judged(head, rules) == 0);
    head.content_length = 10;
    CHECK(judged(head, rules) == 0);
    head.content_length = 11;
    CHECK(judged(head, rules) == 413);
    head.encoded = true;
    CHECK(judged(head, rules) == 415);
    rules.authorizations = AcceptedAuthorizations({Authorization{"a", "x"}});
    CHECK(judged(head, rules) == 401);
    head.authorization = "y";
    CHECK(judged(head, rules) == 401);
    head.authorization = "x";
    CHECK(judged(head, rules) == 415);
    CHECK(*judge_head(head, rules).label == "a");
    head = post_head();
    head.authorization = "x";
    head.expect = "200-ok";
    CHECK(judged(head, rules) == 417);
    head.expect = "100-Continue";
    CHECK(judged(head, rules) == 0);
    head.method = "GET";
    CHECK(judged(head, rules) == 405);
    head.path = "/x";
    CHECK(judged(head, rules) == 404);
}

TEST_CASE("a refused body is kept if its sender may send reports", "[listen]") {
    DoorRules rules;
    rules.max_body = 10;
    const auto kept = [&rules](std::string_view path, std::string_view method, std::uint64_t length,
                               bool encoded, std::optional<std::string_view> authorization) {
        auto head = post_head();
        head.path = path;
        head.method = method;
        head.content_length = length;
        head.encoded = encoded;
        head.authorization = authorization;
        return std::string(judge_head(head, rules).kept_because);
    };
    for (const std::string_view presented : {"anything", "x"}) {
        CHECK(kept("/x", "POST", 5, false, presented) == "nothing is here");
        CHECK(kept("/", "PUT", 5, false, presented) == "send job reports by POST");
        CHECK(kept("/", "POST", 11, false, presented) == "the body is too large");
        CHECK(kept("/", "POST", 5, true, presented) == "send the body without a content-encoding");
        CHECK(kept("/", "POST", 5, false, presented).empty());
        CHECK(kept("/", "OPTIONS", 0, false, presented).empty());
        rules.authorizations = AcceptedAuthorizations({Authorization{"a", "x"}});
    }
    for (const auto presented :
         {std::optional<std::string_view>(), std::optional<std::string_view>("y")}) {
        CHECK(kept("/x", "POST", 5, false, presented).empty());
        CHECK(kept("/", "PUT", 5, false, presented).empty());
        CHECK(kept("/", "POST", 11, true, presented).empty());
    }
}

TEST_CASE("paths are exact but for a slash at the end", "[listen]") {
    DoorRules rules;
    const auto is_served = [&rules](std::string_view path) {
        auto head = post_head();
        head.path = path;
        return judged(head, rules) == 0;
    };
    CHECK(is_served("/"));
    CHECK_FALSE(is_served("//"));
    rules.paths = {"/a", "/b/c/"};
    for (const auto* path : {"/a", "/a/", "/b/c", "/b/c/"}) CHECK(is_served(path));
    for (const auto* path : {"/", "/a//", "/A", "/ab", "/b", "/b/", "/b//c"})
        CHECK_FALSE(is_served(path));
}

TEST_CASE("answers carry the fields their status demands", "[listen]") {
    std::string out;
    append_response(out, error_answer(401, "no"), {true, false, "NOW"});
    CHECK(
        out ==
        "HTTP/1.1 401 Unauthorized\r\nDate: NOW\r\nWWW-Authenticate: Bearer realm=\"jobtally\"\r\n"
        "Content-Type: application/json\r\nContent-Length: 16\r\nConnection: "
        "keep-alive\r\n\r\n{\"error\": \"no\"}\n");
    out.clear();
    append_response(out, error_answer(405, "no"), {false, true, "NOW"});
    CHECK(out ==
          "HTTP/1.1 405 Method Not Allowed\r\nDate: NOW\r\nAllow: OPTIONS, POST\r\n"
          "Content-Type: application/json\r\nContent-Length: 16\r\nConnection: close\r\n\r\n");
    out.clear();
    append_response(out, error_answer(503, "x"), {false, true, "NOW"});
    CHECK(out.find("\r\nRetry-After: 5\r\n") != std::string::npos);
    out.clear();
    append_response(out, {204, {}, {}}, {true, false, "NOW"});
    CHECK(out == "HTTP/1.1 204 No Content\r\nDate: NOW\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("receipts become answers", "[listen]") {
    using jobtally::model::Outcome;
    jobtally::ingest::Receipt receipt;
    receipt.delivery.rejections.push_back({"line \n1", "x", 1, false});
    CHECK(answer_to(receipt).status == 400);
    CHECK(answer_to(receipt).body == "{\"error\": \"line \\\\n1\", \"rejected\": 1}\n");
    receipt.delivery.rejections.push_back({"id: missing", "{}", 1, true});
    CHECK(answer_to(receipt).status == 400);  // not JSON as a whole
    receipt.delivery.rejections.erase(receipt.delivery.rejections.begin());
    CHECK(answer_to(receipt).status == 422);

    receipt.delivery.rejections.clear();
    receipt.delivery.reports.emplace_back().id = "a\"b";
    receipt.outcomes = {Outcome::stale};
    CHECK(answer_to(receipt).status == 200);
    CHECK(answer_to(receipt).body == "{\"result\": \"stale\", \"id\": \"a\\\"b\"}\n");
    receipt.delivery.rejections.push_back({"id: missing", "{}", 1, true});
    receipt.tally.stored = 1;
    receipt.tally.rejected = 1;
    CHECK(answer_to(receipt).status == 200);
    CHECK(answer_to(receipt).body ==
          "{\"read\": 2, \"stored\": 1, \"updated\": 0, \"unchanged\": 0, \"stale\": 0, "
          "\"rejected\": 1}\n");
    receipt.error = "disk \"x\" is full";
    CHECK(answer_to(receipt).status == 503);
    CHECK(answer_to(receipt).body.find("disk") == std::string::npos);
}

TEST_CASE("access log lines can't be forged", "[listen]") {
    AccessRecord record;
    record.peer = "127.0.0.1";
    record.method = "POST";
    record.path = "/a\r\nb\x1b[0m";
    record.status = 200;
    record.body_bytes = 231;
    record.duration = std::chrono::microseconds(1204);
    record.label = "platform";
    record.tally.stored = 1;
    CHECK(format_access_text(record) ==
          "1970-01-01T00:00:00Z 127.0.0.1 POST /a\\r\\nb\\u{1b}[0m 200 231 B 1.204 ms "
          "auth=platform stored=1");
    record.path = "/\"";
    CHECK(format_access_json(record) ==
          "{\"time\": \"1970-01-01T00:00:00Z\", \"peer\": \"127.0.0.1\", \"method\": \"POST\", "
          "\"path\": \"/\\\"\", "
          "\"status\": 200, \"body_bytes\": 231, \"duration_seconds\": 0.001204, "
          "\"authorization\": \"platform\", "
          "\"stored\": 1}");
    record.report = "a stored=1";
    record.definition = "CRM \"x\"";
    record.job_status = "SUCCESS";
    CHECK(format_access_text(record, "192.0.2.7")
              .find(" client=192.0.2.7 auth=platform report=\"a stored=1\" "
                    "definition=\"CRM \\\"x\\\"\" job=SUCCESS stored=1") != std::string::npos);
}

TEST_CASE("a client is only believed from a trusted proxy", "[listen]") {
    using jobtally::listen::client_behind;
    AccessRecord record;
    record.peer = "127.0.0.1";
    record.forwarded_for = "203.0.113.9, 192.0.2.7 , ::1";
    CHECK(client_behind(record, {}).empty());
    CHECK(client_behind(record, {"::1"}).empty());
    CHECK(client_behind(record, {"127.0.0.1"}) == "::1");
    CHECK(client_behind(record, {"127.0.0.1", "::1"}) == "192.0.2.7");
    record.forwarded_for = " , ";
    CHECK(client_behind(record, {"127.0.0.1"}).empty());
}
