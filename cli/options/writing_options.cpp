#include "cli/options/writing_options.hpp"

#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/store/file/store_file.hpp"

#include <fmt/core.h>

namespace jobtally::cli {

namespace fs = std::filesystem;

void add_rejected_limit(CLI::App& command, std::int64_t& limit) {
    command
        .add_option("--rejected-limit", limit,
                    "How many rejected bodies the store keeps (default 10000)")
        ->type_name("N")
        ->check(whole_number(0));
}

std::function<void(std::int64_t)> tell_forgotten_once(std::int64_t limit) {
    return [limit, is_told = false](std::int64_t) mutable {
        if (is_told) return;
        is_told = true;
        print_warning(
            fmt::format("the store keeps {} rejected bodies: older ones now give way to newer ones",
                        count_text(limit)));
        print_hint("`--rejected-limit N` keeps more, `jobtally db rejected` lists them");
    };
}

void warn_about_modes(const Globals& globals) {
    if (globals.quiet || globals.store_in_memory()) return;
    const auto path = globals.store_path().string();
    if (store::is_in_shared_folder(path)) {
        print_warning(
            fmt::format("store \"{}\" is in a folder to which every user may write", path));
        print_hint("another may put files beside it: a folder of its own is safe");
    }
    if (!store::is_open_to_others(path)) return;
    print_warning(fmt::format("store \"{}\" can be opened by other users", path));
    print_hint(fmt::format("`chmod go= '{}'*` keeps it private", path));
}

}  // namespace jobtally::cli
