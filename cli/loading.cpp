#include "cli/loading.hpp"

#include "cli/messages.hpp"
#include "cli/progress.hpp"

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

constexpr std::int64_t warnings_shown = 10;

}  // namespace

ingest::LoadResult load_files(const Globals& globals, const std::vector<std::string>& paths,
                              ingest::DeliverySink& sink, const ingest::LoadOptions& options) {
    std::int64_t rejected = 0;
    ingest::LoadHooks hooks;
    hooks.rejected = [&](std::string_view source, std::uint64_t line, std::string_view reason) {
        if (++rejected <= warnings_shown || globals.verbose) {
            print_warning(fmt::format("{}:{}: {}", source, line, reason));
        }
    };
    ingest::LoadResult result;
    {
        Progress progress(globals.quiet);
        hooks.progress = [&](std::int64_t done, std::int64_t total) { progress.show(done, total); };
        result = ingest::load(paths, sink, options, hooks);
    }
    if (rejected > warnings_shown && !globals.verbose) {
        print_warning(fmt::format("{} more rejected", rejected - warnings_shown));
    }
    return result;
}

}  // namespace jobtally::cli
