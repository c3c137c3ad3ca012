// How far `export --cursor` has come.
#include "core/store/upkeep/cursors.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/file/identity.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/store/support.hpp"

#include <fstream>

namespace {

using namespace jobtally::store_tests;
namespace store = jobtally::store;
using Start = store::CursorRun::Start;

store::Sequence where(const store::Store& own) {
    return own.connection().query_integer("SELECT sequence FROM cursor WHERE cursor = 'c'");
}

}  // namespace

TEST_CASE("a cursor moves when its run ends, and not before", "[store]") {
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    put_one(own, report_of("a"));
    CHECK(store::is_behind(own, "c"));
    const auto first = store::begin_run(own, "c");
    CHECK((first.start == Start::is_new && first.after == 0 && first.given == 1));
    CHECK(store::begin_run(own, "c").start == Start::goes_on);
    CHECK(where(own) == 0);
    store::end_run(own, first, 1, at(7));
    CHECK(where(own) == 1);
    CHECK_FALSE(store::is_behind(own, "c"));
    put_one(own, report_of("b"));
    CHECK(store::is_behind(own, "c"));
    const auto all = store::read_cursors(own);
    REQUIRE(all.size() == 1);
    CHECK((all[0].cursor == "c" && all[0].moved_at == at(7) && all[0].waiting == 1));
}

TEST_CASE("a run that ends late does not take its cursor back", "[store]") {
    auto own = store::Store::in_memory();
    put_one(own, report_of("a"));
    const auto slow = store::begin_run(own, "c");
    put_one(own, report_of("b"));
    const auto fast = store::begin_run(own, "c");
    store::end_run(own, fast, 2, at(1));
    store::end_run(own, slow, 1, at(2));
    CHECK(where(own) == 2);
}

TEST_CASE("a run that the store does not know moves nothing", "[store]") {
    auto own = store::Store::in_memory();
    auto other = store::Store::in_memory();
    const auto run = store::begin_run(own, "c");
    store::begin_run(other, "c");
    CHECK_THROWS_AS(store::end_run(other, run, 9, at(1)), store::StoreError);
    CHECK(where(other) == 0);
    CHECK(store::forget_cursor(own, "c"));
    CHECK_FALSE(store::forget_cursor(own, "c"));
    CHECK_THROWS_AS(store::end_run(own, run, 9, at(1)), store::StoreError);
    CHECK(store::read_cursors(own).empty());
}

TEST_CASE("a cursor beyond what the store gave out begins again", "[store]") {
    auto own = store::Store::in_memory();
    put_one(own, report_of("a"));
    const auto run = store::begin_run(own, "c");
    store::end_run(own, run, 1000, at(1));
    CHECK(store::is_behind(own, "c"));
    const auto again = store::begin_run(own, "c");
    CHECK((again.start == Start::begins_again && again.after == 0));
    store::end_run(own, again, 1, at(2));
    CHECK_FALSE(store::is_behind(own, "c"));
}

TEST_CASE("a store of the step before cursors gets them, and keeps its reports", "[store]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    auto steps = store::schema_steps();
    while (steps.back().find("CREATE TABLE cursor (") == std::string_view::npos) steps.pop_back();
    steps.pop_back();
    {
        std::ofstream(path).flush();
        const store::Store::Connection old(path, store::Store::Connection::Access::write);
        store::migrate(old, steps);
        old.execute(
            "INSERT INTO report (sequence, id, status, created_at, received_at) "
            "VALUES (7, 'a', 1, 0, 0); UPDATE state SET value = 7");
    }
    auto own = store::Store::open_to_write(path);
    const auto reader = store::Store::open_to_read(path);
    CHECK(store::is_behind(reader, "c"));
    CHECK(store::find_report(reader, "a"));
    CHECK(store::begin_run(own, "c").given == 7);
}
