#include "core/ingest/spool.hpp"

#include "core/store/file/last_word.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/store/reports/rejected.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ingest/ingest_folder.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace spool_test {

using jobtally::ingest::Spool;
using jobtally::store::Store;
using namespace std::chrono_literals;

Receipt receipt_with(const std::string& body, std::int64_t micros = 1'000'000) {
    Receipt receipt;
    receipt.delivery = jobtally::ingest::decode(body, "http 192.0.2.7",
                                                jobtally::time::instant_from_micros(micros));
    receipt.delivery.body = body;
    return receipt;
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

WriterOptions with_spool(const IngestFolder& folder) {
    WriterOptions options;
    options.patience = options.settle_patience = 20ms;
    options.spool = Spool(folder.path / "spool");
    return options;
}

Delivery with_body(const std::string& body) {
    auto delivery = delivery_of(body);
    delivery.body = body;
    return delivery;
}

// Root is barred by no mode: in the life of one of these it acts as another, to whom `folder` goes.
struct NotRoot {
    explicit NotRoot(const std::filesystem::path& folder) {
        if (!m_is_root) return;
        REQUIRE(::chown(folder.c_str(), 12346, 12346) == 0);
        REQUIRE(::seteuid(12346) == 0);
    }
    ~NotRoot() {
        if (m_is_root && ::seteuid(0) != 0) std::abort();
    }
    NotRoot(const NotRoot&) = delete;
    NotRoot& operator=(const NotRoot&) = delete;

  private:
    bool m_is_root = ::geteuid() == 0;
};

void wait_until_empty(const Spool& spool) {
    for (int i = 0; i < 1000 && !spool.waiting().empty(); ++i) std::this_thread::sleep_for(10ms);
}

}  // namespace spool_test

using namespace spool_test;

TEST_CASE("the spool keeps bodies to the byte, oldest first, with time and sender", "[ingest]") {
    const IngestFolder folder;
    Spool spool(folder.path / "spool");
    CHECK(spool.waiting().empty());  // no folder yet
    const std::string odd("{\"id\": \"\xff\0\r\n", 12);
    auto late = receipt_with(report_text("a"), 2'000'000);
    auto early = receipt_with(odd, 1'000'000);
    auto empty = receipt_with("", 3'000'000);
    Receipt* const receipts[] = {&late, &early, &empty};
    CHECK_FALSE(spool.keep(receipts).has_value());
    CHECK((late.is_spooled && early.is_spooled && empty.is_spooled));
    const auto names = spool.waiting();
    REQUIRE(names.size() == 3);
    CHECK(spool.read(names[1])->sender.empty());
    CHECK(bytes_of(spool.folder() / names[0]) == odd);
    CHECK(bytes_of(spool.folder() / names[2]).empty());
    const auto read = spool.read(names[1]);
    REQUIRE(read.has_value());
    CHECK(read->reports.at(0).id == "a");
    CHECK(read->source == "http 192.0.2.7");
    CHECK(read->received_at == jobtally::time::instant_from_micros(2'000'000));
    CHECK(spool.read(names[0])->rejections.size() == 1);
    struct stat status {};
    ::stat(spool.folder().c_str(), &status);
    CHECK((status.st_mode & 0777) == 0700);
    ::stat((spool.folder() / names[0]).c_str(), &status);
    CHECK((status.st_mode & 0777) == 0600);
    for (const auto& name : names) spool.drop(name);
    CHECK(spool.waiting().empty());
    CHECK_FALSE(spool.read(names[0]).has_value());
}

TEST_CASE("a spool that bars its own user is given its mode back", "[ingest]") {
    const IngestFolder folder;
    const NotRoot user(folder.path);
    Spool spool(folder.path / "spool");
    spool.prepare();
    const auto mode_after = [&](mode_t mode) {
        REQUIRE(::chmod(spool.folder().c_str(), mode) == 0);
        auto receipt = receipt_with(report_text("a"));
        Receipt* const receipts[] = {&receipt};
        const bool has_failed = spool.keep(receipts).has_value();
        CHECK(has_failed != receipt.is_spooled);
        struct stat status {};
        REQUIRE(::stat(spool.folder().c_str(), &status) == 0);
        return status.st_mode & 0777;
    };
    for (const mode_t mode : {0640, 0300, 0100, 0}) CHECK(mode_after(mode) == 0700);
    CHECK(mode_after(0750) == 0750);
    CHECK(mode_after(0660) == 0660);  // others may have put something there
    REQUIRE(::chmod(spool.folder().c_str(), 0300) == 0);
    REQUIRE(spool.barred().has_value());
    CHECK(std::string(spool.barred()->what())
              .ends_with("bars its own user: what waits there can't be counted"));
    CHECK_THROWS_AS(spool.waiting(), jobtally::IoError);
}

