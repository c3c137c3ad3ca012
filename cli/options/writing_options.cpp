#include "cli/options/writing_options.hpp"

#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/store/file/store_file.hpp"

#include <fmt/core.h>

namespace jobtally::cli {

namespace fs = std::filesystem;

namespace {

fs::path spool_beside(fs::path store) {
    return store.concat("-spool");
}

// Where one lies that could not be emptied when another was named.
fs::path former_beside(const fs::path& store) {
    return spool_beside(store).concat(ingest::put_aside);
}

bool are_same(const fs::path& a, const fs::path& b) {
    std::error_code none;
    return fs::weakly_canonical(a, none) == fs::weakly_canonical(b, none);
}

// Nobody would look there any more.
void take_over(const ingest::Spool& spool, const ingest::Spool& former) {
    if (are_same(spool.folder(), former.folder())) return;
    const auto bodies = static_cast<std::int64_t>(spool.take_over(former));
    if (bodies == 0) return;
    print_note(fmt::format("{} waited in \"{}\" and {} moved to the spool \"{}\"",
                           counted(bodies, "body", "bodies"), visible(former.folder().string()),
                           bodies == 1 ? "was" : "were", visible(spool.folder().string())));
}

// Where something may wait there that can't be taken, why.
std::optional<IoError> left_in(const ingest::Spool& former, const ingest::Spool& spool) {
    try {
        take_over(spool, former);
        return std::nullopt;
    } catch (const IoError& error) {
        return error;
    }
}

void tell_left(const IoError& problem) {
    print_warning(fmt::format("a former spool is left alone: {}", problem.what()));
    print_hint(problem.hint());
}

bool is_nothing(const fs::path& path) {
    std::error_code none;
    return fs::symlink_status(path, none).type() == fs::file_type::not_found;
}

void remember_as(ingest::Spool& spool, const fs::path& link) {
    try {
        spool.remember_as(link);
    } catch (const IoError& error) {
        print_warning(fmt::format("other commands will not find the spool: {}", error.what()));
        print_hint(
            "`ingest` and `db status` find it by --spool; mails and probes do not tell what "
            "waits there");
    }
}

}  // namespace

fs::path followed(const fs::path& store) {
    std::error_code none;
    if (!fs::is_symlink(store, none)) return store;
    const auto real = fs::weakly_canonical(store, none);
    return none ? store : real;
}

void add_spool_option(CLI::App& command, std::string& folder) {
    command
        .add_option("--spool", folder,
                    "Where reports wait while the store can't take them (default: where they "
                    "waited last, or "
                    "beside the store)")
        ->type_name("DIR");
}

ingest::Spool spool_of(const Globals& globals, const std::string& folder) {
    const auto store = followed(globals.store_path());
    return ingest::Spool(folder.empty() ? spool_beside(store) : fs::path(folder), store);
}

void remember_refused(const Globals& globals, ingest::Spool& spool) {
    const auto link = spool_beside(followed(globals.store_path()));
    if (is_nothing(link)) remember_as(spool, link);
}

void forget_moved(const Globals& globals, const ingest::Spool& spool) {
    const auto found = spool_of(globals, {});
    std::error_code none;
    if (found.lost() && spool.is_that_of(found.folder())) fs::remove(found.folder(), none);
}

ingest::Spool former_spool(const Globals& globals) {
    const auto store = followed(globals.store_path());
    return ingest::Spool(former_beside(store), store);
}

// What waits in a former one is told as long as that is found, and taken by the next start that
// can.
void remember_spool(const Globals& globals, ingest::Spool& spool) {
    const fs::path store = globals.store_path();
    const auto real = followed(store);
    const auto link = spool_beside(real), aside = former_beside(real);
    std::error_code none, not_moved;
    auto problem = left_in(ingest::Spool(link, real), spool);
    if (problem && is_nothing(aside)) {
        fs::rename(link, aside, not_moved);
        if (!not_moved) problem.reset();
    }
    if (!problem) problem = left_in(ingest::Spool(spool_beside(store), real), spool);
    if (const auto left = left_in(ingest::Spool(aside, real), spool)) {
        tell_left(*left);
    } else {
        fs::remove(aside, none);
    }
    problem ? tell_left(*problem) : remember_as(spool, link);
}

std::string with_hint(const Error& error) {
    return fmt::format("{} ({})", error.what(), error.hint());
}

bool can_read(const ingest::Spool& spool) {
    try {
        spool.waiting();
        return true;
    } catch (const IoError& error) {
        print_warning(fmt::format("the spool is left alone: {}", error.what()));
        print_hint(error.hint());
        return false;
    }
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
                           counted(static_cast<std::int64_t>(bodies), "body", "bodies"),
                           bodies == 1 ? "was" : "were"));
}

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
