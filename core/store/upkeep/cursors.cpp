#include "core/store/upkeep/cursors.hpp"

#include "core/store/file/statement.hpp"

#include <algorithm>
#include <random>

#include <fmt/format.h>

namespace jobtally::store {

namespace {

// Eight marks of 16 digits: so many runs may begin while one goes on.
constexpr int marks_kept = 8 * 16;

std::string drawn_mark() {
    std::random_device chance;
    return fmt::format("{:08x}{:08x}", chance(), chance());
}

struct Writing {
    explicit Writing(const Store::Connection& connection)
        : held(connection.guard(), std::chrono::steady_clock::now() + std::chrono::seconds(60)),
          scope(connection) {}
    HeldGuard held;
    WriteScope scope;
};

}  // namespace

bool is_behind(const Store& store, const std::string& cursor) {
    Statement row(store.connection(),
                  "SELECT (SELECT sequence FROM cursor WHERE cursor = ?) IS NOT value "
                  "FROM state WHERE name = 'last_sequence'");
    row.bind(1, cursor);
    return row.executeStep() && row.getColumn(0).getInt() != 0;
}

CursorRun begin_run(Store& store, const std::string& cursor) {
    const auto& connection = store.connection();
    Writing writing(connection);
    CursorRun run{cursor, drawn_mark()};
    run.given = connection.query_integer("SELECT value FROM state WHERE name = 'last_sequence'");
    {
        Statement row(connection, "SELECT sequence FROM cursor WHERE cursor = ?");
        row.bind(1, cursor);
        const bool is_known = row.executeStep();
        if (is_known) run.after = row.getColumn(0).getInt64();
        if (!is_known) run.start = CursorRun::Start::is_new;
    }
    if (run.after > run.given) {
        run.start = CursorRun::Start::begins_again;
        run.after = 0;
    }
    Statement row(
        connection,
        "INSERT INTO cursor (cursor, sequence, runs) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (cursor) DO UPDATE SET sequence = ?2, runs = substr(?3 || runs, 1, ?4)");
    row.bind(1, cursor);
    row.bind(2, run.after);
    row.bind(3, run.mark);
    row.bind(4, marks_kept);
    row.exec();
    writing.scope.commit();
    return run;
}

void end_run(Store& store, const CursorRun& run, Sequence taken, time::Instant now) {
    const auto& connection = store.connection();
    Writing writing(connection);
    Statement row(connection,
                  "UPDATE cursor SET sequence = max(sequence, ?), moved_at = ? "
                  "WHERE cursor = ? AND instr(runs, ?) > 0");
    row.bind(1, taken);
    row.bind(2, time::micros(now));
    row.bind(3, run.cursor);
    row.bind(4, run.mark);
    if (row.exec() == 0) {
        throw StoreError(StoreError::Kind::replaced,
                         "the cursor was forgotten, or another store put in place, during the run",
                         "the next run hands the reports over again");
    }
    writing.scope.commit();
}

bool forget_cursor(Store& store, const std::string& cursor) {
    const auto& connection = store.connection();
    Writing writing(connection);
    Statement row(connection, "DELETE FROM cursor WHERE cursor = ?");
    row.bind(1, cursor);
    const bool was_there = row.exec() > 0;
    writing.scope.commit();
    return was_there;
}

std::vector<CursorStatus> read_cursors(const Store& store) {
    Statement row(store.connection(),
                  "SELECT cursor, moved_at, (SELECT count(*) FROM report WHERE "
                  "report.sequence > cursor.sequence) FROM cursor ORDER BY cursor");
    std::vector<CursorStatus> cursors;
    while (row.executeStep()) {
        CursorStatus status{row.getColumn(0), {}, row.getColumn(2)};
        if (!row.getColumn(1).isNull())
            status.moved_at = time::instant_from_micros(row.getColumn(1));
        cursors.push_back(std::move(status));
    }
    return cursors;
}

}  // namespace jobtally::store