TEST_CASE("a folder that bars its user from nothing keeps its mode", "[ingest]") {
    if (::geteuid() != 0) return;
    const IngestFolder folder;
    Spool spool(folder.path / "spool");
    spool.prepare();
    REQUIRE(::chmod(spool.folder().c_str(), 0555) == 0);  // as /proc, which somebody may name
    auto receipt = receipt_with(report_text("a"));
    Receipt* const receipts[] = {&receipt};
    CHECK_FALSE(spool.keep(receipts).has_value());
    struct stat status {};
    REQUIRE(::stat(spool.folder().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0555);
}

TEST_CASE("a spool to which the group of its store may write is used, no other", "[ingest]") {
    const IngestFolder folder;
    std::ofstream(folder.path / "store.db");
    Spool spool(folder.path / "spool", folder.path / "store.db");
    spool.prepare();
    const auto takes = [&](mode_t store, mode_t mode) {
        REQUIRE(::chmod((folder.path / "store.db").c_str(), store) == 0);
        REQUIRE(::chmod(spool.folder().c_str(), mode) == 0);
        auto receipt = receipt_with(report_text("a"));
        Receipt* const receipts[] = {&receipt};
        return !spool.keep(receipts).has_value();
    };
    CHECK(takes(0600, 0700));
    CHECK_FALSE(takes(0600, 02770));
    CHECK_FALSE(takes(0640, 02770));
    CHECK(takes(0660, 02770));
    CHECK_FALSE(takes(0666, 0702));
    REQUIRE(spool.barred().has_value());
    CHECK(std::string(spool.barred()->what()).ends_with(": 2 bodies wait there and are not taken"));
    if (::geteuid() != 0) return;
    REQUIRE(::chown(spool.folder().c_str(), 0, 12346) == 0);
    CHECK_FALSE(takes(0660, 02770));
}

TEST_CASE("what waits in a former spool is moved to the new one", "[ingest]") {
    const IngestFolder folder;
    const auto other_disk = GENERATE(false, true);
    Spool former(folder.path / "former");
    auto first = receipt_with(report_text("a"), 1'000'000);
    auto second = receipt_with(report_text("b"), 2'000'000);
    Receipt* const receipts[] = {&first, &second};
    REQUIRE_FALSE(former.keep(receipts).has_value());
    const auto names = former.waiting();
    const std::filesystem::path shared_memory =
        "/dev/shm/jobtally-test-" + std::to_string(::getpid());
    Spool spool(other_disk ? shared_memory : folder.path / "spool");
    spool.prepare();
    CHECK(spool.take_over(former) == 2);
    CHECK(former.waiting().empty());
    CHECK(spool.waiting() == names);
    CHECK(spool.read(names[1])->reports.at(0).id == "b");
    CHECK(spool.take_over(former) == 0);
    std::filesystem::remove_all(shared_memory);
}

TEST_CASE("a spool elsewhere is found by its link, which what is kept makes again", "[ingest]") {
    const IngestFolder folder;
    const auto store = folder.path / "a.db", link = folder.path / "a.db-spool";
    {
        Spool used(folder.path / "first", store);
        used.prepare();
        used.remember_as(link);
        std::filesystem::remove(link);
        auto receipt = receipt_with("{}");
        std::vector kept{&receipt};
        CHECK_FALSE(used.keep(kept).has_value());
        REQUIRE(std::filesystem::is_symlink(link));
        CHECK(Spool(link, store).waiting().size() == 1);
    }
    CHECK_FALSE(Spool(link, store).replaced().has_value());
    std::filesystem::remove_all(folder.path / "first");
    {
        Spool anew(folder.path / "first", store);
        anew.prepare();
        CHECK(Spool(link, store).replaced().has_value());  // on another disk
        anew.remember_as(link);
        CHECK_FALSE(Spool(link, store).replaced().has_value());
        std::filesystem::remove_all(folder.path / "first");
        CHECK(anew.follow());
        CHECK_FALSE(Spool(link, store).replaced().has_value());
        anew.leave();
        std::filesystem::remove_all(folder.path / "first");
        CHECK_FALSE(Spool(link, store).lost().has_value());
        anew.follow();
        anew.remember_as(link);
    }
    std::filesystem::rename(folder.path / "first", folder.path / "moved");
    std::filesystem::copy(folder.path / "moved", folder.path / "copy");
    CHECK(Spool(folder.path / "moved", store).is_that_of(link));
    CHECK_FALSE(Spool(folder.path / "copy", store).is_that_of(link));

    Spool second(folder.path / "second", store);
    second.prepare();
    std::filesystem::remove(link);
    second.remember_as(link);
    CHECK(second.is_that_of(link));
    CHECK_FALSE(Spool(folder.path / "moved", store).is_that_of(link));
}

TEST_CASE("the spool remembers who sent a body, whatever the name", "[ingest]") {
    const IngestFolder folder;
    Spool spool(folder.path / "spool");
    const std::string longest(119, 'x');
    for (const std::string& sender : {std::string("north"), std::string("a/../b-%2d.json"),
                                      std::string("\xe6\x97\xa5"), longest, longest + "x"}) {
        auto receipt = receipt_with(report_text("a"));
        receipt.delivery.sender = sender;
        Receipt* const receipts[] = {&receipt};
        REQUIRE_FALSE(spool.keep(receipts).has_value());
        const auto names = spool.waiting();
        REQUIRE(names.size() == 1);
        const auto read = spool.read(names.front());
        REQUIRE(read.has_value());
        CHECK(read->source == "http 192.0.2.7");
        CHECK(read->sender == (sender.size() > 119 ? "" : sender));
        spool.drop(names.front());
    }
}

TEST_CASE("the rest of a refused body that did not come is told from the spool, too", "[ingest]") {
    const IngestFolder folder;
    Spool spool(folder.path / "spool");
    spool.prepare();
    const std::string body = R"({"id":"a","status":"FAILURE","created_at":"2026-11-20T02:00:00Z"})";
    for (const bool is_whole : {true, false}) {
        Receipt receipt;
        receipt.delivery =
            jobtally::ingest::reject(body + "\n{", is_whole, "answered 404", "http 192.0.2.7",
                                     jobtally::time::instant_from_micros(1'000'000));
        receipt.delivery.body = body;
        receipt.delivery.sender = "north";
        Receipt* const kept = &receipt;
        REQUIRE(!spool.keep(std::span(&kept, 1)));
        REQUIRE(spool.waiting().size() == 1);
        const auto name = spool.waiting().front();
        const auto read = spool.read(name);
        REQUIRE(read);
        CHECK(read->reports.size() == 1);
        CHECK(read->source == "http 192.0.2.7");
        CHECK(read->sender == "north");
        REQUIRE(read->rejections.size() == (is_whole ? 0 : 1));
        if (!is_whole)
            CHECK(read->rejections[0].reason.starts_with("of a refused request only 65 bytes"));
        CHECK(!spool.drop(name));
    }
}

TEST_CASE("what is not a finished file of the spool is left alone", "[ingest]") {
    const IngestFolder folder;
    Spool spool(folder.path / "spool");
    spool.prepare();
    spool.prepare();  // twice does no harm
    for (const std::string name : {"README", "00000000000001000000-1-1-unix.json.part",
                                   "12-1-1-unix.json", "00000000000001000000-1-unix.json"})
        std::ofstream(spool.folder() / name) << report_text("x");
    CHECK(spool.waiting().empty());
}

TEST_CASE("what a killed process has left unfinished is taken after a while", "[ingest]") {
    const IngestFolder folder;
    Spool spool(folder.path / "spool");
    spool.prepare();
    const auto part = spool.folder() / "00000000000000000007-1-1-127.0.0.1.json.part";
    std::ofstream(part) << report_text("a");
    CHECK(spool.waiting().empty());
    std::filesystem::last_write_time(
        part, std::filesystem::file_time_type::clock::now() - std::chrono::minutes(2));
    REQUIRE(spool.waiting().size() == 1);
    const auto delivery = spool.read(spool.waiting().front());
    REQUIRE(delivery.has_value());
    CHECK(delivery->source == "http 127.0.0.1");
    CHECK(delivery->reports.size() == 1);
    spool.drop(spool.waiting().front());
    CHECK_FALSE(std::filesystem::exists(part));
}

TEST_CASE("a file of another user in the spool is not taken", "[ingest]") {
    if (::geteuid() != 0) return;  // only root can give files away
    const IngestFolder folder;
    Spool spool(folder.path / "spool");
    auto receipt = receipt_with(report_text("a"));
    Receipt* const receipts[] = {&receipt};
    CHECK_FALSE(spool.keep(receipts).has_value());
    const auto name = spool.waiting().at(0);
    REQUIRE(::chown((spool.folder() / name).c_str(), 12346, 12346) == 0);
    CHECK_THROWS_AS(spool.read(name), jobtally::IoError);
    REQUIRE(::chown((spool.folder() / name).c_str(), 0, 0) == 0);
    CHECK(spool.read(name).has_value());
}

TEST_CASE("a spool is left alone by a copy of its store, and follows a store that moves",
          "[ingest]") {
    const IngestFolder folder;
    const auto spool_of = [&](const char* store) {
        return Spool(folder.path / "spool", folder.path / store);
    };
    std::ofstream(folder.path / "real.db");
    std::ofstream(folder.path / "copy.db");
    auto real = spool_of("real.db");
    real.prepare();
    auto receipt = receipt_with(report_text("a"));
    Receipt* const receipts[] = {&receipt};
    CHECK_FALSE(real.keep(receipts).has_value());
    CHECK_THROWS_AS(spool_of("copy.db").waiting(), jobtally::IoError);
    CHECK_THROWS_AS(spool_of("copy.db").prepare(), jobtally::IoError);
    CHECK(spool_of("real.db").waiting().size() == 1);
    const auto relative = std::filesystem::relative(folder.path / "real.db");
    CHECK(Spool(folder.path / "spool", relative).waiting().size() == 1);
    std::filesystem::rename(folder.path / "real.db", folder.path / "moved.db");
    std::filesystem::create_symlink(folder.path / "moved.db", folder.path / "real.db");
    CHECK(spool_of("moved.db").waiting().size() == 1);
    std::filesystem::remove(folder.path / "real.db");
    spool_of("moved.db").prepare();
    CHECK(spool_of("moved.db").waiting().size() == 1);
    CHECK_THROWS_AS(spool_of("copy.db").waiting(), jobtally::IoError);
}

TEST_CASE("a sender's name never leads out of the spool", "[ingest]") {
    const IngestFolder folder;
    Spool spool(folder.path / "spool");
    auto receipt = receipt_with(report_text("a"));
    receipt.delivery.source = "http ../../x";
    Receipt* const receipts[] = {&receipt};
    CHECK_FALSE(spool.keep(receipts).has_value());
    REQUIRE(spool.waiting().size() == 1);
    CHECK(spool.read(spool.waiting()[0])->source == "http unknown");
}

TEST_CASE("a body that can't be written is not called spooled", "[ingest]") {
    const IngestFolder folder;
    std::ofstream(folder.path / "spool") << "a file stands in the way";
    Spool spool(folder.path / "spool");
    CHECK_THROWS_AS(spool.prepare(), jobtally::IoError);
    auto receipt = receipt_with(report_text("a"));
    Receipt* const receipts[] = {&receipt};
    CHECK(spool.keep(receipts).has_value());
    CHECK_FALSE(receipt.is_spooled);
    // Nor one that was written in part: a limit of the file size stands in for a full disk.
    Spool other(folder.path / "other");
    other.prepare();
    auto small = receipt_with("{}");
    auto large = receipt_with(std::string(5000, ' '));
    Receipt* const both[] = {&large, &small};
    struct rlimit limit {};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    auto tight = limit;
    tight.rlim_cur = 4096;
    ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &tight);
    CHECK(other.keep(both).has_value());
    ::setrlimit(RLIMIT_FSIZE, &limit);
    CHECK_FALSE(large.is_spooled);
    CHECK(small.is_spooled);
    CHECK(std::distance(std::filesystem::directory_iterator(other.folder()), {}) == 1);
}

