#include "cli/options/spools.hpp"

#include "cli/terminal/messages.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/store/file/store.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::cli {

namespace fs = std::filesystem;

namespace {

fs::path spool_beside(fs::path store) {
    return store.concat("-spool");
}

// The names of those that were put aside, be they there or not.
std::vector<fs::path> former_names(const fs::path& store) {
    constexpr int most = 4;
    std::vector<fs::path> names{spool_beside(store).concat(ingest::put_aside)};
    for (int number = 2; number <= most; ++number)
        names.push_back(fs::path(names.front()).concat(std::to_string(number)));
    return names;
}

bool are_same(const fs::path& a, const fs::path& b) {
    std::error_code none;
    return fs::weakly_canonical(a, none) == fs::weakly_canonical(b, none);
}

bool is_within(const fs::path& outer, const fs::path& inner) {
    std::error_code none;
    const auto between = fs::relative(inner, outer, none);
    return !none && !between.empty() && *between.begin() != "..";
}

// Nothing waited there when a listener ended; one that could not change the link may have kept
// something there since.
bool is_gone_empty(const fs::path& link) {
    std::error_code none;
    return fs::read_symlink(link, none).filename() == "." &&
           !fs::exists(link / ingest::owner_name, none);
}

bool is_nothing(const fs::path& path) {
    std::error_code none;
    return fs::symlink_status(path, none).type() == fs::file_type::not_found;
}

// With the links in these, and in what they lead to, that name a spool into which all was moved.
std::vector<fs::path> with_moved(std::vector<fs::path> folders) {
    std::error_code none;
    for (std::size_t i = 0; i < folders.size(); ++i) {
        auto moved = folders[i] / ingest::moved_name;
        if (!fs::is_symlink(moved, none)) continue;
        const bool is_known = std::any_of(folders.begin(), folders.end(), [&](const auto& folder) {
            return are_same(folder, moved);
        });
        if (!is_known) folders.push_back(std::move(moved));
    }
    return folders;
}

// Beside a store that is not there, or can't be written, no link lasts.
void leave_word(const ingest::Spool& spool, const fs::path& former, const fs::path& store) {
    std::error_code none;
    if (fs::exists(store, none) && !is_on_read_only_volume(store.parent_path())) return;
    try {
        ingest::make_link(former / ingest::moved_name, fs::canonical(spool.folder()), store);
    } catch (const std::exception&) {
        print_warning(
            fmt::format("keep --spool {} until the store is back and has taken what waits there: "
                        "without that nothing tells of it",
                        in_shell_quotes(spool.folder().string())));
    }
}

// Nobody would look there any more.
void take_over(const ingest::Spool& spool, const ingest::Spool& former) {
    const auto bodies = static_cast<std::int64_t>(spool.take_over(former));
    if (bodies == 0) return;
    print_note(fmt::format("{} waited in \"{}\" and {} moved to the spool \"{}\"",
                           counted(bodies, "body", "bodies"), visible(former.folder().string()),
                           bodies == 1 ? "was" : "were", visible(spool.folder().string())));
}

// Where something may wait there that can't be taken, a warning says why, and it stays as it is.
void empty(const ingest::Spool& spool, const ingest::Spool& former, const fs::path& store) {
    try {
        if (!are_same(spool.folder(), former.folder())) {
            leave_word(spool, former.folder(), store);
            take_over(spool, former);
        }
        std::error_code none;
        if (!is_gone_empty(former.folder())) fs::remove(former.folder(), none);
    } catch (const IoError& problem) {
        print_warning(fmt::format("a former spool is left alone: {}", problem.what()));
        print_hint(problem.hint());
    }
}

void remember_as(ingest::Spool& spool, const fs::path& link) {
    try {
        spool.remember_as(link);
    } catch (const IoError& error) {
        if (are_same(link, spool.folder())) return;
        print_warning(fmt::format("other commands will not find the spool: {}", error.what()));
        print_hint(
            "`ingest` and `db status` find it by --spool; mails and probes do not tell what "
            "waits there");
    }
}

// Which of the names is to lead to this spool: the first, whose former folder is put aside; where
// that is a mount point, which can't be, another one.
fs::path name_for(const ingest::Spool& spool, const std::vector<fs::path>& names) {
    std::error_code none;
    auto free = std::find_if(names.begin() + 1, names.end(), is_nothing);
    if (free == names.end()) free = std::find_if(names.begin() + 1, names.end(), is_gone_empty);
    const bool is_other = !is_nothing(names[0]) && !are_same(names[0], spool.folder()) &&
                          !is_within(names[0], spool.folder());
    if (is_other && free != names.end()) fs::rename(names[0], *free, none);
    const auto found = std::find_if(names.begin(), names.end(), [&](const fs::path& name) {
        return is_nothing(name) || are_same(name, spool.folder());
    });
    return found == names.end() ? names[0] : *found;
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

std::vector<ingest::Spool> all_spools(const Globals& globals) {
    const auto store = followed(globals.store_path());
    std::vector<fs::path> folders{spool_beside(store)};
    for (const auto& name : former_names(store)) {
        const bool is_known = std::any_of(folders.begin(), folders.end(), [&](const auto& folder) {
            return are_same(folder, name);
        });
        if (!is_nothing(name) && !is_known) folders.push_back(name);
    }
    std::vector<ingest::Spool> spools;
    for (auto& folder : with_moved(std::move(folders))) spools.emplace_back(folder, store);
    return spools;
}

void remember_refused(const Globals& globals, ingest::Spool& spool) {
    const auto store = followed(globals.store_path());
    const auto link = spool_beside(store);
    if (!is_nothing(link)) return;
    remember_as(spool, link);
    // Nothing can have waited there for this store, which has used no other either.
    std::error_code none;
    if (!fs::is_symlink(link, none)) return;
    try {
        ingest::make_link(link, ingest::left_empty(fs::weakly_canonical(spool.folder())), store);
    } catch (const IoError&) {  // then the link says that something may wait
    }
}

void forget_moved(const Globals& globals, const ingest::Spool& spool) {
    std::error_code none;
    for (const auto& found : all_spools(globals))
        if ((found.lost() || is_gone_empty(found.folder())) && spool.is_that_of(found.folder()))
            fs::remove(found.folder(), none);
}

// It is found before anything is moved, so that what is killed in between leaves nothing untold.
void remember_spool(const Globals& globals, ingest::Spool& spool) {
    const fs::path store = globals.store_path();
    const auto real = followed(store);
    auto names = former_names(real);
    names.insert(names.begin(), spool_beside(real));
    for (const auto& name : with_moved(names))
        if (!is_nothing(name)) spool.require_unused(ingest::Spool(name, real));
    const auto link = name_for(spool, names);
    remember_as(spool, link);
    std::vector<fs::path> folders{spool.folder()};
    for (const auto& name : names) {
        const bool is_kept = name == link && are_same(name, spool.folder());
        if (!is_kept && !is_nothing(name)) folders.push_back(name);
    }
    folders = with_moved(std::move(folders));
    for (auto folder = folders.begin() + 1; folder != folders.end(); ++folder)
        empty(spool, ingest::Spool(*folder, real), real);
    const auto beside = spool_beside(store);
    if (beside != names[0] && !is_nothing(beside)) empty(spool, ingest::Spool(beside, real), real);
}

void gather(const Globals& globals, ingest::Spool& spool) {
    for (const auto& former : all_spools(globals)) {
        if (are_same(former.folder(), spool.folder()) || bodies_in(former).value_or(0) == 0)
            continue;
        try {
            spool.prepare();
            take_over(spool, former);
        } catch (const IoError& problem) {
            print_warning(fmt::format("a former spool is left alone: {}", problem.what()));
            print_hint(problem.hint());
        }
    }
}

std::vector<fs::path> signs_of_a_store(const Globals& globals, const ingest::Spool& spool) {
    std::error_code none;
    std::vector<fs::path> signs;
    auto spools = all_spools(globals);
    for (const auto& found : spools)
        if (fs::is_symlink(found.folder(), none)) signs.push_back(found.folder());
    spools.push_back(spool);
    for (const auto& found : spools) {
        const auto folder = fs::weakly_canonical(found.folder(), none);
        if (found.has_served()) signs.push_back(folder / ingest::owner_name);
    }
    std::sort(signs.begin(), signs.end());
    signs.erase(std::unique(signs.begin(), signs.end()), signs.end());
    return signs;
}

void require_store_not_away(const Globals& globals, const ingest::Spool& spool) {
    std::error_code none;
    const auto store = globals.store_path();
    if (globals.store_in_memory() || fs::exists(store, none)) return;
    std::vector<std::string> signs;
    for (const auto& sign : signs_of_a_store(globals, spool))
        signs.push_back(in_quotes(sign.string()));
    if (signs.empty()) return;
    throw store::StoreError(
        store::StoreError::Kind::missing,
        fmt::format("there is no store {}, though a listener has worked here",
                    in_quotes(store.string())),
        fmt::format("is a volume not mounted? If a new store is wanted, delete {}",
                    fmt::join(signs, " and ")));
}

void tell_doubts(const Globals& globals, const ingest::Spool& spool) {
    std::error_code none;
    const auto last = spool_beside(followed(globals.store_path()));
    if (is_gone_empty(last))
        print_note(
            fmt::format("the spool {}, in which nothing waited when a listener ended, is gone or "
                        "new",
                        in_quotes(fs::read_symlink(last, none).parent_path().string())));
    const auto all = all_spools(globals);
    const bool is_found = std::any_of(all.begin(), all.end(), [&](const auto& found) {
        return fs::is_symlink(found.folder(), none);
    });
    const auto store = followed(globals.store_path());
    if (is_found || !spool.has_served() || !ingest::is_older(spool.folder(), store)) return;
    print_warning(
        fmt::format("the store {} was made after its spool {} had served one of that "
                    "name: if a volume is not mounted, what comes goes into the wrong "
                    "store",
                    in_quotes(store.string()), in_quotes(spool.folder().string())));
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

}  // namespace jobtally::cli
