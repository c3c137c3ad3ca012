#include "core/ingest/spool_folder.hpp"

#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/ingest/spool_name.hpp"
#include "core/store/file/store_file.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::ingest {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes unfinished_for{1};
// A link of jobtally 0.2 has no mark; it was made right after the note.
constexpr std::chrono::seconds without_mark{1};
constexpr std::size_t most_bytes_of_name = 1 << 16;

// Seconds and nanoseconds.
using Moment = std::pair<std::time_t, long>;

// When the note of a folder came to be there.
std::optional<Moment> note_made(const fs::path& folder) noexcept {
    struct stat found {};
    if (::stat((folder / owner_name).c_str(), &found) != 0) return std::nullopt;
    return Moment(found.st_ctim.tv_sec, found.st_ctim.tv_nsec);
}

std::optional<Moment> mark_of(const fs::path& link) noexcept {
    struct stat found {};
    if (::lstat(link.c_str(), &found) != 0 || !S_ISLNK(found.st_mode)) return std::nullopt;
    return Moment(found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
}

bool is_left_unfinished(const fs::path& file) {
    const auto name = file.filename().string();
    if (!name.ends_with(unfinished) ||
        !is_spool_name(std::string_view(name).substr(0, name.size() - unfinished.size()))) {
        return false;
    }
    std::error_code problem;
    const auto written = fs::last_write_time(file, problem);
    return !problem && fs::file_time_type::clock::now() - written > unfinished_for;
}

// Whoever can put files there gets them stored without an Authorization. A group that may write to
// the store itself needs no spool for that: a volume's fsGroup, in Kubernetes, is one.
bool is_open_to_others(const struct stat& folder, const fs::path& store) {
    struct stat file {};
    const bool is_of_store = !store.empty() && ::stat(store.c_str(), &file) == 0 &&
                             file.st_gid == folder.st_gid && (file.st_mode & S_IWGRP) != 0;
    return (folder.st_mode & (is_of_store ? S_IWOTH : S_IWOTH | S_IWGRP)) != 0;
}

}  // namespace

void throw_of_spool(const std::string& why, const char* action, const fs::path& path) {
    throw IoError(fmt::format("can't {} \"{}\": {}", action, visible(path.string()), why),
                  "see to the room and the rights of the spool, or name another folder with "
                  "--spool");
}

void throw_of_spool(int number, const char* action, const fs::path& path) {
    throw_of_spool(std::strerror(number), action, path);
}

uid_t owner_of_spool(const fs::path& store) {
    return store.empty() ? ::geteuid() : store::owner_of_store(store);
}

fs::path real_folder(const fs::path& folder) {
    std::error_code none;
    if (!fs::is_symlink(folder, none)) return folder;
    const auto target = fs::read_symlink(folder, none);
    return target.filename() == "." ? target.parent_path() : target;
}

fs::path path_of(const Descriptor& folder) {
    return fmt::format("/proc/self/fd/{}", folder.number());
}

// By the open folder: the link, or what it leads to, may be another's. O_PATH opens what may not be
// read.
void mend_mode(const fs::path& folder, const fs::path& store) {
    const auto owner = owner_of_spool(store);
    if (is_link_of_another(folder, owner)) return;
    constexpr int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const Descriptor file(::open(real_folder(folder).c_str(), flags));
    struct stat found {};
    if (!file || ::fstat(file.number(), &found) != 0) return;
    if (found.st_uid != owner || (found.st_mode & 0700) == 0700 || is_open_to_others(found, store))
        return;
    // Root is barred from none, and whoever names /proc by a slip must find it as it was.
    constexpr int all = R_OK | W_OK | X_OK;
    if (owner == ::geteuid() && ::faccessat(AT_FDCWD, folder.c_str(), all, AT_EACCESS) == 0) return;
    [[maybe_unused]] const int ignored = ::chmod(path_of(file).c_str(), 0700);
}

