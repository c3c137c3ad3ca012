// `jobtally completion`: the shell's completion script. The hidden `describe` prints the command
// tree as JSON.
#include "cli/application.hpp"
#include "cli/commands/command_tree.hpp"
#include "cli/options/output.hpp"
#include "cli/terminal/messages.hpp"

namespace jobtally::cli {

namespace {

int print_text(Globals globals, const std::string& text) {
    globals.format = "table";  // whatever the file's name ends in
    Output output(globals);
    output.write(text);
    output.finish();
    return exit_done;
}

}  // namespace

void add_completion(Application& application) {
    auto& parent = application.add_command("completion", "Print the shell's completion script", {});
    parent.require_subcommand(0, 1);
    using Script = std::string (*)(const std::vector<CommandDescription>&);
    const std::vector<std::tuple<std::string, std::string, Script>> shells{
        {"bash", "For bash: source <(jobtally completion bash)", bash_script},
        {"zsh", "For zsh: source <(jobtally completion zsh)", zsh_script},
        {"fish", "For fish: jobtally completion fish | source", fish_script}};
    for (const auto& [shell, description, script] : shells) {
        application.add_command(parent, shell, description, [&application, script = script] {
            return print_text(application.globals(), script(describe(application.app())));
        });
    }
    auto& dump = application.add_command(
        "describe", "Print the commands and options as JSON", [&application] {
            return print_text(application.globals(), to_json(describe(application.app())));
        });
    dump.group("");  // hidden
}

}  // namespace jobtally::cli
