// The newest runs of each definition, whichever columns of which segments are read for them.
#include "core/query/run_history.hpp"

#include "core/store/file/connection.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <utility>

namespace {

using namespace jobtally;
using query_test::instant;
using query_test::Made;

const time::Instant first_minute = instant("2026-01-01T00:00:00Z");

std::string at_minute(std::int64_t minutes) {
    return time::format_utc(first_minute + std::chrono::minutes(minutes));
}

struct Newest {
    std::int64_t reports = 0;
    std::string type;  // of the newest that has one
    std::vector<std::int64_t> created;
    bool operator==(const Newest&) const = default;
};
using NewestById = std::map<std::string, Newest>;

NewestById newest_of(const store::Store& store, time::Instant now, std::size_t most) {
    NewestById result;
    const query::Scope scope(store, {});
    const auto history = query::RunHistory::newest(scope, now, most);
    for (const std::size_t key : history.definitions()) {
        const auto& catalogue = scope.catalogue();
        Newest& newest = result[catalogue.definition(static_cast<std::int32_t>(key))->id];
        newest.reports = history.reports(key);
        if (const auto* type = catalogue.word(history.type(key))) newest.type = *type;
        for (const auto& run : history.of(key)) newest.created.push_back(run.created_at);
    }
    return result;
}

NewestById newest_of(std::vector<Made> reports, time::Instant now, std::size_t most) {
    NewestById result;
    std::sort(reports.begin(), reports.end(),
              [](const Made& a, const Made& b) { return a.created < b.created; });
    for (const Made& made : reports) {
        const auto created = instant(made.created);
        if (made.definition.empty() || created > now) continue;
        Newest& newest = result[made.definition];
        ++newest.reports;
        if (!made.type.empty()) newest.type = made.type;
        newest.created.push_back(time::micros(created));
        if (newest.created.size() > most) newest.created.erase(newest.created.begin());
    }
    return result;
}

// In the order in which they come; no two are of the same time.
std::vector<Made> made_by_chance(std::uint32_t seed) {
    std::mt19937 chance(seed);
    const auto below = [&](std::uint32_t end) { return chance() % end; };
    const std::uint32_t shuffled = below(3) == 0 ? 400 : below(30) + 1;
    const std::uint32_t silent_from = below(400);
    std::vector<std::int64_t> minutes;
    for (std::int64_t i = 0; i < 400; ++i) minutes.push_back(i);
    for (std::size_t from = 0; from < minutes.size(); from += shuffled) {
        const std::size_t end = std::min<std::size_t>(from + shuffled, minutes.size());
        std::shuffle(minutes.begin() + static_cast<std::ptrdiff_t>(from),
                     minutes.begin() + static_cast<std::ptrdiff_t>(end), chance);
    }
    std::vector<Made> reports;
    for (const std::int64_t at : minutes) {
        Made made{std::to_string(at), "SUCCESS", at_minute(at)};
        const std::uint32_t kind = below(12);
        if (kind < 8) made.definition = "often";
        if (kind == 8 && at < silent_from) made.definition = "silent";
        if (kind == 9 && at >= silent_from) made.definition = "new";
        if (kind == 10) made.definition = "seldom";
        made.type = below(seed % 20 + 1) == 0 ? (below(2) == 0 ? "export" : "import") : "";
        reports.push_back(std::move(made));
    }
    return reports;
}

}  // namespace

TEST_CASE("the newest runs are the same whatever is left out", "[query]") {
    for (std::uint32_t seed = 0; seed < 120; ++seed) {
        const auto reports = made_by_chance(seed);
        const auto store = query_test::store_of(reports);
        for (const std::size_t most : {1U, 5U, 40U}) {
            for (const std::int64_t now : {150, 390, 1000}) {
                INFO("seed " << seed << ", " << most << ", " << now);
                const auto at = first_minute + std::chrono::minutes(now);
                CHECK(newest_of(store, at, most) == newest_of(reports, at, most));
            }
        }
    }
}

TEST_CASE("what is too old to be among the newest runs is counted, not read", "[query]") {
    std::vector<Made> reports;
    for (std::int64_t i = 0; i < 2000; ++i)
        reports.push_back({std::to_string(i), "SUCCESS", at_minute(i), {}, "often"});
    const auto store = query_test::store_of(reports);
    const auto now = first_minute + std::chrono::days(2);
    const auto expected = newest_of(reports, now, 20);
    ::setenv("JOBTALLY_THREADS", "1", 1);  // another would go ahead while one stands still
    // The times of the first ones.
    store.connection().execute(
        "DELETE FROM packed_column WHERE column_number = 5 AND first_sequence < 100");
    CHECK(newest_of(store, now, 20) == expected);
    CHECK_THROWS(newest_of(store, now, 1950));
    ::unsetenv("JOBTALLY_THREADS");
}