std::string what_lies_in(const fs::path& folder) {
    try {
        const auto count = static_cast<std::int64_t>(bodies_in_spool(folder).size());
        if (count == 0) return {};
        return fmt::format(": {} there and {} not taken",
                           counted(count, "body waits", "bodies wait"), count == 1 ? "is" : "are");
    } catch (const IoError&) {
        return ": what waits there can't be counted";
    }
}

bool is_of_stranger(const fs::path& folder, const fs::path& store) {
    const auto owner = owner_of_spool(store);
    struct stat found {};
    return is_link_of_another(folder, owner) ||
           (::stat(folder.c_str(), &found) == 0 && found.st_uid != owner && found.st_uid != 0);
}

std::optional<IoError> why_barred(const fs::path& folder, const fs::path& store) {
    struct stat found {};
    if (::stat(folder.c_str(), &found) != 0) return std::nullopt;
    const auto owner = owner_of_spool(store);
    const bool is_closed =
        owner == ::geteuid() && ::faccessat(AT_FDCWD, folder.c_str(), R_OK | X_OK, AT_EACCESS) != 0;
    const bool is_ours = !is_of_stranger(folder, store);
    if (S_ISDIR(found.st_mode) && is_ours && !is_closed && !is_open_to_others(found, store))
        return std::nullopt;
    if (!S_ISDIR(found.st_mode))
        return IoError(fmt::format("the spool \"{}\" is no folder", visible(folder.string())),
                       "name a folder with --spool");
    const auto say = [&](const char* wrong, const std::string& cure) {
        return IoError(fmt::format("the spool \"{}\" {}{}", visible(folder.string()), wrong,
                                   what_lies_in(folder)),
                       cure);
    };
    if (!is_ours) return say("is another user's", "name another folder with --spool");
    if (is_closed && found.st_uid != owner)
        return say("is root's and bars who owns the store",
                   fmt::format("chown -R --reference={} {} cures it",
                               in_shell_quotes(store.string()), in_shell_quotes(folder.string())));
    if (is_closed) return say("bars its own user", "chmod u+rwx cures it");
    return say("can be written by others", "chmod go-w cures it");
}

bool is_beside(const fs::path& folder, const fs::path& store) {
    std::error_code none;
    return store.empty() ||
           (folder == fs::path(store).concat("-spool") && !fs::is_symlink(folder, none));
}

std::string full_name(const fs::path& store) {
    std::error_code none;
    return fs::weakly_canonical(fs::absolute(store, none), none).string();
}

std::optional<std::string> noted_store(const fs::path& folder, const fs::path& store) {
    if (is_beside(folder, store)) return std::nullopt;
    auto named = read_regular_file(folder / owner_name, most_bytes_of_name, false);
    if (named.error != 0) return std::nullopt;
    return std::move(named.bytes);
}

bool is_older(const fs::path& folder, const fs::path& store) noexcept {
    struct statx file {};
    const bool is_known = ::statx(AT_FDCWD, store.c_str(), 0, STATX_BTIME, &file) == 0 &&
                          (file.stx_mask & STATX_BTIME) != 0;
    const auto made = note_made(folder);
    return is_known && made && *made < Moment(file.stx_btime.tv_sec, file.stx_btime.tv_nsec);
}

// The store that is named there may be gone: then this one was moved. It may be this one by another
// name: a link was left where it was, or its volume is mounted twice.
std::optional<IoError> why_of_another(const fs::path& folder, const fs::path& store) {
    const auto named = noted_store(folder, store);
    if (!named || *named == full_name(store)) return std::nullopt;
    std::error_code none;
    if (!fs::exists(*named, none) || fs::equivalent(*named, store, none)) return std::nullopt;
    return IoError(
        fmt::format("the spool {} is that of the store {}{}", in_quotes(folder.string()),
                    in_quotes(*named), what_lies_in(folder)),
        "rename or delete that store if this one has come in its place, and start the listener "
        "again; else name another folder with --spool");
}

