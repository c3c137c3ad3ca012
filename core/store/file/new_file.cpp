#include "core/store/file/new_file.hpp"

#include "core/base/file.hpp"
#include "core/store/file/connection.hpp"
#include "core/store/file/sqlite_error.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::store {

namespace {

namespace fs = std::filesystem;

void make_folders(const fs::path& folder) {
    if (folder.empty()) return;
    bool is_made = mkdir(folder.c_str(), 0700) == 0;
    if (!is_made && errno == ENOENT) {
        make_folders(folder.parent_path());
        is_made = mkdir(folder.c_str(), 0700) == 0;
    }
    if (is_made) return keep_names(folder.parent_path());
    if (errno != EEXIST) throw_errno(errno, "create the folder", folder);
}

// As SQLite writes it. "File format version numbers" at https://sqlite.org/fileformat2.html: the
// bytes 18 and 19 are 2 in WAL mode.
std::string first_page(const fs::path& path) {
    Store::Connection memory(":memory:", Store::Connection::Access::memory);
    memory.execute("PRAGMA user_version=0");
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, decltype(&sqlite3_free)> bytes(
        sqlite3_serialize(memory.handle(), "main", &size, 0), sqlite3_free);
    if (!bytes || size == 0) throw_sqlite(SQLITE_NOMEM, nullptr, path);
    std::string page(reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size));
    page[18] = page[19] = 2;
    return page;
}

int write_and_sync(int file, std::string_view page) {
    if (const int error = write_all(file, page)) return error;
    return fsync(file) == 0 ? 0 : errno;
}

// Where a file system can't rename without replacing, the file begins empty.
bool is_without_rename(int error) {
    return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

void make_empty(const fs::path& path) {
    const Descriptor file(open(path.c_str(), O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, 0600));
    if (!file && errno != EEXIST) throw_errno(errno, "open the store", path);
    if (file) give_to_owner_of(path.parent_path(), file.number());
}

}  // namespace

void keep_names(const fs::path& folder) {
    if (const int number = sync_folder(folder)) throw_sync_failed(number, folder);
}

void make_file(const fs::path& path) {
    make_folders(path.parent_path());
    struct stat there {};
    if (lstat(path.c_str(), &there) == 0) return;
    const std::string page = first_page(path);
    const std::string unfinished = path.string() + ".new-" + std::to_string(gettid());
    unlink(unfinished.c_str());
    const Descriptor file(open(unfinished.c_str(), O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, 0600));
    if (!file) throw_errno(errno, "open the store", path);
    give_to_owner_of(path.parent_path(), file.number());
    int error = write_and_sync(file.number(), page);
    if (error == 0 &&
        renameat2(AT_FDCWD, unfinished.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
        error = errno;
    }
    if (error == 0) return keep_names(path.parent_path());
    unlink(unfinished.c_str());
    if (is_without_rename(error)) return make_empty(path);
    if (error != EEXIST) throw_errno(error, "make the store", path);
}

}  // namespace jobtally::store
