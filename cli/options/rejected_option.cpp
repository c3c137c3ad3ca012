#include "cli/options/rejected_option.hpp"

#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"

#include <fmt/format.h>

namespace jobtally::cli {

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
            fmt::format("the store keeps {} rejected bodies: the oldest go for newer ones", limit));
        print_hint("`--rejected-limit N` keeps more, `jobtally db rejected` lists them");
    };
}

}  // namespace jobtally::cli
