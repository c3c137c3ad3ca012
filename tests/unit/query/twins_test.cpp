// Definitions that share a name: by their sources, else by their ids.
#include "core/query/twins.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

namespace {

using namespace jobtally::query_test;
using jobtally::table::ResultTable;
namespace query = jobtally::query;

Made run(const std::string& id, const std::string& definition, const std::string& name,
         const std::string& source) {
    Made made{id, "SUCCESS", "01:00:00"};
    made.definition = definition;
    made.name = name;
    made.source = source;
    return made;
}

// The names as people see them, in a table of these ids and names.
std::string shown(const query::Twins& twins,
                  const std::vector<std::pair<std::string, std::string>>& rows) {
    ResultTable table;
    table.columns = {{"definition_id", ""}, {"definition_name", ""}};
    for (const auto& [id, name] : rows) table.rows.push_back({id, name});
    twins.tell_apart(table);
    std::string names;
    for (const auto& row : table.rows) names += std::get<std::string>(row[1]) + "|";
    return names;
}

TEST_CASE("definitions of one name are told apart by their sources, else by their ids", "[query]") {
    const auto store = store_of({run("1", "a", "Load", "north"), run("2", "a", "Load", "north"),
                                 run("3", "b", "Load", "south"), run("4", "c", "Clean", "north"),
                                 run("5", "d", "Clean", "north"), run("6", "e", "Sync", "north"),
                                 run("7", "f", "Sync", ""), run("8", "g", "Save", "north"),
                                 run("9", "g", "Save", "south"), run("A", "h", "Save", "west"),
                                 run("B", "i", "Alone", "north")});
    const query::Twins twins(query::Scope(store, {}));
    CHECK(shown(twins, {{"b", "Load"}}) == "Load (south)|");
    CHECK(shown(twins, {{"a", "Load"}, {"b", "Load"}}) == "Load (north)|Load (south)|");
    CHECK(shown(twins, {{"c", "Clean"}, {"d", "Clean"}}) == "Clean (c)|Clean (d)|");
    CHECK(shown(twins, {{"e", "Sync"}, {"f", "Sync"}}) == "Sync (e)|Sync (f)|");
    CHECK(shown(twins, {{"g", "Save"}, {"h", "Save"}}) == "Save (g)|Save (h)|");
    CHECK(shown(twins, {{"i", "Alone"}, {"i", "Alone"}}) == "Alone|Alone|");
    // Their names were one once.
    CHECK(shown(twins, {{"i", "Old"}, {"j", "Old"}, {"k", "New"}}) == "Old (i)|Old (j)|New|");
    const jobtally::store::Store none = store_of({});
    CHECK(shown(query::Twins(query::Scope(none, {})), {{"a", "Load"}}) == "Load|");
}

TEST_CASE("ids are shortened to what tells them apart and what -d takes", "[query]") {
    using Ids = std::vector<std::string>;
    CHECK(query::short_ids({"3f2a9c10-aaaa", "9c103f2a-aaaa"}) == Ids{"3f2a9c10*", "9c103f2a*"});
    CHECK(query::short_ids({"AWstKc-0000-1111aaaa", "AWstKc-0000-2222bbbb"}) ==
          Ids{"*1111aaaa", "*2222bbbb"});
    const Ids alike{"AAAAAAAA-x-BBBBBBBB", "AAAAAAAA-y-BBBBBBBB"};
    CHECK(query::short_ids(alike) == alike);
    CHECK(query::short_ids({"a[1]-longer-id", "b[1]-longer-id"}) ==
          Ids{"a[1]-longer-id", "b[1]-longer-id"});
}

}  // namespace
