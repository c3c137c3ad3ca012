// `jobtally show`: reports in full.
#include "core/answers/show.hpp"

#include "cli/application.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/selection_options.hpp"
#include "cli/terminal/messages.hpp"

#include <memory>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

struct ShowOptions {
    std::vector<std::string> ids;
    std::vector<std::string> from;
};

// Prints one record for each report: an object for machines, a block of lines for people; a page
// holds them all. In JSON the records of several ids form one array.
void print(Output& output, const table::ResultTable& table, bool several) {
    const bool rows =
        output.format() == render::Format::csv || output.format() == render::Format::tsv;
    if (rows) {
        output.print(table);
        return;
    }
    if (output.format() == render::Format::html) {
        output.print_record(table);
        return;
    }
    const bool is_array = several && output.format() == render::Format::json;
    const char* const between = output.format() == render::Format::table ? "\n" : "";
    auto one = table;
    if (is_array) output.write("[\n");
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        if (i > 0) output.write(is_array ? "," : between);
        one.rows = {table.rows[i]};
        output.print_record(one);
    }
    if (is_array) output.write("]\n");
}

int run(const Globals& globals, const ShowOptions& options) {
    Output output(globals);
    const auto store = open_store(globals, options.from);
    const auto answer = answers::show(store, options.ids, globals.zone());
    output.tell_apart(query::Scope(store, {}));
    print(output, answers::show_table(answer, output.sparkline()), options.ids.size() > 1);
    output.finish();
    for (const auto& id : answer.not_found) {
        print_error(
            Error(fmt::format("no report \"{}\"", id), "`jobtally list` shows the newest ones"));
    }
    return answer.not_found.empty() ? exit_done : exit_error;
}

}  // namespace

void add_show(Application& application) {
    auto options = std::make_shared<ShowOptions>();
    auto& command = application.add_command("show", "One report in full", [&application, options] {
        return run(application.globals(), *options);
    });
    command.add_option("ID", options->ids, "Which reports")->required();
    add_from(command, options->from);
}

}  // namespace jobtally::cli
