// `jobtally db verify`: the checks of a store.
#include "cli/commands/db.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/writing_options.hpp"
#include "cli/terminal/messages.hpp"
#include "cli/terminal/progress.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/store/upkeep/verify.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

table::ResultTable verify_table(const std::vector<store::Check>& checks) {
    table::ResultTable table;
    table.rows_key = "checks";
    table.columns = {{"check", "check"},
                     {"looks_at", "looks at"},
                     {"result", "result"},
                     {"problems", "problems"},
                     {"findings", "findings", table::Audience::machines}};
    for (const auto& check : checks) {
        table.rows.push_back({check.name, check.looks_at,
                              std::string(check.problems == 0 ? "ok" : "damaged"), check.problems,
                              check.findings});
    }
    return table;
}

void tell(const std::vector<store::Check>& checks) {
    bool is_only_packed = true;
    for (const auto& check : checks) {
        for (const auto& finding : check.findings) {
            print_error(Error(fmt::format("{}: {}", check.name, finding)));
        }
        const auto more = check.problems - static_cast<std::int64_t>(check.findings.size());
        if (more > 0) print_error(Error(fmt::format("{}: {} more", check.name, count_text(more))));
        if (check.problems > 0 && check.name != "segments") is_only_packed = false;
    }
    print_hint(is_only_packed ? "`jobtally db verify --repack` makes the packed copies again from "
                                "the reports; nothing is lost"
                              : "restore a backup made by `jobtally db backup`; `jobtally export` "
                                "may still read what came since");
}

// All other commands take an empty file for a new store; here it may be a copy that was cut off.
void require_something(const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::file_size(path, error) > 0 || error) return;
    throw Error(fmt::format("\"{}\" is empty: it holds no store", visible(path.string())));
}

int run(const Globals& globals, bool repack) {
    Output output(globals);
    const auto path = globals.store_path();
    require_something(path);
    if (repack) {
        auto writer = open_existing_to_write(globals);
        store::repack(writer);
    }
    const auto store = open_to_read(globals);
    const auto checks = [&] {
        Progress progress(globals.quiet, Progress::Unit::steps);
        return store::verify(store, [&](auto done, auto all) { progress.show(done, all); });
    }();
    output.print(verify_table(checks));
    output.finish();
    const bool is_sound = std::all_of(checks.begin(), checks.end(),
                                      [](const auto& check) { return check.problems == 0; });
    if (is_sound) return exit_done;
    tell(checks);
    return exit_error;
}

}  // namespace

void add_db_verify(Application& application, CLI::App& db) {
    auto repack = std::make_shared<bool>(false);
    auto& command = application.add_command(
        db, "verify", "Check that the store is sound",
        [&application, repack] { return run(application.globals(), *repack); });
    command.add_flag("--repack", *repack, "Make the packed copies of reports again before looking");
}

}  // namespace jobtally::cli
