// Looking after a store: which files are taken, what every connection is set to, copies, deleting
// what is old, and the checks.
#include "core/store/file/connection.hpp"
#include "core/store/file/store_file.hpp"
#include "core/store/segments/segments.hpp"
#include "core/store/upkeep/backup.hpp"
#include "core/store/upkeep/prune.hpp"
#include "core/store/upkeep/sql_query.hpp"
#include "core/store/upkeep/uptime.hpp"
#include "core/store/upkeep/verify.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/store/support.hpp"

#include <csignal>
#include <fstream>
#include <iterator>

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

using namespace jobtally::store_tests;
namespace store = jobtally::store;
namespace fs = std::filesystem;
using Kind = store::StoreError::Kind;

Kind refusal_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const store::StoreError& error) {
        return error.kind();
    }
    FAIL("nothing was thrown");
    return Kind::other;
}

std::int64_t setting(const store::Store& own, const char* pragma) {
    return own.connection().query_integer(pragma);
}

int option(const store::Store& own, int number) {
    int value = -1;
    REQUIRE(sqlite3_db_config(own.connection().handle(), number, -1, &value) == SQLITE_OK);
    return value;
}

std::int64_t problems_of(const store::Store& own, const std::string& name = {}) {
    std::int64_t problems = 0;
    for (const auto& check : store::verify(own)) {
        if (name.empty() || check.name == name) problems += check.problems;
    }
    return problems;
}

void put_many(store::Store& own, int first, int count) {
    store::WriteTransaction transaction(own);
    for (int i = first; i < first + count; ++i) {
        auto report = report_of("id" + std::to_string(i), i);
        report.definition_id = "d" + std::to_string(i % 3);
        transaction.put(report, at(i));
        if (i % 100 == 0) transaction.reject({"no report", "{}", 1}, "test", at(i));
    }
    transaction.commit();
}

TEST_CASE("every connection has the same safe settings", "[store]") {
    const TemporaryFolder folder;
    auto writer = store::Store::open_to_write(folder / "a.db");
    put_one(writer, report_of("a"));
    const auto reader = store::Store::open_to_read(folder / "a.db");
    for (const store::Store* own : {static_cast<const store::Store*>(&writer), &reader}) {
        CHECK(setting(*own, "PRAGMA trusted_schema") == 0);
        CHECK(setting(*own, "PRAGMA cell_size_check") == 1);
        CHECK(setting(*own, "PRAGMA foreign_keys") == 1);
        CHECK(setting(*own, "PRAGMA mmap_size") == 0);
        CHECK(setting(*own, "PRAGMA wal_autocheckpoint") == 0);
        CHECK(option(*own, SQLITE_DBCONFIG_DEFENSIVE) == 1);
        CHECK(option(*own, SQLITE_DBCONFIG_TRUSTED_SCHEMA) == 0);
        CHECK(option(*own, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE) == 1);
        CHECK(option(*own, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION) == 0);
    }
    CHECK(setting(writer, "PRAGMA synchronous") == 2);
    CHECK(sqlite3_db_readonly(reader.connection().handle(), "main") == 1);
}

TEST_CASE("links, other files and networks", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    store::Store::open_to_write(path);
    const auto find = [](const fs::path& name, store::Use use = store::Use::read) {
        return store::find_store_file(name, use);
    };
    fs::create_symlink("a.db", folder / "link");
    CHECK(find(folder / "link", store::Use::write) == fs::canonical(path));
    CHECK(find(folder / "not/there.db") == fs::canonical(folder.path()) / "not/there.db");
    fs::create_symlink("nothing", folder / "dangling");
    CHECK(refusal_of([&] { find(folder / "dangling"); }) == Kind::foreign);
    fs::create_symlink("circle", folder / "circle");
    CHECK(refusal_of([&] { find(folder / "circle"); }) == Kind::foreign);
    REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
    for (const auto& name : {fs::path("/dev/null"), folder / "pipe", folder.path()}) {
        CHECK(refusal_of([&] { find(name, store::Use::write); }) == Kind::foreign);
    }
    fs::create_hard_link(path, folder / "second");
    for (const auto& name : {path, folder / "second"}) {
        CHECK(refusal_of([&] { store::Store::open_to_read(name); }) == Kind::foreign);
        CHECK(refusal_of([&] { store::Store::open_to_write(name); }) == Kind::foreign);
    }
    CHECK_FALSE(fs::exists(folder / "second-wal"));
    CHECK_FALSE(fs::exists(folder / "second.lock"));
    fs::remove(folder / "second");
    CHECK_NOTHROW(store::Store::open_to_write(path));
    store::back_up(store::Store::open_to_read(path), folder / "copy.db");
    fs::create_hard_link(folder / "copy.db", folder / "copy of copy");
    CHECK_NOTHROW(store::Store::open_to_read(folder / "copy.db"));  // a backup has no log
    CHECK(refusal_of([&] { store::Store::open_to_write(folder / "copy.db"); }) == Kind::foreign);
    const auto nfs = [](const fs::path&) { return std::int64_t{0x6969}; };
    CHECK(refusal_of([&] { store::find_store_file(path, store::Use::read, nfs); }) ==
          Kind::foreign);
    setenv("JOBTALLY_NETWORK_STORE", "allow", 1);
    CHECK(store::find_store_file(path, store::Use::read, nfs) == fs::canonical(path));
    unsetenv("JOBTALLY_NETWORK_STORE");
    CHECK(store::is_on_network(static_cast<std::int32_t>(0xff534d42)));
    for (const auto local : std::initializer_list<std::int64_t>{0xef53, 0x9123683e, 0x58465342,
                                                                0x01021994, 0x794c7630}) {
        CHECK_FALSE(store::is_on_network(local));  // ext, btrfs, xfs, tmpfs, overlay
    }
    CHECK_FALSE(store::is_open_to_others(path));
    fs::permissions(path, fs::perms::group_read, fs::perm_options::add);
    CHECK_FALSE(store::is_open_to_others(path));
    fs::permissions(path, fs::perms::others_read, fs::perm_options::add);
    CHECK(store::is_open_to_others(path));
}