TEST_CASE("what a busy store can't take is spooled, and stored by itself", "[ingest]") {
    const IngestFolder folder;
    std::atomic<std::size_t> taken = 0;
    auto options = with_spool(folder);
    static constexpr jobtally::time::Instant stored_at{std::chrono::seconds(42)};
    options.clock = [] { return stored_at; };
    WriterHooks hooks;
    hooks.from_spool = [&](std::size_t bodies) { taken += bodies; };
    Writer writer(store_to_write(folder), options, hooks);
    {
        auto other = store_to_write(folder);
        const jobtally::store::WriteTransaction holds_the_guard(other);
        const auto receipt = receipt_of(writer, with_body(report_text("a") + "rubbish"));
        CHECK(receipt.is_spooled);
        CHECK_FALSE(receipt.error.has_value());
        CHECK(receipt.tally.read() == 0);
        // A file can be loaded again: it is told, not spooled.
        CHECK(receipt_of(writer, delivery_of(report_text("b"))).error.has_value());
        CHECK(options.spool->waiting().size() == 1);
    }
    wait_until_empty(*options.spool);
    writer.finish();
    CHECK(taken == 1);
    const auto reader = Store::open_to_read(folder.store());
    REQUIRE(jobtally::store::find_report(reader, "a").has_value());
    CHECK(jobtally::store::find_report(reader, "a")->received_at == stored_at);
    const auto rejected = jobtally::store::list_rejected(reader, 0);
    REQUIRE(rejected.size() == 1);
    CHECK(rejected.front().source == "http 127.0.0.1");
    CHECK(rejected.front().received_at == stored_at);
}

