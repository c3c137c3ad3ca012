// `jobtally list`: the newest reports.
#include "core/answers/list.hpp"

#include "cli/application.hpp"
#include "cli/commands/follow.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/selection_options.hpp"
#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

struct ListOptions {
    SelectionOptions selection;
    answers::ListOptions list;
    bool follow = false;
};

int run(const Globals& globals, const ListOptions& options) {
    if (options.follow) follow(globals, options.selection, options.list);
    Output output(globals);
    const auto store = open_store(globals, options.selection.from);
    const query::Scope scope(store, options.selection.selection(globals));
    warn_about_unmatched(globals, scope);
    output.tell_apart(scope);
    output.print(answers::list_table(answers::list(scope, options.list)));
    output.finish();
    return exit_done;
}

}  // namespace

void add_list(Application& application) {
    auto options = std::make_shared<ListOptions>();
    auto& command = application.add_command("list", "The newest reports", [&application, options] {
        return run(application.globals(), *options);
    });
    add_selection(command, options->selection);
    command.add_option("-n,--number", options->list.newest, "The newest N (default 20); 0 is all")
        ->type_name("N")
        ->check(whole_number(0));
    command.add_flag("-f,--follow", options->follow, "Then each report as it is stored or updated")
        ->excludes(command.get_option("--from"));
}

}  // namespace jobtally::cli
