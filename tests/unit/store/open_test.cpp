// Opening: new, missing, foreign, newer, damaged files; modes; settings; who may write.
#include "core/store/file/connection.hpp"
#include "core/store/file/identity.hpp"
#include "core/store/segments/segments.hpp"
#include "core/store/upkeep/restore.hpp"
#include "core/store/upkeep/uptime.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/store/support.hpp"

#include <atomic>
#include <csignal>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace jobtally::store_tests;
namespace store = jobtally::store;
using Kind = store::StoreError::Kind;

template <class Act>
Kind kind_of(Act act, std::string* message = nullptr) {
    try {
        act();
    } catch (const store::StoreError& error) {
        if (message != nullptr) *message = error.what();
        return error.kind();
    }
    FAIL("nothing was thrown");
    return Kind::other;
}

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

void run_sql(const std::filesystem::path& path, const std::string& sql) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
    REQUIRE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(database);
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

TEST_CASE("a new store is private to its owner, with its folders and files", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "x/y/a.db";
    auto own = store::Store::open_to_write(path);
    put_one(own, report_of("a"));
    CHECK(mode_of(path) == 0600);
    for (const char* ending : {"-wal", "-shm", ".lock"}) {
        CHECK(mode_of(path.string() + ending) == 0600);
    }
    CHECK(mode_of(folder / "x") == 0700);
    CHECK(mode_of(folder / "x/y") == 0700);
    const auto& connection = own.connection();
    CHECK(connection.query_integer("PRAGMA application_id") == store::application_id);
    CHECK(connection.query_integer("PRAGMA synchronous") == 2);
    CHECK(connection.query_integer("PRAGMA wal_autocheckpoint") == 0);
    CHECK(connection.query_integer("PRAGMA foreign_keys") == 1);
    CHECK(connection.query_integer("PRAGMA trusted_schema") == 0);
    CHECK(connection.query_integer("PRAGMA cell_size_check") == 1);
    CHECK(store::read_status(own).reports == 1);
}

TEST_CASE("what can't be a store is refused with its kind", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    std::string message;
    CHECK(kind_of([&] { store::Store::open_to_read(path); }, &message) == Kind::missing);
    CHECK(message == "there is no store \"" + path.string() + "\"");
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK(kind_of([&] { store::Store::open_to_read(folder.path()); }) == Kind::foreign);
    CHECK(kind_of([&] { store::Store::open_to_write(folder.path()); }) == Kind::foreign);
    write_bytes(path, std::string(5000, 'x'));
    CHECK(kind_of([&] { store::Store::open_to_write(path); }) == Kind::foreign);
    CHECK(kind_of([&] { store::Store::open_to_read(path); }) == Kind::foreign);
    const auto other = folder / "other.db";
    run_sql(other, "CREATE TABLE t (x)");
    CHECK(kind_of([&] { store::Store::open_to_write(other); }) == Kind::foreign);
    CHECK(kind_of([&] { store::Store::open_to_read(other); }) == Kind::foreign);
    CHECK_FALSE(std::filesystem::exists(other.string() + ".lock"));
}

TEST_CASE("a newer store is refused, both versions named", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    store::Store::open_to_write(path);
    run_sql(path, "PRAGMA user_version = 99");
    std::string message;
    CHECK(kind_of([&] { store::Store::open_to_read(path); }, &message) == Kind::newer);
    CHECK(message == "store \"" + path.string() + "\" has schema version 99, this jobtally knows " +
                         std::to_string(store::schema_steps().size()));
    CHECK(kind_of([&] { store::Store::open_to_write(path); }) == Kind::newer);
}

