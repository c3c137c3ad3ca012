#include "cli/options/store_modes.hpp"

#include "cli/terminal/messages.hpp"
#include "core/store/file/store_file.hpp"

#include <fmt/core.h>

namespace jobtally::cli {

void warn_about_modes(const Globals& globals) {
    if (globals.quiet || globals.store_in_memory()) return;
    const auto path = globals.store_path().string();
    if (!store::is_open_to_others(path)) return;
    print_warning(fmt::format("store \"{}\" can be opened by other users", path));
    print_hint(fmt::format("`chmod go= '{}'*` keeps it private", path));
}

}  // namespace jobtally::cli