TEST_CASE("bodies of a spool that is moved are stored; a deleted one is told", "[ingest]") {
    const IngestFolder folder;
    auto options = with_spool(folder);
    options.spool->prepare();
    options.is_listener = true;
    std::vector<std::string> told;
    WriterHooks hooks;
    hooks.trouble = [&](const jobtally::Error& error, jobtally::ingest::Failing) {
        told.emplace_back(error.what());
    };
    Writer writer(store_to_write(folder), options, hooks);
    writer.count_as_up(true);
    {
        auto other = store_to_write(folder);
        const jobtally::store::WriteTransaction holds_the_guard(other);
        CHECK(receipt_of(writer, with_body(report_text("moved"))).is_spooled);
        std::filesystem::rename(folder.path / "spool", folder.path / "moved");
        CHECK(receipt_of(writer, with_body(report_text("new"))).is_spooled);
        std::this_thread::sleep_for(1200ms);
        CHECK(options.spool->waiting().size() == 2);
        std::filesystem::remove_all(folder.path / "spool");
        CHECK(receipt_of(writer, with_body(report_text("newest"))).is_spooled);
        std::this_thread::sleep_for(1200ms);
    }
    wait_until_empty(*options.spool);
    writer.finish();
    const auto is_told = [](const std::string& what) {
        return what.ends_with("was deleted while 2 bodies waited there");
    };
    CHECK(std::count_if(told.begin(), told.end(), is_told) == 1);
    const auto reader = Store::open_to_read(folder.store());
    CHECK(jobtally::store::find_report(reader, "newest").has_value());
    const auto rejected = jobtally::store::list_rejected(reader, 0);
    REQUIRE(rejected.size() == 1);
    CHECK(rejected.front().reason.starts_with("2 requests were answered 202"));
}

