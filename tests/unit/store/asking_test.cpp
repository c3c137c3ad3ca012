// Who only asks changes nothing: an older store is read as it is, a damaged log is told and left.
#include "core/store/file/identity.hpp"
#include "core/store/file/log_damage.hpp"
#include "core/store/upkeep/backup.hpp"
#include "core/store/upkeep/restore.hpp"
#include "core/store/upkeep/verify.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/store/support.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace jobtally::store_tests;
namespace fs = std::filesystem;
namespace store = jobtally::store;

constexpr int commits_made = 20;

std::string bytes_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

// A store as an older jobtally left it, with the report `a`.
void make_older(const fs::path& path, std::size_t version) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
    const auto run = [&](const std::string& sql) {
        REQUIRE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    };
    for (std::size_t step = 0; step < version; ++step)
        run(std::string(store::schema_steps().at(step)));
    run(fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", store::application_id,
                    version));
    run("INSERT INTO word VALUES (6, 'Nightly');"
        "INSERT INTO definition (definition, definition_id, label, label_created_at,"
        " label_report_id, enabled, described_at) VALUES (1, 'd1', 6, 1000, 'a', 0, 2000);"
        "INSERT INTO report (sequence, id, definition, name, status, created_at, received_at)"
        " VALUES (1, 'a', 1, 6, 1, 1000, 2000); UPDATE state SET value = 1");
    if (version == 7) run("UPDATE definition SET disabled_at = 500, enabled_again = 800");
    sqlite3_close(database);
}

const std::vector<jobtally::time::TimeSpan>& off_times_of(const store::Catalogue& catalogue) {
    return catalogue.definitions().front().disabled;
}

std::int64_t findings_in(const store::Store& own) {
    std::int64_t problems = 0;
    for (const auto& check : store::verify(own)) {
        for (const auto& finding : check.findings) UNSCOPED_INFO(check.name << ": " << finding);
        problems += check.problems;
    }
    return problems;
}

TEST_CASE("an older store is asked as it is, and stays so", "[store]") {
    const std::size_t version = GENERATE(range(std::size_t{6}, store::schema_steps().size()));
    CAPTURE(version);
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    make_older(path, version);
    const auto before = bytes_of(path);
    std::vector<jobtally::time::TimeSpan> off_times;
    if (version == 7) off_times = {{at(500), at(800)}};
    {
        const auto own = store::Store::open_to_read(path);
        CHECK(store::find_report(own, "a")->report.definition_name == "Nightly");
        CHECK(store::read_status(own).schema_version == static_cast<std::int64_t>(version));
        const auto catalogue = store::Catalogue::read(own);
        CHECK(catalogue.definitions().front().enabled == false);
        CHECK(off_times_of(catalogue) == off_times);
        CHECK(findings_in(own) == 0);
        CHECK(store::back_up(own, folder / "b.db").reports == 1);
        store::restore(path, folder / "c.db");
    }
    CHECK(bytes_of(path) == before);
    for (const char* ending : {"-wal", "-shm", ".lock"})
        CHECK_FALSE(fs::exists(path.string() + ending));
    const auto backup = store::Store::open_to_read(folder / "b.db");
    CHECK(store::read_status(backup).schema_version == static_cast<std::int64_t>(version));
    const auto restored = store::Store::open_to_read(folder / "c.db");
    CHECK(store::read_status(restored).schema_version ==
          static_cast<std::int64_t>(store::schema_steps().size()));
    CHECK(findings_in(restored) == 0);
    CHECK(off_times_of(store::Catalogue::read(restored)) == off_times);
}

TEST_CASE("a store that is too old to be asked says what helps", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    make_older(path, 5);
    const auto before = bytes_of(path);
    try {
        store::Store::open_to_read(path);
        FAIL("it was opened");
    } catch (const store::StoreError& error) {
        CHECK(std::string(error.what()) == "store \"" + path.string() +
                                               "\" has schema version 5, which is too old to be "
                                               "read as it is");
        CHECK(error.hint() ==
              "a command that writes migrates it: `jobtally ingest /dev/null`, by its owner");
    }
    CHECK(bytes_of(path) == before);
    store::Store::open_to_write(path);
    CHECK(store::find_report(store::Store::open_to_read(path), "a"));
}

TEST_CASE("an empty file is asked and stays empty", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    std::ofstream(path).flush();
    const auto own = store::Store::open_to_read(path);
    CHECK(store::read_status(own).reports == 0);
    CHECK(store::read_status(own).path == path.string());
    CHECK_FALSE(store::sees_changes(own));
    CHECK(fs::is_empty(path));
    CHECK_THROWS_AS(store::Store::open_as_it_is(path), store::StoreError);
}

// A store whose log has some commits and was never emptied, since its writer was killed.
void make_killed(const fs::path& path) {
    const auto child = fork();
    if (child == 0) {
        auto own = store::Store::open_to_write(path);
        for (int i = 0; i < commits_made; ++i) put_one(own, report_of(std::to_string(i)));
        _exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    REQUIRE(status == 0);
}

void flip(const fs::path& file, std::size_t place) {
    std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekg(static_cast<std::streamoff>(place));
    const auto byte = static_cast<char>(stream.get() ^ 1);
    stream.seekp(static_cast<std::streamoff>(place));
    stream.put(byte);
}

TEST_CASE("a damaged log is told to who asks, and left to who writes", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    const auto log = path.string() + "-wal";
    make_killed(path);
    REQUIRE(store::damage_found(store::Store::open_to_read(path)).empty());
    // In the schema, which stands in the log alone, and in the commits of reports.
    const bool is_in_schema = GENERATE(true, false);
    flip(log, is_in_schema ? 5000 : fs::file_size(log) / 2);
    const auto damaged = bytes_of(log);
    for (int look = 0; look < 2; ++look) {
        const auto own = store::Store::open_to_read(path);
        CHECK(store::damage_found(own).find("is damaged since a crash") != std::string::npos);
        const auto reports = store::read_status(own).reports;
        CHECK((is_in_schema ? reports == 0 : reports > 0 && reports < commits_made));
    }
    CHECK(bytes_of(log) == damaged);
    const auto writer = store::Store::open_to_write(path);
    CHECK(store::damage_found(writer).find("is kept as") != std::string::npos);
    CHECK(store::damage_found(store::Store::open_to_read(path)).empty());
}

}  // namespace