TEST_CASE("what root makes in a folder belongs to the owner of the folder", "[store]") {
    if (geteuid() != 0) return;
    const TemporaryFolder folder;
    constexpr uid_t someone = 4242;
    REQUIRE(chown(folder.path().c_str(), someone, someone) == 0);
    auto own = store::Store::open_to_write(folder / "a.db");
    put_one(own, report_of("a"));
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        struct stat file {};
        REQUIRE(stat(entry.path().c_str(), &file) == 0);
        CHECK(file.st_uid == someone);
        CHECK(file.st_gid == someone);
    }
}

TEST_CASE("a file of another user is not written", "[store]") {
    if (geteuid() != 0) return;  // only root can make one
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    store::Store::open_to_write(path);
    REQUIRE(chmod(folder.path().c_str(), 0755) == 0);
    REQUIRE(chmod(path.c_str(), 0666) == 0);
    REQUIRE(chown(path.c_str(), 1234, 1234) == 0);
    fs::create_symlink("a.db", folder / "link");
    REQUIRE(lchown((folder / "link").c_str(), 1234, 1234) == 0);
    store::Store::open_to_write(path);  // root gives the lock to the owner
    struct stat lock {};
    REQUIRE(stat((path.string() + ".lock").c_str(), &lock) == 0);
    CHECK(lock.st_uid == 1234);
    CHECK(refusal_of([&] { store::find_store_file(folder / "link", store::Use::read); }) ==
          Kind::foreign);
    REQUIRE(seteuid(4321) == 0);
    const auto as_other = refusal_of([&] { store::find_store_file(path, store::Use::write); });
    const auto found = store::find_store_file(path, store::Use::read);
    REQUIRE(seteuid(0) == 0);
    CHECK(as_other == Kind::not_writable);
    CHECK(found == fs::canonical(path));
}

TEST_CASE("a listener is not well where a report would have no room", "[store]") {
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    constexpr std::chrono::milliseconds patience{1000};
    const auto span = store::begin_uptime(own, at(1), patience);
    store::mark_alive(own, span, at(2), patience);
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{512 << 10, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto refusal = refusal_of([&] { store::mark_alive(own, span, at(3), patience); });
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, handler);
    CHECK(refusal == Kind::full);
    CHECK(store::read_uptime(own).front().last_alive_at == at(2));
    store::mark_alive(own, span, at(4), patience);
    CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 4);  // nothing was left
}

TEST_CASE("a clock that was ahead is not believed once it is right again", "[store]") {
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    const std::chrono::seconds patience(1);
    const auto first = store::begin_uptime(own, at(100), patience);
    store::mark_alive(own, first, at(5000), patience);
    store::mark_alive(own, first, at(110), patience);
    CHECK(store::read_uptime(own).front().last_alive_at == at(110));
    store::mark_alive(own, first, at(5000), patience);
    store::begin_uptime(own, at(120), patience);
    CHECK(store::read_uptime(own).front().last_alive_at == at(120));
}