TEST_CASE("a program that checkpoints while jobtally waits for it is no foreign hand", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    auto own = store::Store::open_to_write(path);
    put_one(own, report_of("a"));
    {
        const store::HeldGuard held(own.connection().guard(), std::chrono::steady_clock::now());
        own.connection().checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    }
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
    const auto run = [&](const char* sql) {
        return sqlite3_exec(other, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
    };
    REQUIRE(
        run("BEGIN IMMEDIATE; CREATE TABLE notes (text); "
            "INSERT INTO notes VALUES (zeroblob(100000))"));
    std::thread program([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    });
    CHECK_NOTHROW(put_one(own, report_of("b")));
    program.join();
    sqlite3_close(other);
    CHECK_NOTHROW(put_one(own, report_of("c")));
}

TEST_CASE("an empty file is taken as new, to write and to read", "[store]") {
    const TemporaryFolder folder;
    write_bytes(folder / "a.db", "");
    write_bytes(folder / "b.db", "");
    auto own = store::Store::open_to_write(folder / "a.db");
    CHECK(put_one(own, report_of("a")) == jobtally::model::Outcome::stored);
    const auto reader = store::Store::open_to_read(folder / "b.db");
    CHECK(store::read_status(reader).reports == 0);
}

TEST_CASE("cut and flipped stores give errors, never crashes", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    {
        auto own = store::Store::open_to_write(path);
        store::WriteTransaction transaction(own);
        for (int i = 0; i < 3000; ++i) transaction.put(report_of("id" + std::to_string(i)), at(i));
        transaction.commit();
    }
    {
        auto own = store::Store::open_to_write(path);
        store::settle(own);
    }
    std::filesystem::remove(path.string() + "-wal");
    std::filesystem::remove(path.string() + "-shm");
    std::ifstream file(path, std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(file)),
                            std::istreambuf_iterator<char>());
    ReportsByChance chance(3, 1);
    int errors = 0;
    const auto use = [&](const std::string& bytes) {
        const auto copy = folder / "copy.db";
        for (const char* ending : {"", "-wal", "-shm"}) {
            std::filesystem::remove(copy.string() + ending);
        }
        write_bytes(copy, bytes);
        try {
            auto own = store::Store::open_to_write(copy);
            store::scan_facts(own, {0x1ff, {}, store::WhichTime::created},
                              [](const store::FactBatch&) {});
            store::Catalogue::read(own);
            put_one(own, report_of("id1", 7));
            store::read_page(own, 0, 5000);
            store::settle(own);
        } catch (const store::StoreError&) {
            ++errors;
        }
    };
    for (std::size_t size = 1; size < whole.size(); size = size * 3 + 511)
        use(whole.substr(0, size));
    CHECK(errors > 5);
    for (int i = 0; i < 60; ++i) {
        auto flipped = whole;
        for (int k = 0; k < 20; ++k) {
            const auto place =
                static_cast<std::size_t>(chance.below(static_cast<int>(whole.size())));
            flipped[place] = static_cast<char>(flipped[place] ^ (1 << chance.below(8)));
        }
        use(flipped);
    }
}

TEST_CASE("a store can be read while it is written, and where nothing can be written", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    auto own = store::Store::open_to_write(path);
    put_one(own, report_of("a"));
    const auto reader = store::Store::open_to_read(path);
    {
        store::WriteTransaction transaction(own);
        transaction.put(report_of("b"), at(1));
        CHECK_FALSE(store::find_report(reader, "b"));
        transaction.commit();
    }
    CHECK(store::find_report(reader, "b"));
    auto not_own = store::Store::open_to_read(path);
    CHECK(kind_of([&] { store::WriteTransaction transaction(not_own); }) == Kind::not_writable);
    CHECK(kind_of([&] { store::settle(not_own); }) == Kind::not_writable);
}

// Whether another process finds the lock by which SQLite knows that the file is in use. A process
// does not see its own locks, hence the child; that closes the file harms nobody else's.
bool is_seen_in_use(const std::filesystem::path& path) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        struct flock lock {};
        lock.l_type = F_WRLCK;
        lock.l_whence = SEEK_SET;
        lock.l_start = 0x40000000 + 2;  // SHARED_FIRST of os_unix.c
        lock.l_len = 510;
        const int file = open(path.c_str(), O_RDWR);
        const bool is_known = file >= 0 && fcntl(file, F_GETLK, &lock) == 0;
        _exit(is_known && lock.l_type != F_UNLCK ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status == 0;
}

