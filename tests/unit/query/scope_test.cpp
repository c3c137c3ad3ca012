// Which reports are selected.
#include "core/query/scope.hpp"

#include "core/base/error.hpp"
#include "core/query/bearers.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

#include <algorithm>

namespace {

using namespace jobtally;
using query_test::Made;

const std::vector<Made>& mixed_reports() {
    static const std::vector<Made> reports{
        {"a1", "SUCCESS", "01:00:00", "01:00:05", "d-1", "Daily customers"},
        {"a2", "FAILURE", "02:00:00", "02:00:05", "d-1", "Daily customers"},
        {"b1", "SUCCESS", "03:00:00", "03:00:05", "d-2", "Nightly [old]", -1, -1, -1, "export"},
        {"b2", "RUNNING", "04:00:00", "", "d-2", "Nightly [old]", -1, -1, -1, "export"},
        {"n1", "success", "05:00:00", "", "", "Daily customers", -1, -1, -1, ""},
        {"c1", "SUCCESS", "06:00:00", "", "d-3", "", -1, -1, -1, "Import"},
    };
    return reports;
}

std::string selected_ids(const store::Store& store, const query::Selection& selection) {
    const query::Scope scope(store, selection);
    std::vector<store::Sequence> sequences;
    scope.scan(static_cast<store::FactColumns>(store::FactColumn::sequence),
               [&](const store::FactBatch& batch) {
                   CHECK(batch.sequence.size() == batch.size);
                   sequences.insert(sequences.end(), batch.sequence.begin(), batch.sequence.end());
               });
    auto ids = store::read_ids(store, sequences);
    std::sort(ids.begin(), ids.end());
    std::vector<std::string> whole;
    for (const auto& report : store::read_page(store, 0, 1000)) {
        if (scope.selected(report)) whole.push_back(report.report.id);
    }
    std::sort(whole.begin(), whole.end());
    CHECK(ids == whole);  // both ways of choosing agree
    std::string text;
    for (const auto& id : ids) text += (text.empty() ? "" : " ") + id;
    return text;
}

std::string ids_of_definitions(const std::vector<std::string>& patterns) {
    const auto store = query_test::store_of(mixed_reports());
    query::Selection selection;
    selection.definitions = patterns;
    return selected_ids(store, selection);
}

}  // namespace

TEST_CASE("the default selection is everything", "[query]") {
    CHECK(ids_of_definitions({}) == "a1 a2 b1 b2 c1 n1");
}

TEST_CASE("definitions are selected by id, name and glob", "[query]") {
    CHECK(ids_of_definitions({"d-1"}) == "a1 a2");
    CHECK(ids_of_definitions({"Daily customers"}) == "a1 a2");  // n1 has no definition
    CHECK(ids_of_definitions({"daily customers"}) == "");       // case counts
    CHECK(ids_of_definitions({"Nightly [old]"}) == "b1 b2");    // to the letter before as a glob
    CHECK(ids_of_definitions({"Nightly*"}) == "b1 b2");
    CHECK(ids_of_definitions({"d-[13]"}) == "a1 a2 c1");
    CHECK(ids_of_definitions({"d-1", "d-3"}) == "a1 a2 c1");
    CHECK(ids_of_definitions({"*"}) == "a1 a2 b1 b2 c1");
}

TEST_CASE("definitions are selected by a range of keys, with the patterns", "[query]") {
    const auto store = query_test::store_of(mixed_reports());
    query::Selection selection;
    selection.keys = {0, 2};
    CHECK(selected_ids(store, selection) == "a1 a2 n1");  // 0: no definition
    selection.keys = {1, 4};
    selection.definitions = {"!d-2"};
    CHECK(selected_ids(store, selection) == "a1 a2 c1");
}

TEST_CASE("definitions are excluded by !", "[query]") {
    CHECK(ids_of_definitions({"!d-1"}) == "b1 b2 c1 n1");  // everything but
    CHECK(ids_of_definitions({"d-*", "!Daily*"}) == "b1 b2 c1");
    CHECK(ids_of_definitions({"!Daily*", "d-*"}) == "b1 b2 c1");  // in any order
    CHECK(ids_of_definitions({"!*"}) == "n1");
}

TEST_CASE("patterns that match nothing are named, with what comes near", "[query]") {
    const auto store = query_test::store_of(mixed_reports());
    query::Selection selection;
    selection.definitions = {"Daly custmers", "d-1", "!zzzzzzzz", "d-*"};
    const auto unmatched = query::Scope(store, selection).unmatched();
    REQUIRE(unmatched.size() == 2);
    CHECK(unmatched[0].pattern == "Daly custmers");
    CHECK(unmatched[0].nearest == "Daily customers");
    CHECK(unmatched[1].pattern == "!zzzzzzzz");
    CHECK(unmatched[1].nearest == "");
}

