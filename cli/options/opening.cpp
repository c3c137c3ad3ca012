#include "cli/options/opening.hpp"

#include "cli/options/loading.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/text.hpp"
#include "core/ingest/direct_sinks.hpp"
#include "core/store/file/log_damage.hpp"
#include "core/store/reports/settle.hpp"

#include <fmt/format.h>

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
    if (!std::filesystem::exists(path, none)) return store::Store::open_to_read(path);  // throws
    return open_to_write(globals);
}

}  // namespace jobtally::cli