TEST_CASE("an open store is locked against those who would take its log away", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    CHECK(is_seen_in_use(path) == false);
    {
        auto fresh = store::Store::open_to_write(path);
        CHECK(is_seen_in_use(path));
        put_one(fresh, report_of("a"));
        store::settle(fresh);
    }
    std::filesystem::remove(path.string() + "-wal");  // nothing is left in it
    for (int round = 0; round < 2; ++round) {
        const auto reader = store::Store::open_to_read(path);
        CHECK(is_seen_in_use(path));
        auto writer = store::Store::open_to_write(path);
        CHECK(is_seen_in_use(path));
        put_one(writer, report_of("b"));
        CHECK(is_seen_in_use(path));
        CHECK(store::read_status(reader).reports == 2);
    }
}

TEST_CASE("a store whose files were taken away takes nothing more", "[store]") {
    const TemporaryFolder folder;
    for (const char* ending : {"", "-wal", "-shm"}) {
        const auto path = folder / (std::string("a") + ending + ".db").c_str();
        auto own = store::Store::open_to_write(path);
        put_one(own, report_of("a"));
        std::filesystem::rename(path.string() + ending, folder / "away");
        std::string message;
        CHECK(kind_of([&] { put_one(own, report_of("b")); }, &message) == Kind::replaced);
        CHECK(message.ends_with("was moved or deleted"));
        write_bytes(path.string() + ending, "");
        CHECK(kind_of([&] { put_one(own, report_of("b")); }, &message) == Kind::replaced);
        CHECK(message.ends_with("was replaced by another file"));
    }
}

TEST_CASE("a store whose log was cut takes nothing more; one that was emptied does", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    const auto log = path.string() + "-wal";
    auto own = store::Store::open_to_write(path);
    put_one(own, report_of("a"));
    {
        auto other = store::Store::open_to_write(path);
        put_one(other, report_of("b"));
        store::settle(other);
        other.connection().checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
        CHECK(std::filesystem::file_size(log) == 0);
    }
    put_one(own, report_of("c"));
    std::filesystem::resize_file(log, std::filesystem::file_size(log) - 1);
    std::string message;
    CHECK(kind_of([&] { put_one(own, report_of("d")); }, &message) == Kind::replaced);
    CHECK(message.ends_with("-wal\" was cut"));
    // Nor is what is left made whole again or copied.
    const auto left = std::filesystem::file_size(log);
    CHECK(kind_of([&] { store::begin_uptime(own, at(1), std::chrono::seconds(1)); }) ==
          Kind::replaced);
    CHECK(kind_of([&] { store::settle(own); }) == Kind::replaced);
    CHECK(kind_of([&] { own.connection().checkpoint(SQLITE_CHECKPOINT_PASSIVE); }) ==
          Kind::replaced);
    CHECK(std::filesystem::file_size(log) == left);
}

TEST_CASE("a store whose log's index was cut takes nothing more", "[store]") {
    const TemporaryFolder folder;
    constexpr int regions[] = {0, 1};
    for (const int left : regions) {
        const auto path = folder / fmt::format("{}.db", left).c_str();
        auto own = store::Store::open_to_write(path);
        put_one(own, report_of("a"));
        if (left > 0) {  // more frames than one region of the index has room for
            const auto reader = store::Store::open_to_read(path);
            const store::ReadScope scope(reader.connection());
            store::read_status(reader);
            for (int i = 0; i < 2; ++i)
                run_sql(path,
                        "CREATE TABLE notes (text); INSERT INTO notes VALUES (zeroblob(9000000)); "
                        "DROP TABLE notes");
        }
        std::filesystem::resize_file(path.string() + "-shm", left * 32768 + 100 * left);
        std::string message;
        CHECK(kind_of([&] { put_one(own, report_of("b")); }, &message) == Kind::replaced);
        CHECK(message.ends_with("-shm\" was cut"));
        CHECK(kind_of([&] { store::require_in_place(own); }) == Kind::replaced);
        CHECK(kind_of([&] { store::settle(own); }) == Kind::replaced);
    }
}