TEST_CASE("what waits in the spool is stored at the next start, however much", "[ingest]") {
    const IngestFolder folder;
    auto options = with_spool(folder);
    std::vector<Receipt> receipts;
    std::vector<Receipt*> pointers;
    for (int i = 0; i < 600; ++i) receipts.push_back(receipt_with(report_text(std::to_string(i))));
    for (auto& receipt : receipts) pointers.push_back(&receipt);
    CHECK_FALSE(options.spool->keep(pointers).has_value());
    Writer writer(store_to_write(folder), options);
    wait_until_empty(*options.spool);
    writer.finish();
    CHECK(jobtally::store::read_page(Store::open_to_read(folder.store()), 0, 1000).size() == 600);
}

TEST_CASE("a file of the spool that can't be read keeps no other waiting", "[ingest]") {
    const IngestFolder folder;
    auto options = with_spool(folder);
    auto receipt = receipt_with(report_text("a"));
    Receipt* const pointers[] = {&receipt};
    CHECK_FALSE(options.spool->keep(pointers).has_value());
    const std::string first = "00000000000000000001-1-1-unknown.json";
    REQUIRE(::mkfifo((options.spool->folder() / first).c_str(), 0600) == 0);
    std::atomic<int> troubles = 0;
    WriterHooks hooks;
    hooks.trouble = [&](const jobtally::Error&, Failing failing) {
        if (failing == Failing::spool) ++troubles;
    };
    Writer writer(store_to_write(folder), options, hooks);
    for (int i = 0; i < 1000 && options.spool->waiting().size() > 1; ++i)
        std::this_thread::sleep_for(10ms);
    writer.finish();
    CHECK(options.spool->waiting() == std::vector{first});
    CHECK(troubles == 1);
    CHECK_FALSE(writer.has_lost_store());
    CHECK(jobtally::store::find_report(Store::open_to_read(folder.store()), "a").has_value());
}

