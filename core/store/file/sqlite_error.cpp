// SQLite's result codes and errno as StoreErrors: one line that names the file, and the cure as a
// hint.
#include "core/store/file/sqlite_error.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"

#include <cerrno>
#include <cstring>
#include <new>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::store {

namespace {

using Kind = StoreError::Kind;

constexpr const char* space_hint = "free some space on the file system that holds the store";
constexpr const char* corrupt_hint =
    "restore a backup made by `jobtally db backup`; `jobtally db verify` says more";
constexpr const char* sync_hint =
    "the disk may be failing; look at the kernel's log, then restart jobtally";
constexpr const char* size_hint =
    "raise the limit on the size of files: `ulimit -f`, or LimitFSIZE of a service";
constexpr const char* disk_hint = "look at the kernel's log: the disk may be failing";
constexpr const char* change_hint =
    "see whether the file may be changed (`lsattr`), and its file system written to (`mount`)";
constexpr const char* rights_hint = "check the owner and the mode of the file and of its folder";

bool is_full(int number) {
    return number == ENOSPC || number == EDQUOT;
}

bool tells_of_writing(int number) {
    return is_full(number) || number == EFBIG || number == EPERM || number == EACCES ||
           number == EROFS || number == EIO;
}

[[noreturn]] void throw_input_output(int code, int number, const std::filesystem::path& path,
                                     const std::string& detail) {
    const std::string name = fmt::format("\"{}\"", path.string());
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) {
        throw StoreError(Kind::sync_failed,
                         fmt::format("store {} can't be synced: {}", name, detail), sync_hint);
    }
    if (is_full(number)) throw_full(path);
    if (number != 0) throw_errno(number, "read or write store", path);
    throw StoreError(Kind::other,
                     fmt::format("store {} can't be read or written: {}", name, detail), disk_hint);
}

constexpr std::size_t longest_entry = 16 << 10;  // of the databases of users and groups

std::string group_name(gid_t number) {
    char room[longest_entry];
    group entry{}, *found = nullptr;
    return ::getgrgid_r(number, &entry, room, sizeof room, &found) == 0 && found != nullptr
               ? found->gr_name
               : std::string();
}

// Where another user owns the file, or the folder above it that denies us even a look: who that is,
// and whose group may read.
std::string rights_hint_for(std::filesystem::path file) {
    struct stat found {};
    if (file.empty()) file = ".";
    while (::stat(file.c_str(), &found) != 0) {
        if (!file.has_relative_path()) return rights_hint;
        file = file.parent_path();
    }
    if (found.st_uid == ::geteuid())
        return fmt::format("check the owner and the mode of {}", in_quotes(file.string()));
    const auto group = group_name(found.st_gid);
    const bool may_read = (found.st_mode & (S_ISDIR(found.st_mode) ? S_IXGRP : S_IRGRP)) != 0;
    auto hint = fmt::format("{} belongs to user {}: {}", in_quotes(file.string()),
                            user_name(found.st_uid), run_as(found.st_uid));
    if (!group.empty() && may_read && found.st_gid != 0)
        hint += fmt::format("; to read, join its group: `sudo usermod -aG {} YOU`, and log in anew",
                            group);
    return hint;
}

// SQLite does not say which of its files it can't use. If each of them can be written, it is the
// folder.
std::string rights_hint_of(const std::filesystem::path& store) {
    for (const char* ending : {"", "-wal", "-shm"}) {
        const auto file = store.string() + ending;
        const auto allows = [&file](int rights) {
            return ::faccessat(AT_FDCWD, file.c_str(), rights, AT_EACCESS) == 0;
        };
        if (allows(F_OK) && !allows(R_OK | W_OK)) return rights_hint_for(file);
    }
    return rights_hint_for(store.parent_path());
}