TEST_CASE("a store that someone else writes to is let go of", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    const auto log = path.string() + "-wal";
    auto own = store::Store::open_to_write(path);
    put_one(own, report_of("a"));
    store::settle(own);
    for (const char* command : {"touch", "touch -d 2001-01-01", "chmod 640", "cat >/dev/null <"}) {
        REQUIRE(std::system(fmt::format("{} '{}'", command, path.string()).c_str()) == 0);
        CHECK_NOTHROW(put_one(own, report_of(command)));
        CHECK_NOTHROW(store::settle(own));
    }
    {
        auto other = store::Store::open_to_write(path);
        put_one(other, report_of("b"));
        store::settle(other);
    }
    put_one(own, report_of("c"));
    const auto before = std::filesystem::file_size(log);
    REQUIRE(std::system(fmt::format("dd if=/dev/zero of='{}' conv=notrunc bs=1 count=1 seek=9000 "
                                    "status=none",
                                    path.string())
                            .c_str()) == 0);
    std::string message;
    CHECK(kind_of([&] { put_one(own, report_of("d")); }, &message) == Kind::changed);
    CHECK(message.ends_with("was written to by another program"));
    CHECK(kind_of([&] { store::settle(own); }) == Kind::changed);
    CHECK(std::filesystem::file_size(log) == before);
    CHECK(kind_of([&] { store::Store::open_to_write(path); }) == Kind::changed);
    CHECK(kind_of([&] { store::Store::open_to_read(path); }) == Kind::changed);
}

TEST_CASE("a checkpoint by another program does not excuse a copy over the store", "[store]") {
    const TemporaryFolder folder;
    const auto over = [](const std::filesystem::path& copy, const std::filesystem::path& path) {
        std::ifstream from(copy, std::ios::binary);
        std::ofstream(path, std::ios::binary) << from.rdbuf();
    };
    const char* const checkpoints[] = {"PRAGMA wal_checkpoint(PASSIVE)",
                                       "PRAGMA wal_checkpoint(TRUNCATE)", "killed"};
    for (const std::string checkpoint : checkpoints) {
        for (const bool is_backup : {true, false}) {
            INFO(checkpoint << is_backup);
            const auto path = folder / fmt::format("{}{}.db", checkpoint, is_backup).c_str();
            const auto copy = path.string() + ".copy";
            auto own = store::Store::open_to_write(path);
            put_one(own, report_of("a"));
            store::settle(own);
            is_backup ? void(store::back_up(own, copy)) : over(path, copy);
            put_one(own, report_of("b"));
            if (checkpoint == "killed") {
                if (!is_backup) continue;  // what stands in pages that were in writing is not known
                const std::uint32_t attempted = 1;
                std::fstream index(path.string() + "-shm",
                                   std::ios::binary | std::ios::in | std::ios::out);
                index.seekp(128).write(reinterpret_cast<const char*>(&attempted), sizeof attempted);
            } else {
                run_sql(path, checkpoint.c_str());
            }
            CHECK_NOTHROW(put_one(own, report_of("c")));
            if (checkpoint != "killed") run_sql(path, checkpoint.c_str());
            over(copy, path);
            CHECK(kind_of([&] { put_one(own, report_of("d")); }) == Kind::changed);
            CHECK(kind_of([&] { store::settle(own); }) == Kind::changed);
        }
    }
}

TEST_CASE("what a store fails for is named", "[store]") {
    if (geteuid() != 0) return;  // only root can give up its rights and take them back
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    auto own = store::Store::open_to_write(path);
    put_one(own, report_of("a"));
    std::string message;
    REQUIRE(chmod(folder.path().c_str(), 0) == 0);
    REQUIRE(seteuid(4321) == 0);
    const auto kind = kind_of([&] { put_one(own, report_of("b")); }, &message);
    REQUIRE(seteuid(0) == 0);
    REQUIRE(chmod(folder.path().c_str(), 0700) == 0);
    CHECK(kind == Kind::not_writable);
    CHECK(message.ends_with("Permission denied"));
    CHECK_NOTHROW(put_one(own, report_of("b")));
    const auto change = [&](const char* flag) {
        return std::system(
            fmt::format("chattr {} '{}-wal' 2>/dev/null", flag, path.string()).c_str());
    };
    if (change("+i") != 0) return;  // not every file system can
    const auto fixed = kind_of([&] { put_one(own, report_of("c")); }, &message);
    REQUIRE(change("-i") == 0);
    CHECK(fixed == Kind::not_writable);
    CHECK(message.ends_with("Operation not permitted"));
    CHECK_NOTHROW(put_one(own, report_of("c")));
}