TEST_CASE("a writer starts without a store and finds it later", "[ingest]") {
    const IngestFolder folder;
    std::atomic<bool> works = false;
    auto options = with_spool(folder);
    std::atomic<int> troubles = 0, cures = 0;
    WriterHooks hooks;
    hooks.trouble = [&](const jobtally::Error&, Failing failing) {
        if (failing == Failing::store) ++troubles;
    };
    hooks.store_works_again = [&] { ++cures; };
    Writer writer(std::nullopt, options, hooks, [&] {
        if (!works)
            throw jobtally::store::StoreError(jobtally::store::StoreError::Kind::newer, "too new");
        return store_to_write(folder);
    });
    CHECK(receipt_of(writer, with_body(report_text("a"))).is_spooled);
    CHECK(receipt_of(writer, Delivery{}).error.has_value());
    works = true;
    CHECK(receipt_of(writer, with_body(report_text("b"))).tally.stored == 1);
    wait_until_empty(*options.spool);
    writer.finish();
    CHECK(troubles == 1);  // the same trouble, however often it was met
    CHECK(cures == 1);
    CHECK_FALSE(writer.has_lost_store());
    CHECK(jobtally::store::find_report(Store::open_to_read(folder.store()), "a").has_value());
}

TEST_CASE("a store that can't be synced at the start is waited for", "[ingest]") {
    using jobtally::store::StoreError;
    const IngestFolder folder;
    std::atomic<bool> works = false;
    auto options = with_spool(folder);
    options.is_listener = true;
    options.store = folder.store();
    options.spool->prepare();
    std::atomic<int> lost = 0;
    WriterHooks hooks;
    hooks.store_is_lost = [&] { ++lost; };
    Writer writer(std::nullopt, options, hooks, [&] {
        if (!works) throw StoreError(StoreError::Kind::sync_failed, "can't be synced");
        return store_to_write(folder);
    });
    writer.count_as_up(true);
    CHECK(receipt_of(writer, with_body(report_text("a"))).is_spooled);
    works = true;
    { const auto created = store_to_write(folder); }  // a change, which is seen within the minute
    wait_until_empty(*options.spool);
    CHECK(receipt_of(writer, with_body(report_text("b"))).tally.stored == 1);
    writer.finish();
    CHECK(lost == 0);
    CHECK_FALSE(writer.has_lost_store());
    CHECK(jobtally::store::find_report(Store::open_to_read(folder.store()), "a").has_value());
}

TEST_CASE("a listener was up while its store did not work, if its spool did", "[ingest]") {
    using jobtally::store::StoreError;
    const IngestFolder folder;
    const bool has_spool = GENERATE(true, false);
    std::atomic<std::int64_t> seconds = 100, signs = 0;
    std::atomic<bool> works = false;
    auto options = has_spool ? with_spool(folder) : WriterOptions{};
    if (has_spool) options.spool->prepare();
    options.is_listener = true;
    options.alive_every = 5ms;
    options.clock = [&] {
        ++signs;
        return jobtally::time::Instant{std::chrono::seconds(seconds)};
    };
    Writer writer(std::nullopt, options, {}, [&] {
        if (!works) throw StoreError(StoreError::Kind::other, "not now");
        return store_to_write(folder);
    });
    writer.count_as_up(true);
    while (signs < 5) std::this_thread::sleep_for(1ms);
    seconds = 150;
    const auto before = signs.load();
    while (signs < before + 5) std::this_thread::sleep_for(1ms);
    works = true;
    CHECK_FALSE(receipt_of(writer, Delivery{}).error.has_value());
    writer.finish();
    const auto spans = jobtally::store::read_uptime(Store::open_to_read(folder.store()));
    REQUIRE(spans.size() == 1);
    CHECK(spans[0].begun_at ==
          jobtally::time::Instant{std::chrono::seconds(has_spool ? 100 : 150)});
}