// SQLite does not say why either.
[[noreturn]] void throw_not_writable(const std::filesystem::path& store) {
    const auto message = fmt::format("store \"{}\" can't be written", store.string());
    const bool is_denied = ::faccessat(AT_FDCWD, store.c_str(), W_OK, AT_EACCESS) != 0;
    const int number = is_on_read_only_volume(store.parent_path()) ? EROFS : is_denied ? errno : 0;
    if (number == EPERM || number == EROFS) {
        throw StoreError(Kind::not_writable, fmt::format("{}: {}", message, std::strerror(number)),
                         change_hint);
    }
    throw StoreError(Kind::not_writable, message, rights_hint_of(store));
}

}  // namespace

void throw_sqlite(int code, sqlite3* database, const std::filesystem::path& path) {
    const int last_errno = errno;
    if (code == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM) throw std::bad_alloc();
    const std::string name = fmt::format("\"{}\"", path.string());
    // SQLite's message may quote contents of the file, so controls in it are made visible.
    const std::string detail =
        visible(database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code));
    int number = database != nullptr ? sqlite3_system_errno(database) : 0;
    // SQLite does not keep that of a COMMIT that fails.
    if (number == 0 && (code & 0xff) == SQLITE_IOERR && tells_of_writing(last_errno))
        number = last_errno;
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            throw StoreError(Kind::busy, fmt::format("store {} is busy: {}", name, detail),
                             "another process writes to it; try again when it is done");
        case SQLITE_FULL:
            throw_full(path);
        case SQLITE_CORRUPT:
            throw_damaged(path, detail);
        case SQLITE_NOTADB:
            throw StoreError(Kind::foreign, fmt::format("{} is not a jobtally store", name),
                             "choose another file with --db");
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            throw_not_writable(path);
        case SQLITE_CANTOPEN:
            throw StoreError(Kind::not_writable,
                             fmt::format("store {} can't be opened: {}", name,
                                         number != 0 ? std::strerror(number) : detail),
                             rights_hint_of(path));
        case SQLITE_IOERR:
            throw_input_output(code, number, path, detail);
        default:
            throw StoreError(Kind::other, fmt::format("store {}: {}", name, detail));
    }
}

void throw_damaged(const std::filesystem::path& store, std::string_view what, const char* hint) {
    throw StoreError(Kind::corrupt,
                     fmt::format("store {} is damaged: {}", in_quotes(store.string()), what),
                     hint != nullptr ? hint : corrupt_hint);
}

void throw_full(const std::filesystem::path& store) {
    throw StoreError(Kind::full, fmt::format("no space left for store \"{}\"", store.string()),
                     space_hint);
}

void throw_errno(int number, const char* action, const std::filesystem::path& path) {
    const std::string message =
        fmt::format("can't {} \"{}\": {}", action, path.string(), std::strerror(number));
    if (is_full(number)) throw StoreError(Kind::full, message, space_hint);
    if (number == EFBIG) throw StoreError(Kind::full, message, size_hint);
    if (number == EIO) throw StoreError(Kind::other, message, disk_hint);
    if (number == ENOENT) throw StoreError(Kind::missing, message);
    if (number == ELOOP || number == ENOTDIR || number == ENAMETOOLONG) {
        throw StoreError(Kind::foreign, message, "name a file with --db");
    }
    if (number == EPERM || number == EROFS)
        throw StoreError(Kind::not_writable, message, change_hint);
    if (number == EACCES) throw StoreError(Kind::not_writable, message, rights_hint_for(path));
    throw StoreError(Kind::other, message);
}

std::string user_name(uid_t user) {
    char room[longest_entry];
    passwd entry{}, *found = nullptr;
    return ::getpwuid_r(user, &entry, room, sizeof room, &found) == 0 && found != nullptr
               ? found->pw_name
               : std::to_string(user);
}

std::string run_as(uid_t user) {
    const auto name = user_name(user);
    return name == std::to_string(user)
               ? "run jobtally as that user"
               : fmt::format("run jobtally as that user, `sudo -u {} jobtally ...`", name);
}

void throw_sync_failed(int number, const std::filesystem::path& path) {
    throw StoreError(
        Kind::sync_failed,
        fmt::format("\"{}\" can't be synced: {}", visible(path.string()), std::strerror(number)),
        sync_hint);
}

}  // namespace jobtally::store
