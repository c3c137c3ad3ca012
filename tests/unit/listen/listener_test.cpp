// The listener against sinks that a real store can't play: failing, silent, slow.
#include "core/listen/listener.hpp"

#include "core/base/error.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

using jobtally::ingest::Delivery;
using jobtally::ingest::Receipt;
using jobtally::listen::Listener;
using jobtally::listen::ListenHooks;
using jobtally::listen::ListenOptions;

// Keeps deliveries until it is told what becomes of them.
class ScriptedSink final : public jobtally::ingest::DeliverySink {
  public:
    explicit ScriptedSink(bool answers_at_once = true) : m_answers_at_once(answers_at_once) {}

    void submit(Delivery delivery, std::function<void(Receipt)> done) override {
        const std::lock_guard lock(m_mutex);
        m_held.emplace_back(std::move(delivery), std::move(done));
        if (m_answers_at_once) answer_first();
    }
    void answer_one() {
        const std::lock_guard lock(m_mutex);
        answer_first();
    }
    std::size_t held() {
        const std::lock_guard lock(m_mutex);
        return m_held.size();
    }
    bool first_is_empty() {
        const std::lock_guard lock(m_mutex);
        return m_held.front().first.reports.empty() && m_held.front().first.rejections.empty();
    }
    std::optional<std::string> error;  // of all receipts; set it before the listener runs

  private:
    void answer_first() {
        auto [delivery, done] = std::move(m_held.front());
        m_held.pop_front();
        Receipt receipt;
        receipt.error = error;
        receipt.outcomes.assign(delivery.reports.size(), jobtally::model::Outcome::stored);
        receipt.delivery = std::move(delivery);
        done(std::move(receipt));
    }

    const bool m_answers_at_once;
    std::mutex m_mutex;
    std::deque<std::pair<Delivery, std::function<void(Receipt)>>> m_held;
};

ListenOptions local_options() {
    ListenOptions options;
    options.binds = {jobtally::listen::parse_bind_address("127.0.0.1:0")};
    return options;
}

// A listener that serves in a thread of its own.
struct Serving {
    Serving(const ListenOptions& options, jobtally::ingest::DeliverySink& sink,
            ListenHooks hooks = {})
        : listener(options, sink, std::move(hooks)), thread([this] { listener.run(); }) {}
    ~Serving() { stop(); }
    void stop() {
        listener.stop();
        if (thread.joinable()) thread.join();
    }
    Listener listener;
    std::thread thread;
};