TEST_CASE("a restored store takes the place of one that is open", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    auto own = store::Store::open_to_write(path);
    put_one(own, report_of("a"));
    store::back_up(own, folder / "copy.db");
    put_one(own, report_of("b"));
    const auto restored = store::restore(folder / "copy.db", path);
    CHECK(restored.store.reports == 1);
    CHECK(restored.lacking == 1);
    CHECK(kind_of([&] { put_one(own, report_of("c")); }) == Kind::changed);
    own = store::Store::open_to_write(path);
    put_one(own, report_of("c"));
    CHECK(store::find_report(own, "a"));
    CHECK_FALSE(store::find_report(own, "b"));
    CHECK(store::find_report(store::Store::open_to_read(restored.replaced.value()), "b"));
    CHECK(kind_of([&] { store::restore(path, path); }) == Kind::other);
    CHECK(kind_of([&] { store::restore(folder / "none.db", path); }) == Kind::missing);
    CHECK_FALSE(store::restore(folder / "copy.db", folder / "new.db").replaced);
}

TEST_CASE("a restore that fails leaves the store to who has it open", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    auto own = store::Store::open_to_write(path);
    put_one(own, report_of("a"));
    store::back_up(own, folder / "copy.db");
    put_one(own, report_of("b"));
    const auto change = [&](const char* flag) {
        return std::system(fmt::format("chattr {} '{}' 2>/dev/null", flag, path.string()).c_str());
    };
    if (change("+i") != 0) return;  // not every file system can
    const auto kind = kind_of([&] { store::restore(folder / "copy.db", path); });
    REQUIRE(change("-i") == 0);
    CHECK(kind == Kind::not_writable);
    CHECK_NOTHROW(put_one(own, report_of("c")));
    CHECK(store::find_report(store::Store::open_to_read(path), "b"));
}

TEST_CASE("a restored store knows when a listener was last up", "[store]") {
    constexpr std::int64_t minute = 60'000'000, now = 1'700'000'000'000'000;
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    auto own = store::Store::open_to_write(path);
    const auto listener = store::begin_uptime(own, at(now), {});
    store::back_up(own, folder / "copy.db");
    store::mark_alive(own, listener, at(now + 90 * minute), {});
    SECTION("that was killed") {}
    SECTION("that ended") {
        store::end_uptime(own, listener, at(now + 90 * minute), {});
    }
    const bool has_ended = store::read_uptime(own).back().has_ended;
    store::restore(folder / "copy.db", path);
    const auto spans = store::read_uptime(store::Store::open_to_read(path));
    REQUIRE(spans.size() == 2);
    CHECK(spans[0].last_alive_at == at(now));
    CHECK(spans[1].begun_at == at(now + 90 * minute));
    CHECK(spans[1].last_alive_at == at(now + 90 * minute));
    CHECK(spans[1].has_ended == has_ended);
    store::restore(folder / "copy.db", folder / "new.db");
    CHECK(store::read_uptime(store::Store::open_to_read(folder / "new.db")).size() == 1);
}