TEST_CASE("which file of the store can't be written is told", "[store]") {
    if (geteuid() != 0) return;  // root makes files of others, and may write all of them
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    REQUIRE(chown(folder.path().c_str(), 1234, 1234) == 0);
    {
        auto own = store::Store::open_to_write(path);
        put_one(own, report_of("a"));
    }
    const auto log = path.string() + "-wal";
    REQUIRE(chmod(log.c_str(), 0400) == 0);
    REQUIRE(seteuid(1234) == 0);
    std::string hint;
    try {
        auto own = store::Store::open_to_write(path);
        put_one(own, report_of("b"));
    } catch (const store::StoreError& error) {
        hint = error.hint();
    }
    REQUIRE(seteuid(0) == 0);
    CHECK(hint.find(log + "\"") != std::string::npos);
}

TEST_CASE("a backup is the store as it was, while others write", "[store]") {
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    put_many(own, 0, 2000);
    store::settle(own);
    put_many(own, 2000, 100);
    const auto reader = store::Store::open_to_read(folder / "a.db");
    {
        store::WriteTransaction open_one(own);
        open_one.put(report_of("not yet"), at(1));
        const auto backup = store::back_up(reader, folder / "b.db");
        CHECK(backup.reports == 2100);
        CHECK(backup.rejected == 21);
    }
    const auto copy = store::Store::open_to_read(folder / "b.db");
    CHECK(problems_of(copy) == 0);
    CHECK(store::read_status(copy).reports == 2100);
    CHECK_FALSE(store::find_report(copy, "not yet"));
    auto restored = store::Store::open_to_write(folder / "b.db");
    put_one(restored, report_of("after"));
    CHECK(refusal_of([&] { store::back_up(reader, folder / "b.db"); }) == Kind::other);
    CHECK(refusal_of([&] { store::back_up(reader, folder / "a.db"); }) == Kind::other);
}

