#include "cli/options/spool_option.hpp"

#include "cli/terminal/messages.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace jobtally::cli {

void add_spool_option(CLI::App& command, std::string& folder) {
    command
        .add_option(
            "--spool", folder,
            "Where reports wait while the store can't take them (default: beside the store)")
        ->type_name("DIR");
}

ingest::Spool spool_of(const Globals& globals, const std::string& folder) {
    if (!folder.empty()) return ingest::Spool(folder);
    return ingest::Spool(globals.store_path().concat("-spool"));
}

std::optional<std::int64_t> bodies_in(const ingest::Spool& spool) {
    try {
        return static_cast<std::int64_t>(spool.waiting().size());
    } catch (const IoError&) {
        return std::nullopt;
    }
}

void print_from_spool(std::size_t bodies) {
    print_note(fmt::format("{} from the spool {} taken into the store",
                           bodies == 1 ? "1 body" : fmt::format("{} bodies", bodies),
                           bodies == 1 ? "was" : "were"));
}

}  // namespace jobtally::cli
