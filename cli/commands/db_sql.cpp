// `jobtally db sql`: a question in SQL that only reads.
#include "cli/commands/db.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/text.hpp"
#include "core/store/upkeep/sql_query.hpp"

#include <cmath>
#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>

namespace jobtally::cli {

namespace {

struct CellOf {
    table::Cell operator()(std::monostate) const { return {}; }
    table::Cell operator()(std::int64_t value) const { return table::Digits{value}; }
    table::Cell operator()(double value) const {
        if (!std::isfinite(value)) return std::string(value < 0 ? "-Infinity" : "Infinity");
        return table::Number{value};
    }
    table::Cell operator()(const std::string& bytes) const {
        return is_utf8(bytes) ? bytes : visible(bytes);
    }
};

table::ResultTable answer_table(const store::SqlAnswer& answer) {
    table::ResultTable table;
    table.rows_key = "rows";
    table.empty_note = "no rows";
    for (const auto& name : answer.columns) {
        table.columns.push_back({is_utf8(name) ? name : visible(name), ""});
    }
    table.rows.reserve(answer.rows.size());
    for (const auto& row : answer.rows) {
        auto& cells = table.rows.emplace_back();
        cells.reserve(row.size());
        for (const auto& value : row) cells.push_back(std::visit(CellOf{}, value));
    }
    return table;
}

constexpr std::string_view file_ending = ".sql";

// `-` is stdin, and `*.sql` a file.
std::string statement(const std::string& argument) {
    if (argument != "-" && !argument.ends_with(file_ending)) return argument;
    const std::string path = argument == "-" ? "/dev/stdin" : argument;
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) throw IoError("can't read " + in_quotes(path));
    return text.str();
}

int answer(const Globals& globals, const std::string& argument) {
    if (argument == "-") note_typing(globals, "a statement");
    const auto sql = statement(argument);
    Output output(globals);
    const auto store = open_to_read(globals);
    output.print(answer_table(store::run_query(store, sql)));
    output.finish();
    return exit_done;
}

}  // namespace

void add_db_sql(Application& application, CLI::App& db) {
    auto sql = std::make_shared<std::string>();
    auto& command = application.add_command(
        db, "sql", "Query the store in SQL, read-only",
        [&application, sql] { return answer(application.globals(), *sql); });
    command.add_option("SQL", *sql, "One read-only statement, a FILE.sql, or `-` for stdin")
        ->required();
}

}  // namespace jobtally::cli