TEST_CASE("pruning leaves what is newer, with its labels and its packed copies", "[store]") {
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    put_many(own, 0, 6000);
    auto old = report_of("old", 5);
    old.definition_id = "only old";
    put_one(own, old);
    auto unnamed = report_of("unnamed", 9000);
    unnamed.definition_id = "only old";
    unnamed.definition_name.reset();
    put_one(own, unnamed);
    store::settle(own);
    CHECK(store::count_before(own, at(5000)).reports == 5001);
    const auto removed = store::prune(own, at(5000));
    CHECK(removed.reports == 5001);
    CHECK(removed.rejected == 50);
    CHECK(store::read_status(own).reports == 1001);
    CHECK_FALSE(store::find_report(own, "id4999"));
    CHECK(store::find_report(own, "id5000"));
    const auto catalogue = store::Catalogue::read(own);
    for (const auto& definition : catalogue.definitions()) {
        CHECK(definition.label.has_value() == (definition.id != "only old"));
    }
    CHECK(catalogue.definitions().size() == 4);
    CHECK(store::disagreeing_segments(own.connection()).empty());
    CHECK(problems_of(own) == 0);
    CHECK(store::prune(own, at(100'000)).reports == 1001);
    CHECK(store::Catalogue::read(own).definitions().empty());
    CHECK(problems_of(own) == 0);
}

TEST_CASE("each kind of damage is found, and packed copies can be made again", "[store]") {
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    put_many(own, 0, 1000);
    store::settle(own);
    CHECK(problems_of(own) == 0);
    const auto damaged_by = [&](const char* sql, const char* check) {
        const store::WriteScope scope(own.connection());
        own.connection().execute(sql);
        return problems_of(own, check);  // and rolled back
    };
    CHECK(damaged_by("DELETE FROM word WHERE text = 'SUCCESS'", "references") == 1000);
    CHECK(damaged_by("UPDATE report SET definition = 99 WHERE sequence = 3", "references") == 1);
    CHECK(damaged_by("UPDATE definition SET label_created_at = 1 WHERE definition = 1", "labels") ==
          1);
    CHECK(damaged_by("INSERT INTO definition (definition_id) VALUES ('x')", "labels") == 1);
    CHECK(damaged_by("UPDATE report SET total_failed = -1 WHERE sequence = 3", "values") == 1);
    CHECK(damaged_by("UPDATE report SET received_at = -9e18 WHERE sequence = 3", "values") == 1);
    CHECK(damaged_by("UPDATE report SET id = CAST(x'ff' AS TEXT) WHERE sequence = 3", "values") ==
          1);
    const std::string past = "INSERT INTO replaced VALUES (3, 1, 2, 3); UPDATE replaced SET ";
    CHECK(damaged_by((past + "first_at = 2").c_str(), "values") == 0);
    for (const char* wrong :
         {"first_at = -9e18", "failed_at = 9e18", "well_at = -9e18", "failed_at = NULL"})
        CHECK(damaged_by((past + wrong).c_str(), "values") == 1);
    for (const char* wrong : {"(1, -9e18, 1)", "(1, 5, 2)"})
        CHECK(damaged_by(("INSERT INTO switched VALUES " + std::string(wrong)).c_str(), "values") ==
              1);
    CHECK(damaged_by("INSERT INTO switched VALUES (1, 5, 0)", "values") == 0);
    CHECK(damaged_by("UPDATE state SET value = 3", "counters") > 0);
    CHECK(damaged_by("DROP VIEW reports", "schema") == 1);
    CHECK(damaged_by("UPDATE segment SET created_min = 1", "segments") > 0);
    CHECK(damaged_by("UPDATE packed_column SET packed = x'00'", "segments") > 0);
    own.connection().execute("UPDATE report SET total_failed = 2 WHERE sequence = 3");
    CHECK(problems_of(own) == 1);
    store::repack(own);
    CHECK(problems_of(own) == 0);
}

TEST_CASE("SQL can be asked and can't write", "[store]") {
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    put_many(own, 0, 3);
    const auto answer = store::run_query(own, "SELECT id, id, 1.5, NULL FROM report LIMIT 1");
    CHECK(answer.columns == std::vector<std::string>{"id", "id:1", "1.5", "NULL"});
    REQUIRE(answer.rows.size() == 1);
    CHECK(answer.rows[0] == std::vector<store::SqlValue>{std::string("id0"), std::string("id0"),
                                                         1.5, std::monostate()});
    // Even on a connection that may write.
    for (const char* sql : {"DELETE FROM report", "PRAGMA user_version = 7", "VACUUM", "BEGIN",
                            "ATTACH ':memory:' AS x", "SELECT 1; SELECT 2", ""}) {
        CHECK_THROWS_AS(store::run_query(own, sql), jobtally::UsageError);
    }
    CHECK_THROWS_AS(store::run_query(own, "SELECT abs(-9223372036854775808)"), jobtally::Error);
    CHECK(store::read_status(own).reports == 3);
    CHECK(put_one(own, report_of("later")) == jobtally::model::Outcome::stored);
}

}  // namespace

TEST_CASE("a listener that begins while the clock is behind forgets no uptime", "[store]") {
    constexpr std::int64_t minute = 60'000'000, now = 1'700'000'000'000'000;
    const std::int64_t behind = GENERATE(5 * 60 * minute, 2500 * 24 * 60 * minute);
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    const auto begin = [&](std::int64_t time) { return store::begin_uptime(own, at(time), {}); };
    const auto received = [&](const char* id) { return store::find_report(own, id)->received_at; };
    store::mark_alive(own, begin(now), at(now + 900 * minute), {});
    store::mark_alive(own, begin(now + 910 * minute), at(now + 1000 * minute), {});
    put_one(own, report_of("before", now), now + 1000 * minute);
    const auto boot = now + 1001 * minute - behind;
    const bool restarts = GENERATE(false, true);
    if (restarts) begin(boot);
    const auto span = begin(boot + restarts);
    put_one(own, report_of("late", now - 3000 * minute), boot + 1);
    {
        store::WriteTransaction transaction(own);
        transaction.reject({"no report", "x", 1, true}, "test", at(boot + 1));
        transaction.commit();
    }
    store::mark_alive(own, span, at(boot + 2), {});
    CHECK(store::read_uptime(own).back().last_alive_at <= at(boot + 2));
    SECTION("and what came meanwhile has come when it is back") {
        begin(now + 1002 * minute);
        const auto spans = store::read_uptime(own);
        REQUIRE(spans.size() == 3);
        CHECK(spans.rbegin()[2].begun_at == at(now));
        CHECK(spans.rbegin()[2].last_alive_at == at(now + 900 * minute));
        CHECK(spans.rbegin()[1].begun_at == at(now + 910 * minute));
        CHECK(spans.rbegin()[1].last_alive_at == at(now + 1000 * minute));
        CHECK(spans.rbegin()[0].begun_at == at(now + 1002 * minute));
        CHECK(received("before") == at(now + 1000 * minute));
        CHECK(received("late") == at(now + 1002 * minute));
        CHECK(store::find_rejected(own, 1)->received_at == at(now + 1002 * minute));
    }
    SECTION("unless it goes on until then: it was ahead before") {
        store::mark_alive(own, span, at(now + 1002 * minute), {});
        const auto next = begin(now + 1003 * minute);
        store::mark_alive(own, next, at(now + 1004 * minute), {});
        const auto spans = store::read_uptime(own);
        CHECK(spans.rbegin()[0].begun_at == at(now + 1003 * minute));
        CHECK(spans.rbegin()[1].last_alive_at == at(now + 1002 * minute));
        CHECK(spans.rbegin()[2].last_alive_at <= at(boot + 1));
        CHECK(received("late") < at(now + 1002 * minute));
    }
}
