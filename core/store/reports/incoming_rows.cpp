#include "core/store/reports/incoming_rows.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/file/sqlite_error.hpp"

#include <new>

#include <sqlite3.h>

namespace jobtally::store {

namespace {

enum Column : int {
    sequence,
    id,
    definition,
    name,
    type,
    status,
    created_at,
    updated_at,
    received_at,
    operations,
    succeeded,
    failed,
    unknown_members,
    source,
};

constexpr const char* declaration =
    "CREATE TABLE incoming (sequence, id, definition, name, type, status, created_at, updated_at, "
    "received_at, total_operations, total_succeeded, total_failed, unknown_members, source)";

// SQLite's own part of both structures comes first, as it asks for.
struct Table {
    sqlite3_vtab base;
    IncomingRows* incoming;
};

struct Cursor {
    sqlite3_vtab_cursor base;
    IncomingRows* incoming;
    std::size_t place;
};

Cursor& cursor_of(sqlite3_vtab_cursor* cursor) {
    return *reinterpret_cast<Cursor*>(cursor);
}

int connect(sqlite3* handle, void* incoming, int, const char* const*, sqlite3_vtab** made, char**) {
    const int code = sqlite3_declare_vtab(handle, declaration);
    if (code != SQLITE_OK) return code;
    auto* const table = new (std::nothrow) Table{{}, static_cast<IncomingRows*>(incoming)};
    if (table == nullptr) return SQLITE_NOMEM;
    sqlite3_vtab_config(handle, SQLITE_VTAB_DIRECTONLY);
    *made = &table->base;
    return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
    delete reinterpret_cast<Table*>(table);
    return SQLITE_OK;
}

int best_index(sqlite3_vtab*, sqlite3_index_info*) {
    return SQLITE_OK;
}

int open(sqlite3_vtab* table, sqlite3_vtab_cursor** made) {
    auto* const incoming = reinterpret_cast<Table*>(table)->incoming;
    auto* const cursor = new (std::nothrow) Cursor{{}, incoming, 0};
    if (cursor == nullptr) return SQLITE_NOMEM;
    *made = &cursor->base;
    return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
    delete &cursor_of(cursor);
    return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
    cursor_of(cursor).place = 0;
    return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
    auto& [base, incoming, place] = cursor_of(cursor);
    const bool is_inserted =
        sqlite3_last_insert_rowid(incoming->handle()) == incoming->rows()[place].facts.sequence;
    ++place;
    if (is_inserted)
        incoming->set_inserted(place);
    else
        place = incoming->rows().size();
    return SQLITE_OK;
}

int is_at_end(sqlite3_vtab_cursor* cursor) {
    const auto& [base, incoming, place] = cursor_of(cursor);
    return place >= incoming->rows().size() ? 1 : 0;
}

void give(sqlite3_context* context, std::int64_t value, bool is_known = true) {
    if (is_known) sqlite3_result_int64(context, value);
}

void give_key(sqlite3_context* context, std::int64_t key) {
    give(context, key, key != 0);
}

void give_value(sqlite3_context* context, std::int64_t value) {
    give(context, value, value != unknown_value);
}

// The text must live until the statement has come to its end.
void give(sqlite3_context* context, std::string_view text) {
    sqlite3_result_text64(context, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                          SQLITE_UTF8);
}

// What is not given is NULL.
int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int which) {
    const auto& [base, incoming, place] = cursor_of(cursor);
    const auto& [facts, report_id, members] = incoming->rows()[place];
    switch (which) {
        case sequence:
            give(context, facts.sequence);
            break;
        case id:
            give(context, report_id);
            break;
        case definition:
            give_key(context, facts.definition);
            break;
        case name:
            give_key(context, facts.name);
            break;
        case type:
            give_key(context, facts.type);
            break;
        case status:
            give(context, facts.status);
            break;
        case created_at:
            give(context, facts.created_at);
            break;
        case updated_at:
            give_value(context, facts.updated_at);
            break;
        case received_at:
            give(context, facts.received_at);
            break;
        case operations:
            give_value(context, facts.operations);
            break;
        case succeeded:
            give_value(context, facts.succeeded);
            break;
        case failed:
            give_value(context, facts.failed);
            break;
        case unknown_members:
            if (!members.empty()) give(context, members);
            break;
        case source:
            give_key(context, facts.source);
            break;
        default:
            return SQLITE_ERROR;
    }
    return SQLITE_OK;
}

int row_number(sqlite3_vtab_cursor* cursor, sqlite3_int64* number) {
    *number = static_cast<sqlite3_int64>(cursor_of(cursor).place);
    return SQLITE_OK;
}

constexpr sqlite3_module module() {
    sqlite3_module methods{};
    methods.xConnect = connect;
    methods.xBestIndex = best_index;
    methods.xDisconnect = disconnect;
    methods.xOpen = open;
    methods.xClose = close;
    methods.xFilter = filter;
    methods.xNext = next;
    methods.xEof = is_at_end;
    methods.xColumn = column;
    methods.xRowid = row_number;
    return methods;
}

constexpr sqlite3_module incoming_module = module();

}  // namespace

IncomingRows::IncomingRows(const Store::Connection& connection) : m_handle(connection.handle()) {
    const int code =
        sqlite3_create_module_v2(m_handle, "incoming", &incoming_module, this, nullptr);
    if (code != SQLITE_OK) throw_sqlite(code, m_handle, connection.path());
}

void IncomingRows::set(std::span<const IncomingRow> rows) {
    m_rows = rows;
    m_inserted = 0;
    sqlite3_set_last_insert_rowid(m_handle,
                                  0);  // what was rolled back may have had these sequences
}

}  // namespace jobtally::store
