// Damage that SQLite takes for good values is a StoreError, whatever it says: no endless loop, no
// crash, and nothing that a query would use as a place in a table.
#include "core/store/file/connection.hpp"
#include "core/store/segments/segments.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/store/support.hpp"

#include <optional>

namespace {

using namespace jobtally;
using namespace jobtally::store_tests;

// A segment of 600 reports and three rows behind it, then `sql`.
store::Store damaged(const char* sql) {
    auto own = store::Store::temporary();
    {
        store::WriteTransaction transaction(own);
        for (int i = 0; i < 600; ++i) {
            transaction.put(report_of("r" + std::to_string(i), i * 1'000), at(i));
        }
        transaction.commit();
    }
    store::settle(own);
    store::WriteTransaction transaction(own);
    for (int i = 0; i < 3; ++i) transaction.put(report_of("s" + std::to_string(i)), at(i));
    transaction.commit();
    own.connection().execute(sql);
    return own;
}

// How many reports a scan of all columns finds; none where it says that the store is damaged.
std::optional<std::size_t> found(const store::Store& own) {
    std::size_t reports = 0;
    try {
        store::scan_facts(own, {0x1ff, {}, store::WhichTime::created},
                          [&](const store::FactBatch& batch) { reports += batch.size; });
    } catch (const store::StoreError& error) {
        CHECK(error.kind() == store::StoreError::Kind::corrupt);
        CHECK(std::string(error.what()).find("is damaged") != std::string::npos);
        return std::nullopt;
    }
    return reports;
}

}  // namespace

TEST_CASE("an undamaged store is read as a whole", "[store]") {
    const auto own = damaged("");
    CHECK(own.connection().query_integer("SELECT sum(row_count) FROM segment") == 600);
    CHECK(found(own) == 603U);
}

TEST_CASE("a report whose definition is missing is not removed", "[store]") {
    auto own = damaged("PRAGMA foreign_keys=OFF; DELETE FROM definition");
    store::WriteTransaction transaction(own);
    try {
        transaction.remove("s1");
        FAIL("it was removed");
    } catch (const store::StoreError& error) {
        CHECK(error.kind() == store::StoreError::Kind::corrupt);
    }
}

TEST_CASE("damaged segments and rows are refused", "[store]") {
    // Column 5 is created_at, 6 updated_at, 1 the definition; byte 4 is the base.
    for (const char* sql : {
             "UPDATE packed_column SET packed = CAST(substr(packed, 1, 3) || x'02' || "
             "substr(packed, 5) AS BLOB) WHERE column_number = 5",
             "UPDATE packed_column SET packed = CAST(substr(packed, 1, 3) || x'09' || "
             "substr(packed, 5) AS BLOB) WHERE column_number = 6",
             "UPDATE packed_column SET packed = x'00' WHERE column_number = 6",
             "UPDATE packed_column SET packed = CAST(substr(packed, 1, 8) || "
             "x'f0ffffffffffffff' || substr(packed, 17) AS BLOB) WHERE column_number = 1",
             "DELETE FROM packed_column WHERE column_number = 10",
             "UPDATE segment SET row_count = 601",
             "UPDATE segment SET row_count = -1",
             "UPDATE segment SET row_count = 1 << 60, last_sequence = 1 << 61",
             "UPDATE segment SET last_sequence = 9223372036854775807",
             "UPDATE segment SET last_sequence = 0",
             "UPDATE report SET definition = -1 WHERE id = 's1'",
             "UPDATE report SET name = 1 << 40 WHERE id = 's1'",
             "UPDATE report SET created_at = 9223372036854775807 WHERE id = 's1'",
             "UPDATE report SET updated_at = -9000000000000000000 WHERE id = 's1'",
             "UPDATE report SET total_failed = -1 WHERE id = 's1'",
         }) {
        CAPTURE(sql);
        CHECK_FALSE(found(damaged(sql)));
    }
}

TEST_CASE("keys that were never given out are refused", "[store]") {
    for (const char* sql :
         {"PRAGMA foreign_keys=OFF; UPDATE word SET word = -1 WHERE text = 'Nightly'",
          "PRAGMA foreign_keys=OFF; UPDATE word SET word = 1 << 40 WHERE text = 'Nightly'",
          "UPDATE definition SET definition = 1 << 40"}) {
        CAPTURE(sql);
        const auto own = damaged(sql);
        CHECK_THROWS_AS(store::Catalogue::read(own), store::StoreError);
    }
}