TEST_CASE("types and statuses are selected without regard to case", "[query]") {
    const auto store = query_test::store_of(mixed_reports());
    query::Selection types;
    types.types = {"IMPORT"};
    CHECK(selected_ids(store, types) == "a1 a2 c1");
    query::Selection statuses;
    statuses.statuses = {"success", "Running"};
    CHECK(selected_ids(store, statuses) == "a1 b1 b2 c1 n1");
    query::Selection all = statuses;
    all.types = {"export"};
    all.definitions = {"!d-1"};
    CHECK(selected_ids(store, all) == "b1 b2");
    all.statuses = {"NONE"};
    CHECK(selected_ids(store, all) == "");
}

TEST_CASE("the window is half-open and of the time that counts", "[query]") {
    const auto store = query_test::store_of(mixed_reports());
    query::Selection selection;
    selection.span = {query_test::instant("2026-11-02T02:00:00Z"),
                      query_test::instant("2026-11-02T04:00:00Z")};
    CHECK(selected_ids(store, selection) == "a2 b1");
    selection.at = store::WhichTime::updated;  // created where it is unknown
    selection.span.until.reset();
    CHECK(selected_ids(store, selection) == "a2 b1 b2 c1 n1");
    selection.span.since = query_test::instant("2026-11-02T03:00:05Z");
    CHECK(selected_ids(store, selection) == "b1 b2 c1 n1");
    selection.also = {store::WhichTime::created, {{}, query_test::instant("2026-11-02T05:00:00Z")}};
    CHECK(selected_ids(store, selection) == "b1 b2");
    selection.also->is_within = false;
    CHECK(selected_ids(store, selection) == "c1 n1");
    selection.also.reset();
    selection.at = store::WhichTime::received;
    CHECK(selected_ids(store, selection) == "a1 a2 b1 b2 c1 n1");
}

TEST_CASE("min_runs leaves out definitions with too few finished reports", "[query]") {
    const auto store = query_test::store_of(mixed_reports());
    query::Selection selection;
    selection.min_runs = 1;  // n1's `success` is no SUCCESS
    CHECK(selected_ids(store, selection) == "a1 a2 b1 b2 c1");
    selection.min_runs = 2;
    CHECK(selected_ids(store, selection) == "a1 a2");
    selection.span.until = query_test::instant("2026-11-02T02:00:00Z");
    CHECK(selected_ids(store, selection) == "");  // within the rest of the selection
    selection.span.until.reset();
    selection.min_runs = 1;
    selection.statuses = {"RUNNING"};
    CHECK(selected_ids(store, selection) == "");
}

TEST_CASE("reports that come after the question are left out", "[query]") {
    auto store = query_test::store_of({{"a1", "SUCCESS", "01:00:00", "", "d-1", "A"}});
    const query::Scope scope(store, {});
    query_test::put(store, {{"a2", "SUCCESS", "02:00:00", "", "d-1", "A"},
                            {"b1", "SUCCESS", "02:00:00", "", "d-2", "B"},
                            {"a3", "ODD", "03:00:00", "", "d-1", "A"}});
    std::size_t count = 0;
    scope.scan(store::FactColumn::definition | store::FactColumn::status,
               [&](const store::FactBatch& batch) { count += batch.size; });
    CHECK(count == 2);  // a1, a2: the definition of b1 and the word of a3 are not in the catalogue
}

TEST_CASE("groupings have names", "[query]") {
    CHECK(query::by_named("definition") == query::By::definition);
    CHECK(query::by_named("none") == query::By::none);
    CHECK_THROWS_AS(query::by_named("day"), UsageError);
}

TEST_CASE("a name that nobody has any more means who had it", "[query]") {
    const auto store = query_test::store_of({{"a1", "SUCCESS", "01:00:00", "", "d-1", "Import"},
                                             {"a2", "SUCCESS", "02:00:00", "", "d-1", "Import v2"},
                                             {"b1", "SUCCESS", "01:00:00", "", "d-2", "Import"},
                                             {"b2", "SUCCESS", "02:00:00", "", "d-2", "Export"},
                                             {"c1", "SUCCESS", "01:00:00", "", "d-3", "Export"},
                                             {"n1", "SUCCESS", "01:00:00", "", "", "Nameless"}});
    const query::Scope everything(store, {});
    const auto had = [&](const char* name) {
        std::string ids;
        for (const auto* each : query::renamed_from(name, everything)) ids += each->id + " ";
        return ids;
    };
    CHECK(had("Import") == "d-1 d-2 ");
    CHECK(had("Export") == "");
    CHECK(had("Nameless") == "");
    CHECK(had("Nobody") == "");
    CHECK(query::is_borne("Export", everything.catalogue()));
    CHECK(query::is_borne("d-3", everything.catalogue()));
    CHECK_FALSE(query::is_borne("Import", everything.catalogue()));
}
