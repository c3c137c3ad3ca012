#include "core/store/file/store_file.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/store.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace jobtally::store {

namespace {

namespace fs = std::filesystem;
using Kind = StoreError::Kind;

constexpr off_t smallest_page = 512;
constexpr std::size_t store_page = 4096;
constexpr std::size_t room_for_index = 1 << 20;  // and for what a commit writes before it
// The endings of the store, its log, the log's index, its lock file, and of the journal that it
// never has.
constexpr const char* endings[] = {"", "-wal", "-shm", ".lock", "-journal"};
constexpr const char* name_a_file = "name a file with --db";

bool is_ours(uid_t owner) {
    return owner == ::geteuid() || owner == 0 || ::geteuid() == 0;
}

fs::path followed(const fs::path& path) {
    std::error_code error;
    const auto whole = fs::absolute(path, error);
    if (error) throw_errno(error.value(), "find", path);
    auto real = fs::weakly_canonical(whole, error);
    if (error) throw_errno(error.value(), "open the store", path);
    return real;
}

void require_regular(const fs::path& path, const struct stat& file) {
    if (S_ISREG(file.st_mode)) {
        if (file.st_size == 0 || file.st_size >= smallest_page) return;
        // SQLite would take a file of one byte for an empty one.
        throw StoreError(Kind::foreign,
                         fmt::format("{} is not a jobtally store", in_quotes(path.string())),
                         "choose another file with --db");
    }
    throw StoreError(
        Kind::foreign,
        fmt::format("{} is {}", in_quotes(path.string()),
                    S_ISDIR(file.st_mode) ? "a directory, not a store" : "not a regular file"),
        name_a_file);
}

// Root writes to stores of others, but not to one that anybody may have put there.
bool is_planted(const fs::path& path, const struct stat& file) {
    struct stat folder {};
    return file.st_uid != ::geteuid() && file.st_uid != 0 &&
           ::stat(path.parent_path().c_str(), &folder) == 0 && (folder.st_mode & S_IWOTH) != 0 &&
           folder.st_uid != file.st_uid;
}

void require_own_file(const fs::path& path, const struct stat& file) {
    if (!is_ours(file.st_uid) || is_planted(path, file)) {
        throw StoreError(Kind::not_writable,
                         fmt::format("store {} belongs to user {}", in_quotes(path.string()),
                                     user_name(file.st_uid)),
                         run_as(file.st_uid));
    }
}

// Kernels before 5.8 do not tell what is a mount; there one of the same file system is not seen.
bool is_mount(const fs::path& path, const struct stat& file) {
    struct statx found {};
    if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, 0, &found) == 0 &&
        (found.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0)
        return (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    struct stat folder {};
    return ::stat(path.parent_path().c_str(), &folder) == 0 && folder.st_dev != file.st_dev;
}

// What is only in the log would be gone with the container, and others that have the file by its
// own name would see neither the log nor the lock.
void require_mounted_with_folder(const fs::path& path, const struct stat& file) {
    if (!is_mount(path, file)) return;
    throw StoreError(Kind::foreign,
                     fmt::format("store {} is mounted without its folder, and its log would stand "
                                 "elsewhere",
                                 in_quotes(path.string())),
                     "mount the folder that holds it, not the file: its log and its lock belong "
                     "beside it");
}

// SQLite plays a journal back into the file, trusts an index and waits at a FIFO for ever, whoever
// made them.
void require_own_neighbours(const fs::path& store) {
    const auto owner = owner_of_store(store);
    for (const std::string_view ending : endings) {
        const auto name = store.string() + std::string(ending);
        struct stat file {};
        if (ending.empty() || ::lstat(name.c_str(), &file) != 0) continue;
        const bool is_own = file.st_uid == owner || file.st_uid == 0;
        const char* const wrong = !is_own                  ? "belongs to another user"
                                  : !S_ISREG(file.st_mode) ? "is not a regular file"
                                  : file.st_nlink > 1      ? "has a second name (a hard link)"
                                  : ending == "-journal"   ? "is not jobtally's"
                                                           : nullptr;
        if (wrong == nullptr) continue;
        throw StoreError(Kind::foreign, fmt::format("{} {}", in_quotes(name), wrong),
                         "find out who put it beside the store, and take it away");
    }
}

mode_t mode_of_folder(const fs::path& store) {
    struct stat folder {};
    return ::stat(store.parent_path().c_str(), &folder) == 0 ? folder.st_mode : 0;
}

bool is_allowed(const char* variable) {
    const char* word = std::getenv(variable);
    return word != nullptr && std::string_view(word) == "allow";
}

void require_own_folder_of(const fs::path& store) {
    const auto mode = mode_of_folder(store);
    if ((mode & S_IWOTH) == 0 || (mode & S_ISVTX) != 0 || is_allowed("JOBTALLY_SHARED_FOLDER"))
        return;
    throw StoreError(
        Kind::foreign,
        fmt::format("every user may replace the files in {}, where the store is",
                    in_quotes(store.parent_path().string())),
        "`chmod o-w` on the folder cures it; JOBTALLY_SHARED_FOLDER=allow takes the risk");
}

// The path, or the nearest folder above it that is there.
fs::path nearest_there(fs::path path) {
    std::error_code error;
    while (!fs::exists(path, error) && path.has_relative_path()) path = path.parent_path();
    return path.empty() ? fs::path("/") : path;
}

void require_local(const fs::path& path, const FileSystemType& type_of) {
    if (!is_on_network(type_of(nearest_there(path))) || is_allowed("JOBTALLY_NETWORK_STORE"))
        return;
    throw StoreError(Kind::foreign,
                     fmt::format("store {} is on a network file system", in_quotes(path.string())),
                     "put it on a local disk; JOBTALLY_NETWORK_STORE=allow accepts the risk");
}

}  // namespace

