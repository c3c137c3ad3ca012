// `jobtally definitions`: what is known of each definition.
#include "core/answers/definitions.hpp"

#include "cli/application.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/selection_options.hpp"
#include "cli/terminal/messages.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

int print_definitions(const Globals& globals, const SelectionOptions& options) {
    Output output(globals);
    const auto store = open_store(globals, options.from);
    const query::Scope scope(store, options.selection(globals));
    warn_about_unmatched(globals, scope);
    output.print(answers::definitions_table(answers::definitions(scope)));
    output.finish();
    return exit_done;
}

}  // namespace

void add_definitions(Application& application) {
    auto options = std::make_shared<SelectionOptions>();
    auto& command = application.add_command(
        "definitions", "What is known of each definition",
        [&application, options] { return print_definitions(application.globals(), *options); });
    add_selection(command, *options);
}

}  // namespace jobtally::cli