class ClientSocket {
  public:
    // `http://127.0.0.1:PORT/` or `unix:PATH`.
    explicit ClientSocket(const std::string& url) {
        sockaddr_un local{};
        sockaddr_in ip{};
        const bool is_unix = url.starts_with("unix:");
        if (is_unix) {
            local.sun_family = AF_UNIX;
            url.copy(local.sun_path, sizeof(local.sun_path) - 1, 5);
        } else {
            ip.sin_family = AF_INET;
            ip.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            ip.sin_port =
                htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
        }
        m_fd = ::socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
        const auto* name =
            is_unix ? reinterpret_cast<sockaddr*>(&local) : reinterpret_cast<sockaddr*>(&ip);
        REQUIRE(::connect(m_fd, name, is_unix ? sizeof local : sizeof ip) == 0);
        const timeval patience{10, 0};
        ::setsockopt(m_fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    ~ClientSocket() { ::close(m_fd); }
    ClientSocket(const ClientSocket&) = delete;
    ClientSocket& operator=(const ClientSocket&) = delete;

    void send(std::string_view bytes) { ::send(m_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
    // The head and body of one answer; empty when the connection ends.
    std::string read_answer() {
        char room[4096];
        const auto bytes = ::recv(m_fd, room, sizeof room, 0);
        return bytes > 0 ? std::string(room, static_cast<std::size_t>(bytes)) : std::string();
    }

  private:
    int m_fd;
};

std::string post_of(std::string_view body, std::string_view fields = "") {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

const std::string small_report =
    R"({"id": "a", "status": "SUCCESS", "created_at": "2026-11-01T00:00:00Z"})";

bool comes_true(const std::function<bool()>& condition) {
    for (int i = 0; i < 500; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

}  // namespace

TEST_CASE("a failing sink is answered 503 and its body handed out as a last resort", "[listen]") {
    ScriptedSink sink;
    sink.error = "the disk is full";
    std::string lost;
    jobtally::listen::AccessRecord record;
    ListenHooks hooks;
    hooks.lost = [&](std::string_view body, std::string_view, bool is_whole) {
        lost = body;
        CHECK(is_whole);
    };
    hooks.access = [&](const jobtally::listen::AccessRecord& r) { record = r; };
    Serving serving(local_options(), sink, hooks);
    ClientSocket client(serving.listener.urls().front());
    client.send(post_of(small_report));
    const auto answer = client.read_answer();
    CHECK(answer.starts_with("HTTP/1.1 503 "));
    CHECK(answer.find("Retry-After: ") != std::string::npos);
    CHECK(answer.find("disk") == std::string::npos);
    serving.stop();
    CHECK(lost == small_report);
    CHECK(record.status == 503);
    CHECK(record.problem == "the disk is full");
    CHECK(record.body_bytes == small_report.size());
}

TEST_CASE("a request for which there is no memory is answered 503 and counted", "[listen]") {
    struct PoorSink final : jobtally::ingest::DeliverySink {
        void submit(Delivery, std::function<void(Receipt)>) override { throw std::bad_alloc(); }
    } sink;
    auto options = local_options();
    options.authorizations = {{"one", "Bearer one"}};
    std::atomic<int> lost = 0;
    ListenHooks hooks;
    hooks.lost = [&](std::string_view, std::string_view, bool) { ++lost; };
    Serving serving(options, sink, hooks);
    for (const auto& [fields, status] :
         {std::pair{"", "401 "}, {"Authorization: Bearer one\r\n", "503 "}}) {
        ClientSocket client(serving.listener.urls().front());
        client.send(post_of(small_report, fields));
        const auto answer = client.read_answer();
        CHECK(answer.starts_with(std::string("HTTP/1.1 ") + status));
        CHECK((answer.find("Retry-After: ") != std::string::npos) == (*status == '5'));
    }
    CHECK(lost == 1);
}

TEST_CASE("stop waits for receipts and answers them", "[listen]") {
    ScriptedSink sink(false);
    Serving serving(local_options(), sink);
    ClientSocket client(serving.listener.urls().front());
    client.send(post_of(small_report));
    REQUIRE(comes_true([&] { return sink.held() == 1; }));
    serving.listener.stop();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    sink.answer_one();
    const auto answer = client.read_answer();
    CHECK(answer.starts_with("HTTP/1.1 200 "));
    CHECK(answer.find("Connection: close") != std::string::npos);
    serving.stop();
}

TEST_CASE("a stop while an answer is on its way ends its connection", "[listen]") {
    struct StoppingSink final : jobtally::ingest::DeliverySink {
        void submit(Delivery delivery, std::function<void(Receipt)> done) override {
            Receipt receipt;
            receipt.outcomes.assign(delivery.reports.size(), jobtally::model::Outcome::stored);
            receipt.delivery = std::move(delivery);
            done(std::move(receipt));
            stop();  // in the queue it stands behind the answer, and before the answer's end
        }
        std::function<void()> stop;
    } sink;
    Serving serving(local_options(), sink);
    sink.stop = [&] { serving.listener.stop(); };
    ClientSocket client(serving.listener.urls().front());
    const auto began = std::chrono::steady_clock::now();
    client.send(post_of(small_report));
    CHECK(client.read_answer().starts_with("HTTP/1.1 200 "));
    serving.stop();
    CHECK(std::chrono::steady_clock::now() - began < local_options().idle_timeout / 2);
}

TEST_CASE("large bodies beyond the budget wait for their turn, small ones don't", "[listen]") {
    const auto large_report = small_report + std::string(200'000, ' ');
    auto options = local_options();
    options.body_budget = large_report.size() + 10;
    ScriptedSink sink(false);
    Serving serving(options, sink);
    ClientSocket first(serving.listener.urls().front());
    ClientSocket second(serving.listener.urls().front());
    ClientSocket third(serving.listener.urls().front());
    first.send(post_of(large_report));
    REQUIRE(comes_true([&] { return sink.held() == 1; }));
    second.send(post_of(large_report));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    CHECK(sink.held() == 1);
    third.send(post_of(small_report));
    REQUIRE(comes_true([&] { return sink.held() == 2; }));
    sink.answer_one();
    CHECK(first.read_answer().starts_with("HTTP/1.1 200 "));
    REQUIRE(comes_true([&] { return sink.held() == 2; }));
    sink.answer_one();
    sink.answer_one();
    CHECK(second.read_answer().starts_with("HTTP/1.1 200 "));
    CHECK(third.read_answer().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("accepted authorizations can be exchanged while serving", "[listen]") {
    auto options = local_options();
    options.authorizations = {{"old", "Bearer old"}};
    ScriptedSink sink;
    Serving serving(options, sink);
    ClientSocket client(serving.listener.urls().front());
    client.send(post_of(small_report, "Authorization: Bearer old\r\n"));
    CHECK(client.read_answer().starts_with("HTTP/1.1 200 "));
    CHECK_THROWS_AS(serving.listener.accept_authorizations({}), jobtally::UsageError);
    serving.listener.accept_authorizations({{"new", "Bearer new"}});
    client.send(post_of(small_report, "Authorization: Bearer new\r\n"));
    CHECK(client.read_answer().starts_with("HTTP/1.1 200 "));
    client.send(post_of(small_report, "Authorization: Bearer old\r\n"));
    CHECK(client.read_answer().starts_with("HTTP/1.1 401 "));
}

TEST_CASE("a unix socket is private, replaced when stale, and taken away", "[listen]") {
    const auto path = std::filesystem::temp_directory_path() /
                      ("jobtally-" + std::to_string(::getpid()) + ".sock");
    ListenOptions options;
    options.binds = {jobtally::listen::parse_bind_address("unix:" + path.string())};
    ScriptedSink sink;
    {
        // Left behind by a process that is gone.
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        path.string().copy(name.sun_path, sizeof(name.sun_path) - 1);
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
        ::close(fd);
    }
    {
        Serving serving(options, sink);
        struct stat status {};
        REQUIRE(::stat(path.c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0600);
        CHECK_THROWS_AS(Listener(options, sink), jobtally::Error);
        ClientSocket client(serving.listener.urls().front());
        client.send(post_of(small_report));
        CHECK(client.read_answer().starts_with("HTTP/1.1 200 "));
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("an address in use and an open door are refused with a cure", "[listen]") {
    ScriptedSink sink;
    const Listener first(local_options(), sink);
    const auto url = first.urls().front();
    auto options = local_options();
    options.binds = {jobtally::listen::parse_bind_address(
        "127.0.0.1:" + url.substr(url.rfind(':') + 1, url.rfind('/') - url.rfind(':') - 1))};
    try {
        const Listener second(options, sink);
        FAIL("bound twice");
    } catch (const jobtally::Error& error) {
        CHECK(std::string(error.what()).find("in use") != std::string::npos);
        CHECK_FALSE(error.hint().empty());
    }
    options.binds = {jobtally::listen::parse_bind_address("0.0.0.0:0")};
    CHECK_THROWS_AS(Listener(options, sink), jobtally::UsageError);
    options.allow_anonymous = true;
    CHECK_NOTHROW(Listener(options, sink));
}

TEST_CASE("without descriptors the listener waits, and serves again", "[listen]") {
    ScriptedSink sink;
    int troubles = 0;
    ListenHooks hooks;
    hooks.trouble = [&](const std::string&) { ++troubles; };
    Serving serving(local_options(), sink, hooks);
    const auto url = serving.listener.urls().front();
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    ClientSocket client(url);
    client.send(post_of(small_report));
    REQUIRE(client.read_answer().starts_with("HTTP/1.1 200 "));
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    {
        // The client's own socket takes the last descriptor.
        const rlimit tight{static_cast<rlim_t>(lowest_free) + 1, before.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &tight);
        ClientSocket waiting(url);
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        ::setrlimit(RLIMIT_NOFILE, &before);
        waiting.send(post_of(small_report));
        CHECK(waiting.read_answer().starts_with("HTTP/1.1 200 "));
    }
    serving.stop();
    CHECK(troubles == 2);  // it can't accept; the first connection was closed for the second
}

TEST_CASE("those who ask for health together share one probe, which is an empty delivery",
          "[listen]") {
    auto options = local_options();
    options.admin_binds = options.binds;
    options.version = "1.2.3";
    ScriptedSink sink(false);
    Serving serving(options, sink);
    const std::string ask = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    ClientSocket first(serving.listener.admin_urls().front());
    ClientSocket second(serving.listener.admin_urls().front());
    first.send(ask);
    REQUIRE(comes_true([&] { return sink.held() == 1; }));
    second.send(ask);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    CHECK(sink.held() == 1);
    CHECK(sink.first_is_empty());
    sink.answer_one();
    CHECK(first.read_answer().starts_with("HTTP/1.1 200 "));
    CHECK(second.read_answer().find(R"("version": "1.2.3")") != std::string::npos);
    first.send(ask);  // the next one has a commit of its own
    REQUIRE(comes_true([&] { return sink.held() == 1; }));
    sink.answer_one();
    CHECK(first.read_answer().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("health tells why a commit fails, and that it takes too long", "[listen]") {
    auto options = local_options();
    options.admin_binds = options.binds;
    options.timeout = std::chrono::milliseconds(300);
    const std::string ask = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    ScriptedSink failing;
    failing.error = "the disk is \"full\"\n";
    {
        Serving serving(options, failing);
        ClientSocket client(serving.listener.admin_urls().front());
        client.send(ask);
        const auto answer = client.read_answer();
        CHECK(answer.starts_with("HTTP/1.1 503 "));
        CHECK(answer.find(R"({"status": "failing", "error": "the disk is \"full\"\\n", )") !=
              std::string::npos);
    }
    ScriptedSink silent(false);
    Serving serving(options, silent);
    ClientSocket client(serving.listener.admin_urls().front());
    client.send(ask);
    CHECK(client.read_answer().find("takes too long") != std::string::npos);
    silent.answer_one();
}

TEST_CASE("the heart beats for as long as the thread turns; lost bodies and the spool are counted",
          "[listen]") {
    auto options = local_options();
    options.admin_binds = options.binds;
    options.heartbeat_every = std::chrono::milliseconds(20);
    ScriptedSink sink;
    sink.error = "no";
    std::atomic<int> beats = 0;
    ListenHooks hooks;
    hooks.heartbeat = [&] { ++beats; };
    hooks.spooled_bodies = [] { return 7; };
    Serving serving(options, sink, hooks);
    REQUIRE(comes_true([&] { return beats > 5; }));
    ClientSocket client(serving.listener.urls().front());
    client.send(post_of(small_report));
    CHECK(client.read_answer().starts_with("HTTP/1.1 503 "));
    ClientSocket admin(serving.listener.admin_urls().front());
    admin.send("GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    std::string page;
    for (auto piece = admin.read_answer(); !piece.empty(); piece = admin.read_answer())
        page += piece;
    CHECK(page.find("\njobtally_spooled_bodies 7\n") != std::string::npos);
    CHECK(page.find("\njobtally_results_total{result=\"lost\"} 1\n") != std::string::npos);
    CHECK(page.find("\njobtally_last_commit") == std::string::npos);
    serving.stop();
    const int last = beats;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    CHECK(beats == last);
}