std::int64_t file_system_type(const fs::path& path) {
    struct statfs found {};
    return ::statfs(path.c_str(), &found) == 0 ? static_cast<std::int64_t>(found.f_type) : 0;
}

bool is_on_network(std::int64_t file_system_type) {
    constexpr std::int64_t types[] = {
        0x6969,      // NFS
        0x517b,      // SMB
        0xff534d42,  // CIFS
        0xfe534d42,  // SMB2
        0x00c36400,  // Ceph
        0x5346414f,  // AFS
        0x73757245,  // Coda
        0x0bd00bd0,  // Lustre
        0x01161970,  // GFS2
        0x7461636f,  // OCFS2
    };
    const auto unsigned_type = file_system_type & 0xffffffff;
    return std::find(std::begin(types), std::end(types), unsigned_type) != std::end(types);
}

TakesRoom index_takes_room(const fs::path& folder) {
    constexpr std::int64_t btrfs = 0x9123683e, bcachefs = 0xca451a4e;
    const auto type = file_system_type(folder) & 0xffffffff;
    if (type == btrfs || type == bcachefs) return TakesRoom::each_time;
    struct statvfs found {};
    const bool has_holes = ::statvfs(folder.c_str(), &found) == 0 && found.f_frsize < store_page;
    return has_holes ? TakesRoom::first_time : TakesRoom::never;
}

// Where blocks are reserved or a quota counts, only an attempt tells.
void require_room_for_index(const fs::path& store) {
    const auto folder = store.parent_path();
    if (index_takes_room(folder) == TakesRoom::never) return;
    if (lacks_room(folder, room_for_index) != 0) throw_full(store);
}

void require_own_link(const fs::path& path) {
    std::error_code none;
    if (!fs::is_symlink(path, none)) return;
    if (is_link_of_another(path, ::geteuid())) {
        throw StoreError(
            Kind::foreign,
            fmt::format("{} is a link that another user made", in_quotes(path.string())),
            "name the file itself");
    }
    struct stat file {};
    if (::stat(path.c_str(), &file) == 0) return;
    if (errno == ENOENT) {
        throw StoreError(Kind::foreign,
                         fmt::format("{} is a link to nothing", in_quotes(path.string())),
                         name_a_file);
    }
    throw_errno(errno, "follow the link", path);
}

uid_t owner_of_store(const fs::path& path) {
    struct stat file {};
    if (::stat(path.c_str(), &file) == 0) return file.st_uid;
    // Root gives a new store to the owner of the folder.
    const auto folder = path.parent_path();
    if (::geteuid() == 0 && ::stat(folder.empty() ? "." : folder.c_str(), &file) == 0)
        return file.st_uid;
    return ::geteuid();
}

fs::path find_store_file(const fs::path& path, Use use, const FileSystemType& type_of) {
    require_own_link(path);
    auto real = followed(path);
    struct stat file {};
    if (::stat(real.c_str(), &file) == 0) {
        require_regular(real, file);
        if (use == Use::write) {
            require_own_file(real, file);
            require_mounted_with_folder(real, file);
        }
    } else if (errno != ENOENT && errno != ENOTDIR) {
        throw_errno(errno, "open the store", real);
    }
    require_own_folder_of(real);
    require_own_neighbours(real);
    require_local(real, type_of);
    return real;
}

bool is_whole(const fs::path& path, const FileHead& head) {
    fs::path log = path;
    log += "-wal";
    std::error_code error;
    const auto log_bytes = fs::file_size(log, error);
    return head.actual_bytes >= head.named_bytes || (!error && log_bytes > 0);
}

void require_one_name(const fs::path& path) {
    struct stat file {};
    if (::stat(path.c_str(), &file) != 0 || file.st_nlink <= 1) return;
    throw StoreError(
        Kind::foreign,
        fmt::format("store {} has {} names (hard links)", in_quotes(path.string()), file.st_nlink),
        "its log has only one: delete the other names");
}

bool is_file_of_store(const fs::path& file, const fs::path& store) {
    const auto real = followed(file);
    return std::any_of(std::begin(endings), std::end(endings), [&](const char* ending) {
        const fs::path name = followed(store).string() + ending;
        std::error_code error;
        return real == name || fs::equivalent(real, name, error);
    });
}

bool is_open_to_others(const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return false;
    for (const char* ending : endings) {
        const auto name = path.string() + ending;
        struct stat file {};
        if (::stat(name.c_str(), &file) == 0 && (file.st_mode & 027) != 0) return true;
    }
    return false;
}

bool is_in_shared_folder(const fs::path& path) {
    std::error_code none;
    const auto real = fs::weakly_canonical(fs::absolute(path, none), none);
    return (mode_of_folder(real) & S_IWOTH) != 0;
}

}  // namespace jobtally::store
