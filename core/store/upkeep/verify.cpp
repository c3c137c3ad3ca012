// The checks one after the other.
#include "core/store/upkeep/verify.hpp"

#include "core/store/file/identity.hpp"
#include "core/store/file/statement.hpp"
#include "core/store/reports/settle.hpp"
#include "core/store/segments/segments.hpp"
#include "core/store/upkeep/verify_rows.hpp"

#include <functional>
#include <map>
#include <sstream>

#include <fmt/format.h>

namespace jobtally::store {

namespace {

constexpr int pages_limit = 100;
constexpr std::chrono::seconds verify_patience{60};

void check_pages(const Store::Connection& connection, Check& check) {
    Statement row(connection, fmt::format("PRAGMA integrity_check({})", pages_limit));
    while (row.executeStep()) {
        const std::string found = row.getColumn(0);
        if (found == "ok") continue;
        std::istringstream lines(found);  // one row may hold several
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with("*** in database")) add_finding(check, line);  // a title
        }
    }
}

using Objects = std::map<std::string, std::string>;  // `table report`: its SQL

Objects objects_of(const Store::Connection& connection) {
    Statement row(connection,
                  "SELECT type || ' ' || name, sql FROM sqlite_schema "
                  "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
    Objects objects;
    while (row.executeStep()) objects.emplace(row.getColumn(0), row.getColumn(1));
    return objects;
}

// By the schema of its own version: a backup of before an upgrade is sound.
void check_schema(const Store::Connection& connection, Check& check) {
    const Store::Connection own(":memory:", Store::Connection::Access::memory);
    auto steps = schema_steps();
    steps.resize(static_cast<std::size_t>(connection.query_integer("PRAGMA user_version")));
    migrate(own, steps);
    const auto wanted = objects_of(own);
    const auto found = objects_of(connection);
    for (const auto& [name, sql] : wanted) {
        const auto object = found.find(name);
        if (object == found.end()) {
            add_finding(check, fmt::format("{} is missing", name));
        } else if (object->second != sql) {
            add_finding(check, fmt::format("{} differs from what jobtally makes", name));
        }
    }
    // Tables, views and indexes of others do no harm; a trigger changes what is written.
    for (const auto& [name, sql] : found) {
        if (name.starts_with("trigger ")) {
            add_finding(check, fmt::format("{} was not made by jobtally", name));
        }
    }
}

void check_declared_references(const Store::Connection& connection, Check& check) {
    Statement row(connection, "PRAGMA foreign_key_check");
    while (row.executeStep()) {
        add_finding(check, fmt::format("row {} of table {} refers to a missing row of {}",
                                       row.getColumn(1).getInt64(), row.getColumn(0).getString(),
                                       row.getColumn(2).getString()));
    }
}

void check_counters(const Store::Connection& connection, Check& check) {
    const auto expect_at_least = [&](const char* what, const char* counter, const char* greatest) {
        const auto counted = connection.query_integer(counter);
        const auto used = connection.query_integer(greatest);
        if (counted >= used) return;
        add_finding(check, fmt::format("the last {} is {}, but {} is used", what, counted, used));
    };
    expect_at_least("sequence", "SELECT value FROM state WHERE name = 'last_sequence'",
                    "SELECT max(sequence) FROM report");
    expect_at_least("sequence", "SELECT value FROM state WHERE name = 'last_sequence'",
                    "SELECT max(last_sequence) FROM segment");
    expect_at_least("number of a rejected body",
                    "SELECT seq FROM sqlite_sequence WHERE name = 'rejected'",
                    "SELECT max(rejected_id) FROM rejected");
}

void check_segments(const Store::Connection& connection, Check& check) {
    for (const auto first : disagreeing_segments(connection)) {
        add_finding(check, fmt::format("segment {} disagrees with the reports it packs", first));
    }
}

// What can't be read is damaged too; anything else (no memory, a busy store) is not a finding.
void run(Check& check, const std::function<void()>& look) {
    try {
        look();
    } catch (const StoreError& error) {
        using Kind = StoreError::Kind;
        const bool is_damage = error.kind() == Kind::corrupt || error.kind() == Kind::foreign ||
                               error.kind() == Kind::other;
        if (!is_damage) throw;
        add_finding(check, error.what());
    }
}

}  // namespace

std::vector<Check> verify(
    const Store& store,
    const std::function<void(std::int64_t done, std::int64_t total)>& progress) {
    const auto& connection = store.connection();
    const ReadScope scope(connection);
    std::vector<Check> checks = {{"pages", "SQLite's integrity check", 0, {}},
                                 {"schema", "tables and views", 0, {}},
                                 {"references", "words and definitions of reports", 0, {}},
                                 {"labels", "names of definitions", 0, {}},
                                 {"values", "times, counts and texts", 0, {}},
                                 {"counters", "numbers that were given out", 0, {}},
                                 {"segments", "packed copies of reports", 0, {}}};
    const std::pair<std::size_t, std::function<void()>> parts[] = {
        {0, [&] { check_pages(connection, checks[0]); }},
        {1, [&] { check_schema(connection, checks[1]); }},
        {2, [&] { check_declared_references(connection, checks[2]); }},
        {2,
         [&] {
             verify_rows(connection, {checks[2], checks[3], checks[4]});
         }},
        {5, [&] { check_counters(connection, checks[5]); }},
        {6, [&] { check_segments(connection, checks[6]); }}};
    std::int64_t done = 0;
    for (const auto& [check, part] : parts) {
        run(checks[check], part);
        if (progress) progress(++done, std::ssize(parts));
    }
    return checks;
}

void repack(Store& store) {
    auto& connection = store.connection();
    {
        const HeldGuard held(connection.guard(),
                             std::chrono::steady_clock::now() + verify_patience);
        WriteScope scope(connection);
        connection.execute("DELETE FROM segment; DELETE FROM packed_column");
        scope.commit();
        connection.writer_memory.reset();  // it remembers where segments were
    }
    settle(store);
}

}  // namespace jobtally::store