TEST_CASE("an empty delivery is answered after a commit", "[ingest]") {
    const IngestFolder folder;
    std::atomic<std::int64_t> seconds = 100;
    auto options = with_spool(folder);
    options.is_listener = true;
    options.clock = [&] { return jobtally::time::Instant{std::chrono::seconds(seconds++)}; };
    Writer writer(store_to_write(folder), options);
    writer.count_as_up(true);
    const auto alive_at = [&] {
        return jobtally::store::read_uptime(Store::open_to_read(folder.store()))
            .at(0)
            .last_alive_at;
    };
    CHECK_FALSE(receipt_of(writer, Delivery{}).error.has_value());
    const auto before = alive_at();
    CHECK_FALSE(receipt_of(writer, Delivery{}).error.has_value());
    CHECK(alive_at() > before);
    auto other = store_to_write(folder);
    const jobtally::store::WriteTransaction holds_the_guard(other);
    const auto receipt = receipt_of(writer, Delivery{});
    CHECK(receipt.error.has_value());
    CHECK_FALSE(receipt.is_spooled);
}

TEST_CASE("a body that could not be read for want of memory waits in the spool", "[ingest]") {
    const IngestFolder folder;
    auto options = with_spool(folder);
    Delivery unread;
    unread.body = report_text("unread");
    unread.source = "http 192.0.2.7";
    {
        Writer writer(store_to_write(folder), options);
        CHECK(receipt_of(writer, unread).is_spooled);
    }
    Writer(store_to_write(folder), options).finish();
    const auto reader = Store::open_to_read(folder.store());
    CHECK(jobtally::store::find_report(reader, "unread").has_value());
    options.spool.reset();
    Writer writer(store_to_write(folder), options);
    CHECK(receipt_of(writer, unread).error == "out of memory");
}

TEST_CASE("what was answered 503 is told by one row, whichever process writes it", "[ingest]") {
    const IngestFolder folder;
    std::vector<std::string> lines;
    WriterOptions options;
    options.store = folder.store();
    WriterHooks hooks;
    hooks.losses = [&](const std::string& line) { lines.push_back(line); };
    { const auto makes_the_lock_file = store_to_write(folder); }
    CHECK(jobtally::store::note_losses(folder.store(), 2));  // by one that was killed
    for (int run = 0; run < 2; ++run) {
        Writer writer(store_to_write(folder), options, hooks);
        if (run == 0) writer.count_loss();
        writer.finish();
    }
    std::vector<std::string> reasons;
    for (const auto& row : jobtally::store::list_rejected(Store::open_to_read(folder.store()), 0))
        reasons.push_back(row.reason);
    CHECK(reasons == lines);
    std::int64_t told = 0;
    for (const auto& reason : reasons) told += std::stoi(reason);
    CHECK(told == 3);
    CHECK(reasons.size() <= 2);
    std::filesystem::remove(folder.store().string() + ".lock");
    CHECK_FALSE(jobtally::store::note_losses(folder.store(), 1));
    // Then it is noted in the spool.
    options.spool = with_spool(folder).spool;
    std::filesystem::create_directory(options.spool->folder());
    lines.clear();
    {
        Writer writer(std::nullopt, options, hooks,
                      []() -> Store { throw std::runtime_error("it can't be reached"); });
        writer.count_loss();
        writer.finish();
    }
    CHECK(lines.empty());
    for (int run = 0; run < 2; ++run) Writer(store_to_write(folder), options, hooks).finish();
    CHECK(lines == std::vector<std::string>{"1 request was answered 503 or refused, and not kept"});
}