TEST_CASE("the log of an emptied store is kept", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    const auto log = path.string() + "-wal";
    const auto bytes_of = [](const std::filesystem::path& file) {
        std::ifstream stream(file, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    for (const bool is_there : {true, false}) {
        for (const bool is_open : {true, false}) {
            INFO(is_there << is_open);
            std::optional<store::Store> own = store::Store::open_to_write(path);
            put_one(*own, report_of("a"));
            std::filesystem::remove(folder / "copy.db");
            store::back_up(*own, folder / "copy.db");
            put_one(*own, report_of("b"));
            if (!is_open) own.reset();
            is_there ? std::filesystem::resize_file(path, 0) : void(std::filesystem::remove(path));
            const auto kept = bytes_of(log);
            REQUIRE_FALSE(kept.empty());
            CHECK(kind_of([&] { store::Store::open_to_write(path); }) == Kind::changed);
            CHECK(kind_of([&] { store::Store::open_to_read(path); }) ==
                  (is_there ? Kind::changed : Kind::missing));
            CHECK(std::filesystem::exists(path) == is_there);
            write_bytes(path.string() + ".replaced-1.partial", "left");
            const auto restored = store::restore(folder / "copy.db", path);
            CHECK(restored.replaced.value().ends_with("-wal") == !is_there);
            CHECK_FALSE(restored.lacking);
            CHECK(bytes_of(restored.replaced.value() + (is_there ? "-wal" : "")) == kept);
            CHECK_FALSE(std::filesystem::exists(path.string() + ".replaced-1.partial"));
            CHECK(store::find_report(store::Store::open_to_read(path), "a"));
        }
    }
}

TEST_CASE("two stores of one process exclude each other, and patience ends", "[store]") {
    const TemporaryFolder folder;
    auto first = store::Store::open_to_write(folder / "a.db");
    auto second = store::Store::open_to_write(folder / "a.db");
    auto held = std::make_unique<store::WriteTransaction>(first);
    auto& transaction = *held;
    CHECK_FALSE(transaction.someone_waits());
    CHECK(kind_of([&] { store::WriteTransaction other(second, std::chrono::milliseconds(30)); }) ==
          Kind::busy);
    std::thread waiter([&] {
        store::WriteTransaction other(second);
        other.put(report_of("b"), at(1));
        other.commit();
    });
    while (!transaction.someone_waits()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    transaction.put(report_of("a"), at(1));
    transaction.commit();
    CHECK_FALSE(store::find_report(first, "b"));  // the guard is held until the transaction is gone
    held.reset();
    waiter.join();
    CHECK(store::find_report(first, "b"));
}

TEST_CASE("who lets go does not overtake who waits", "[store]") {
    const TemporaryFolder folder;
    auto bulk = store::Store::open_to_write(folder / "a.db");
    auto listener = store::Store::open_to_write(folder / "a.db");
    std::atomic<bool> is_done = false;
    std::thread loader([&] {
        for (int i = 0; !is_done; ++i) {
            store::WriteTransaction transaction(bulk);
            transaction.put(report_of("bulk" + std::to_string(i)), at(1));
            transaction.commit();
        }
    });
    for (int i = 0; i < 20; ++i) {
        CHECK(put_one(listener, report_of("one" + std::to_string(i))) ==
              jobtally::model::Outcome::stored);
    }
    is_done = true;
    loader.join();
}

TEST_CASE("an older store is migrated in one transaction", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    auto own = store::Store::open_to_write(path);
    auto steps = store::schema_steps();
    const auto known = static_cast<std::int64_t>(steps.size());
    steps.push_back("CREATE TABLE one (x); CREATE TABLE word (x)");  // the second fails
    const auto& connection = own.connection();
    CHECK(kind_of([&] { store::migrate(connection, steps); }) == Kind::other);
    CHECK(connection.query_integer("PRAGMA user_version") == known);
    CHECK(connection.query_integer("SELECT count(*) FROM sqlite_schema WHERE name = 'one'") == 0);
    steps.back() = "CREATE TABLE one (x)";
    CHECK(store::identify(connection, steps.size()) == store::Identity::older);
    store::migrate(connection, steps);
    CHECK(connection.query_integer("PRAGMA user_version") == known + 1);
    CHECK(store::identify(connection, steps.size()) == store::Identity::current);
    CHECK(kind_of([&] { store::Store::open_to_read(path); }) == Kind::newer);
}

// Takes the step that brought sources back, and what came after it.
const std::string without_sources =
    "DROP VIEW reports; CREATE VIEW reports AS SELECT 1;"
    "ALTER TABLE report DROP COLUMN source; ALTER TABLE rejected DROP COLUMN sender;"
    "DROP TABLE replaced; DROP TABLE switched;"
    "ALTER TABLE definition DROP COLUMN enabled_again;"
    "ALTER TABLE definition DROP COLUMN disabled_at;"
    "CREATE TABLE segment_column (first_sequence INTEGER, column_number INTEGER, packed BLOB,"
    " PRIMARY KEY (first_sequence, column_number)) WITHOUT ROWID;"
    "INSERT INTO segment_column SELECT * FROM packed_column; DROP TABLE packed_column;";

TEST_CASE("a store of the step before the facts of definitions gets them", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    put_one(*std::make_unique<store::Store>(store::Store::open_to_write(path)), report_of("a"));
    run_sql(path, without_sources +
                      "DROP VIEW definitions; CREATE VIEW definitions AS SELECT 1;"
                      "ALTER TABLE definition DROP COLUMN enabled;"
                      "ALTER TABLE definition DROP COLUMN description;"
                      "ALTER TABLE definition DROP COLUMN recovery_strategy;"
                      "ALTER TABLE definition DROP COLUMN described_at; PRAGMA user_version = 4");
    auto own = store::Store::open_to_write(path);
    auto report = report_of("a");
    report.unknown_members = R"({"definition":{"enabled":false,"description":"d"}})";
    CHECK(put_one(own, report) == jobtally::model::Outcome::unchanged);
    const auto catalogue = store::Catalogue::read(own);
    const auto& definition = catalogue.definitions().front();
    CHECK(definition.label == "Nightly");
    CHECK(definition.enabled == false);
    CHECK(definition.description == "d");
    CHECK(definition.recovery_strategy == std::nullopt);
}

TEST_CASE("a store of the step before sources keeps its reports without one", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    {
        auto own = store::Store::open_to_write(path);
        {
            store::WriteTransaction transaction(own);
            for (int i = 0; i < 600; ++i) transaction.put(report_of(std::to_string(i)), at(1));
            transaction.commit();
        }
        store::settle(own);
    }
    run_sql(path,
            without_sources +
                "DELETE FROM segment_column WHERE column_number = 11; PRAGMA user_version = 5");
    auto own = store::Store::open_to_write(path);
    auto updated = report_of("7");
    updated.updated_at = *updated.updated_at + std::chrono::seconds(1);
    {
        store::WriteTransaction transaction(own);
        CHECK(transaction.put(updated, at(2), "late") == jobtally::model::Outcome::updated);
        CHECK(transaction.put(report_of("new"), at(2), "north") ==
              jobtally::model::Outcome::stored);
        CHECK(transaction.put(report_of("new"), at(2), "south") ==
              jobtally::model::Outcome::unchanged);
        transaction.commit();
    }
    CHECK(store::find_report(own, "7")->source == std::nullopt);
    CHECK(store::find_report(own, "8")->source == std::nullopt);
    CHECK(store::find_report(own, "new")->source == "north");
    CHECK(store::disagreeing_segments(own.connection()).empty());
}

TEST_CASE("what was committed survives a kill", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    for (int round = 0; round < 5; ++round) {
        int ends[2];
        REQUIRE(pipe(ends) == 0);
        const auto child = fork();
        if (child == 0) {
            try {
                auto own = store::Store::open_to_write(path);
                for (int i = 0;; ++i) {
                    store::WriteTransaction transaction(own);
                    for (int k = 0; k < 50; ++k) {
                        const auto id = std::to_string(round) + "-" + std::to_string(i * 50 + k);
                        transaction.put(report_of(id), at(i));
                    }
                    transaction.commit();
                    const int done = (i + 1) * 50;
                    if (write(ends[1], &done, sizeof done) != sizeof done) _exit(1);
                    if (i % 20 == 19) store::settle(own);
                }
            } catch (...) {
                _exit(1);
            }
        }
        close(ends[1]);
        int done = 0;
        for (int seen = 0; seen < 30 + round * 7; ++seen) {
            if (read(ends[0], &done, sizeof done) != sizeof done) break;
        }
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        REQUIRE(WIFSIGNALED(status));
        int last = 0;
        while (read(ends[0], &last, sizeof last) == sizeof last) done = last;
        close(ends[0]);
        auto own = store::Store::open_to_write(path);
        for (int i = 0; i < done; ++i) {
            const auto id = std::to_string(round) + "-" + std::to_string(i);
            REQUIRE(store::find_report(own, id));
        }
        CHECK(own.connection().query_integer(
                  "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == 1);
    }
}

TEST_CASE("a private store packs and reads like any other", "[store]") {
    auto own = store::Store::temporary();
    {
        store::WriteTransaction transaction(own);
        for (int i = 0; i < 20'000; ++i) transaction.put(report_of(std::to_string(i)), at(i));
        transaction.commit();
    }
    store::settle(own);
    CHECK(own.connection().query_integer("SELECT sum(row_count) FROM segment") == 20'000);
    CHECK(store::read_status(own).reports == 20'000);
}

TEST_CASE("the version says whether the log is safe", "[store]") {
    CHECK(store::sqlite_version() == sqlite3_libversion());
}

}  // namespace
