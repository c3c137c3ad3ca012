// Takes SQLite's C API, because SQLiteCpp neither sets an authorizer nor tells where a statement
// ends. The authorizer is needed: many pragmas act while they are prepared (hard_heap_limit on the
// whole process), so that it is too late to ask sqlite3_stmt_readonly() afterwards, which calls
// ATTACH and most settings read-only besides.
#include "core/store/upkeep/sql_query.hpp"

#include "core/base/nearest.hpp"
#include "core/store/file/connection.hpp"
#include "core/store/file/fast_statement.hpp"
#include "core/store/file/sqlite_error.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

namespace jobtally::store {

namespace {

constexpr const char* views_hint =
    "the views \"reports\" and \"definitions\" have readable texts and times";

// True for the pragmas that only report something, and only if they set no value.
bool is_harmless(std::string_view pragma, bool has_argument) {
    constexpr std::string_view of_an_object[] = {"table_info",      "table_xinfo", "index_list",
                                                 "index_info",      "index_xinfo", "table_list",
                                                 "foreign_key_list"};
    constexpr std::string_view plain[] = {"application_id",  "user_version",   "page_count",
                                          "page_size",       "freelist_count", "encoding",
                                          "compile_options", "journal_mode",   "database_list"};
    if (std::find(std::begin(of_an_object), std::end(of_an_object), pragma) !=
        std::end(of_an_object)) {
        return true;
    }
    return !has_argument &&
           std::find(std::begin(plain), std::end(plain), pragma) != std::end(plain);
}

int authorize(void*, int action, const char* first, const char* second, const char*, const char*) {
    switch (action) {
        case SQLITE_SELECT:
        case SQLITE_READ:
        case SQLITE_RECURSIVE:
            return SQLITE_OK;
        case SQLITE_FUNCTION:
            return std::string_view(second) == "load_extension" ? SQLITE_DENY : SQLITE_OK;
        case SQLITE_PRAGMA:
            return is_harmless(first, second != nullptr) ? SQLITE_OK : SQLITE_DENY;
        default:
            return SQLITE_DENY;
    }
}

struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

// Sets the rules for as long as it lives.
class OnlyReading {
  public:
    explicit OnlyReading(const Store::Connection& connection) : m_connection(connection) {
        m_connection.execute("PRAGMA query_only=ON");
        sqlite3_set_authorizer(m_connection.handle(), authorize, nullptr);
    }
    ~OnlyReading() {
        sqlite3_set_authorizer(m_connection.handle(), nullptr, nullptr);
        sqlite3_exec(m_connection.handle(), "PRAGMA query_only=OFF", nullptr, nullptr, nullptr);
    }
    OnlyReading(const OnlyReading&) = delete;
    OnlyReading& operator=(const OnlyReading&) = delete;

  private:
    const Store::Connection& m_connection;
};

[[noreturn]] void throw_not_reading() {
    throw UsageError("only statements that read are allowed",
                     "`ingest` adds reports, `db prune` deletes them");
}

// Of a column that is not there: the nearest of the views' columns, or all of them.
std::string hint_of(const Store::Connection& connection, const std::string& reason) {
    constexpr std::string_view no_column = "no such column: ";
    if (!reason.starts_with(no_column)) return views_hint;
    const auto column = reason.substr(reason.find_last_of(" .") + 1);
    std::vector<std::string> names;
    std::string hint;
    for (const char* view : {"reports", "definitions"}) {
        FastStatement row(connection, fmt::format("PRAGMA table_info({})", view));
        hint += fmt::format("{} has", hint.empty() ? view : fmt::format("; {}", view));
        const char* between = " ";
        while (row.step()) {
            names.emplace_back(row.text(1));
            hint += fmt::format("{}{}", std::exchange(between, ", "), names.back());
        }
    }
    return did_you_mean(column, names, hint);
}

Prepared prepare_next(const Store::Connection& connection, const char*& sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(connection.handle(), sql, -1, &statement, &sql);
    if (code == SQLITE_OK) return Prepared(statement);
    const std::string reason = sqlite3_errmsg(connection.handle());
    if (code == SQLITE_AUTH || reason.starts_with("not authorized")) throw_not_reading();
    if (code == SQLITE_ERROR || code == SQLITE_TOOBIG) {
        throw UsageError(fmt::format("SQL: {}", reason), hint_of(connection, reason));
    }
    throw_sqlite(code, connection.handle(), connection.path());
}

Prepared prepare_single(const Store::Connection& connection, const std::string& sql) {
    if (sql.find('\0') != std::string::npos) throw UsageError("SQL: a NUL character");
    const char* rest = sql.c_str();
    auto statement = prepare_next(connection, rest);
    while (!statement && *rest != '\0') statement = prepare_next(connection, rest);
    if (!statement) throw UsageError("SQL: there is no statement", views_hint);
    while (*rest != '\0') {
        if (prepare_next(connection, rest)) throw UsageError("SQL: more than one statement");
    }
    if (sqlite3_stmt_readonly(statement.get()) == 0) throw_not_reading();
    if (sqlite3_bind_parameter_count(statement.get()) > 0) {
        throw UsageError("SQL: parameters have no values here", "write the values out");
    }
    return statement;
}

std::vector<std::string> column_names(sqlite3_stmt* statement) {
    std::vector<std::string> names;
    for (int column = 0; column < sqlite3_column_count(statement); ++column) {
        const char* text = sqlite3_column_name(statement, column);
        const std::string name = text == nullptr ? "" : text;
        auto unique = name;
        for (int copy = 1; std::find(names.begin(), names.end(), unique) != names.end(); ++copy) {
            unique = fmt::format("{}:{}", name, copy);
        }
        names.push_back(std::move(unique));
    }
    return names;
}

SqlValue value_of(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_NULL:
            return {};
        case SQLITE_INTEGER:
            return sqlite3_column_int64(statement, column);
        case SQLITE_FLOAT:
            return sqlite3_column_double(statement, column);
        default: {
            const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
            return bytes == nullptr ? std::string() : std::string(bytes, size);
        }
    }
}

}  // namespace

SqlAnswer run_query(const Store& store, const std::string& sql) {
    const auto& connection = store.connection();
    const OnlyReading only_reading(connection);
    const auto statement = prepare_single(connection, sql);
    SqlAnswer answer;
    answer.columns = column_names(statement.get());
    int code = sqlite3_step(statement.get());
    for (; code == SQLITE_ROW; code = sqlite3_step(statement.get())) {
        auto& row = answer.rows.emplace_back();
        row.reserve(answer.columns.size());
        for (int column = 0; column < static_cast<int>(answer.columns.size()); ++column) {
            row.push_back(value_of(statement.get(), column));
        }
    }
    if ((code & 0xff) == SQLITE_ERROR) {
        throw Error(fmt::format("SQL: {}", sqlite3_errmsg(connection.handle())));
    }
    if (code != SQLITE_DONE) throw_sqlite(code, connection.handle(), connection.path());
    return answer;
}

}  // namespace jobtally::store