std::optional<IoError> why_undeletable(const fs::path& folder) try {
    if (!is_on_read_only_volume(folder)) return std::nullopt;
    const auto count = static_cast<std::int64_t>(bodies_in_spool(folder).size());
    if (count == 0) return std::nullopt;
    return IoError(
        fmt::format("the spool {} is on a volume that is read-only: {} there, which the store may "
                    "have already",
                    in_quotes(folder.string()), counted(count, "body lies", "bodies lie")),
        "`jobtally ingest /dev/null` stores what is not stored yet; a volume that can be written "
        "empties the spool");
} catch (const IoError&) {
    return std::nullopt;  // who asks may not know
}

void make_link(const fs::path& link, const fs::path& target, const fs::path& store) {
    const auto made = fs::path(link).concat(fmt::format(".new-{}", ::getpid()));
    ::unlink(made.c_str());
    if (::symlink(target.c_str(), made.c_str()) != 0) throw_of_spool(errno, "make the link", link);
    struct stat found {};
    if (::geteuid() == 0 && ::stat(store.c_str(), &found) == 0) {
        [[maybe_unused]] const int ignored = ::lchown(made.c_str(), found.st_uid, found.st_gid);
    }
    mark_link(made, target);
    if (::rename(made.c_str(), link.c_str()) == 0) return;
    const int number = errno;
    ::unlink(made.c_str());
    throw_of_spool(number, "make the link", link);
}

fs::path left_empty(const fs::path& target) {
    return target / ".";
}

void mark_link(const fs::path& link, const fs::path& folder) noexcept {
    const auto made = note_made(folder);
    if (!made || made == mark_of(link)) return;
    const timespec times[] = {{0, UTIME_OMIT}, {made->first, made->second}};
    [[maybe_unused]] const int ignored =
        ::utimensat(AT_FDCWD, link.c_str(), times, AT_SYMLINK_NOFOLLOW);
}

bool has_mark_of(const fs::path& link, const fs::path& folder) noexcept {
    const auto made = note_made(folder);
    return made && made == mark_of(link);
}

std::optional<IoError> why_replaced(const fs::path& link) {
    const auto made = note_made(link), mark = mark_of(link);
    if (!made || !mark || made == mark) return std::nullopt;
    if (*made < *mark && mark->first - made->first <= without_mark.count()) return std::nullopt;
    std::error_code none;
    const auto target = fs::read_symlink(link, none);
    if (target.filename() == ".") return std::nullopt;
    return IoError(fmt::format("the spool {} is not the folder that this store used last, but a "
                               "copy or on another disk: what waited in that one may not be here",
                               in_quotes(target.string())),
                   "`jobtally ingest FILES` stores what waits there");
}

std::vector<std::string> bodies_in_spool(const fs::path& folder) {
    std::vector<std::string> names;
    const int problem = for_each_name(folder, [&](const char* name) {
        if (is_spool_name(name) || is_left_unfinished(folder / name)) names.emplace_back(name);
        return true;
    });
    if (problem != 0 && problem != ENOENT) throw_of_spool(problem, "read the folder", folder);
    std::sort(names.begin(), names.end());
    return names;
}

std::optional<IoError> why_lost(const fs::path& link, const fs::path& store) {
    std::error_code none;
    const auto usual = fs::path(store).concat("-spool");
    const bool is_aside = link.string().starts_with(fs::path(usual).concat(put_aside).string());
    const bool is_found = link == usual || is_aside || link.filename() == moved_name;
    if (!is_found || !fs::is_symlink(link, none) || is_of_stranger(link, store))
        return std::nullopt;
    const auto folder = link.parent_path() / fs::read_symlink(link, none);
    const bool is_there = fs::status(folder / owner_name, none).type() != fs::file_type::not_found;
    if (is_there || folder.filename() == ".") return std::nullopt;
    return IoError(
        fmt::format("the spool {}, which this store used last, is gone or empty, with "
                    "what waited in it",
                    in_quotes(folder.string())),
        fmt::format("is a volume not mounted, or not at this path? If it is gone for good, delete "
                    "the link {}",
                    in_quotes(link.string())));
}

}  // namespace jobtally::ingest
