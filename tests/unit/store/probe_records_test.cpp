// What `check --on-change` remembers.
#include "core/store/upkeep/probe_records.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/store/support.hpp"

namespace {

using namespace jobtally::store_tests;
namespace store = jobtally::store;

}  // namespace

TEST_CASE("a probe's record is kept and replaced", "[store]") {
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    CHECK_FALSE(store::find_probe(own, "p"));
    const store::ProbeRecord first{"CRITICAL", at(-5), {}, 0};
    const store::ProbeRecord second{"OK", at(7), "WARNING", 2};
    store::keep_probe(own, "p", first);
    store::keep_probe(own, "q", second);
    CHECK(store::find_probe(store::Store::open_to_read(folder / "a.db"), "p") == first);
    store::keep_probe(own, "p", second);
    CHECK(store::find_probe(own, "p") == second);
    CHECK(store::find_probe(own, "q") == second);
}

TEST_CASE("a record is kept only under the write guard", "[store]") {
    const TemporaryFolder folder;
    store::Store::open_to_write(folder / "a.db");
    auto reader = store::Store::open_to_read(folder / "a.db");
    CHECK_THROWS_AS(store::keep_probe(reader, "p", {"OK", at(1), {}, 0}), store::StoreError);
}
