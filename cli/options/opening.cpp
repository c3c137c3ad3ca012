#include "cli/options/opening.hpp"

#include "cli/options/loading.hpp"
#include "cli/options/spools.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/ascii.hpp"
#include "core/base/nearest.hpp"
#include "core/base/text.hpp"
#include "core/ingest/direct_sinks.hpp"
#include "core/store/file/log_damage.hpp"
#include "core/store/reports/settle.hpp"

#include <algorithm>

#include <fmt/ranges.h>

namespace jobtally::cli {

namespace {

store::Store with_warning(store::Store store) {
    warn_about_damage(store::damage_found(store));
    return store;
}

}  // namespace

void warn_about_damage(const std::string& damage) {
    if (!damage.empty()) print_warning(damage);
}

store::Store open_to_read(const Globals& globals) {
    require_store_not_away(globals, spool_of(globals, {}));
    return with_warning(store::Store::open_to_read(globals.store_path()));
}

store::Store open_store(const Globals& globals, const std::vector<std::string>& from) {
    if (from.empty()) {
        if (globals.store_in_memory()) {
            throw UsageError("a store in memory is empty",
                             "name the reports: `--from FILE`, or `--from -` for stdin");
        }
        return open_to_read(globals);
    }
    auto store = store::Store::in_memory();
    ingest::StoreSink sink(store);
    if (const auto problem = load_files(globals, from, sink).problem) throw IoError(*problem);
    store::settle(store);
    return store;
}

store::TellWait tell_wait(const Globals& globals) {
    if (globals.quiet) return {};
    return [](const std::filesystem::path& lock, std::chrono::seconds left) {
        print_note(
            fmt::format("another process writes to the store: waiting for its lock {}, for "
                        "up to {} s more",
                        in_quotes(lock.string()), left.count()));
    };
}

store::Store open_to_write(const Globals& globals, std::chrono::milliseconds patience) {
    return with_warning(
        store::Store::open_to_write(globals.store_path(), patience, tell_wait(globals)));
}

store::Store open_existing_to_write(const Globals& globals) {
    std::error_code none;
    const auto path = globals.store_path();
    if (!std::filesystem::exists(path, none)) return open_to_read(globals);  // throws
    return open_to_write(globals);
}

void warn_about_unmatched(const Globals& globals, const query::Scope& scope) {
    if (globals.quiet) return;
    for (const auto& [pattern, nearest] : scope.unmatched()) {
        print_warning(fmt::format("no definition matches \"{}\"", pattern));
        print_hint(nearest.empty() ? "`jobtally definitions` lists them"
                                   : fmt::format("did you mean \"{}\"?", nearest));
    }
    const auto warn = [](const char* what, const std::vector<std::string>& texts,
                         const std::vector<std::string>& known) {
        for (const auto& text : texts) {
            print_warning(fmt::format("no report has the {} \"{}\"", what, text));
            const bool is_known = std::any_of(known.begin(), known.end(), [&](const auto& one) {
                return equals_ignoring_case(one, text);
            });
            if (!is_known)
                print_hint(
                    did_you_mean(text, known, fmt::format("known are {}", fmt::join(known, ", "))));
        }
    };
    warn("type", scope.unknown_types(), {"import", "export"});
    warn("status", scope.unknown_statuses(), {"SUCCESS", "FAILURE", "RUNNING"});
    for (const auto& [source, nearest] : scope.unknown_sources()) {
        print_warning(fmt::format("no report came from the source \"{}\"", source));
        print_hint(nearest.empty() ? "`jobtally rates --by source` lists them"
                                   : fmt::format("did you mean \"{}\"?", nearest));
    }
}

}  // namespace jobtally::cli
