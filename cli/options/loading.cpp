#include "cli/options/loading.hpp"

#include "cli/terminal/messages.hpp"
#include "cli/terminal/progress.hpp"
#include "core/base/numbers.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

constexpr std::int64_t warnings_shown = 10;

// Opening and closing them would also release the locks that SQLite holds on them, see
// core/store/file/file_head.hpp.
void refuse_files_of_store(const Globals& globals, const std::vector<std::string>& paths) {
    for (const auto& path : paths) {
        if (path != "-" && globals.is_file_of_store(path))
            throw UsageError(fmt::format("\"{}\" is a file of the store itself", path),
                             "`jobtally export` prints the reports that it holds");
    }
}

}  // namespace

ingest::LoadResult load_files(const Globals& globals, const std::vector<std::string>& paths,
                              ingest::DeliverySink& sink, const ingest::LoadOptions& options) {
    refuse_files_of_store(globals, paths);
    if (std::find(paths.begin(), paths.end(), "-") != paths.end()) note_typing(globals, "reports");
    std::int64_t rejected = 0;
    ingest::LoadHooks hooks;
    hooks.clock = globals.clock();
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
        print_warning(fmt::format("{} more rejected", count_text(rejected - warnings_shown)));
    }
    if (const auto lists = result.lists.count(); lists.missing > 0 && !globals.quiet) {
        print_warning(fmt::format("{} of the {} that the lists announce are not in these pages",
                                  count_text(lists.missing), counted(lists.jobs, "job", "jobs")));
        print_hint(
            "the platform lists its jobs in pages: load the others too; loading one again changes "
            "nothing");
    }
    return result;
}

void print_tally(Output& output, const model::Tally& tally) {
    table::ResultTable table;
    for (const char* key : {"read", "stored", "updated", "unchanged", "stale", "rejected"}) {
        table.columns.push_back({key, key});
    }
    table.rows = {
        {tally.read(), tally.stored, tally.updated, tally.unchanged, tally.stale, tally.rejected}};
    output.format() == render::Format::json ? output.print_record(table) : output.print(table);
}

}  // namespace jobtally::cli
