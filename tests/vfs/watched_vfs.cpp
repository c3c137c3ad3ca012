#include "tests/vfs/watched_vfs.hpp"

#include <new>

#include <sqlite3.h>

namespace jobtally::vfs_tests {

namespace {

Watcher* the_watcher = nullptr;
sqlite3_vfs* the_system = nullptr;

struct WatchedFile {
    sqlite3_file base;
    const char* path;  // SQLite keeps it as long as the file is open; null: temporary
    sqlite3_file* system() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

WatchedFile& own(sqlite3_file* file) {
    return *reinterpret_cast<WatchedFile*>(file);
}

sqlite3_file* system_file(sqlite3_file* file) {
    return own(file).system();
}

const sqlite3_io_methods& methods_of(sqlite3_file* file) {
    return *system_file(file)->pMethods;
}

template <class Act>
int shown(const char* path, Call call, Act act) {
    if (the_watcher == nullptr || path == nullptr) return act();
    call.path = path;
    the_watcher->before(call);
    const int code = act();
    if (code == SQLITE_OK) the_watcher->after(call);
    return code;
}

int close_file(sqlite3_file* file) {
    return methods_of(file).xClose(system_file(file));
}
int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
    return methods_of(file).xRead(system_file(file), bytes, size, offset);
}
int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    const std::string_view view(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
    return shown(own(file).path, {Io::write, {}, offset, view},
                 [&] { return methods_of(file).xWrite(system_file(file), bytes, size, offset); });
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
    return shown(own(file).path, {Io::truncate, {}, size},
                 [&] { return methods_of(file).xTruncate(system_file(file), size); });
}
int sync(sqlite3_file* file, int flags) {
    return shown(own(file).path, {Io::sync, {}},
                 [&] { return methods_of(file).xSync(system_file(file), flags); });
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return methods_of(file).xFileSize(system_file(file), size);
}
int lock(sqlite3_file* file, int level) {
    return methods_of(file).xLock(system_file(file), level);
}
int unlock(sqlite3_file* file, int level) {
    return methods_of(file).xUnlock(system_file(file), level);
}
int check_reserved(sqlite3_file* file, int* result) {
    return methods_of(file).xCheckReservedLock(system_file(file), result);
}
int file_control(sqlite3_file* file, int operation, void* argument) {
    return methods_of(file).xFileControl(system_file(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
    return methods_of(file).xSectorSize(system_file(file));
}
int characteristics(sqlite3_file* file) {
    return methods_of(file).xDeviceCharacteristics(system_file(file));
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
    return methods_of(file).xShmMap(system_file(file), page, size, extend, memory);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return methods_of(file).xShmLock(system_file(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
    methods_of(file).xShmBarrier(system_file(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
    return methods_of(file).xShmUnmap(system_file(file), remove);
}

// Version 2: no memory-mapped reads.
constexpr sqlite3_io_methods io_methods = {2,
                                           close_file,
                                           read,
                                           write,
                                           truncate,
                                           sync,
                                           file_size,
                                           lock,
                                           unlock,
                                           check_reserved,
                                           file_control,
                                           sector_size,
                                           characteristics,
                                           shm_map,
                                           shm_lock,
                                           shm_barrier,
                                           shm_unmap,
                                           nullptr,
                                           nullptr};

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* opened) {
    own(file).path = path;
    own(file).base.pMethods = nullptr;
    // As the system's VFS has it.
    constexpr int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    const bool syncs_folder = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & journals) != 0;
    const int code = shown(path, {Io::open, {}, 0, {}, syncs_folder}, [&] {
        return the_system->xOpen(the_system, path, system_file(file), flags, opened);
    });
    if (system_file(file)->pMethods != nullptr) own(file).base.pMethods = &io_methods;
    return code;
}

int remove_file(sqlite3_vfs*, const char* path, int sync_folder) {
    return shown(path, {Io::remove, {}, 0, {}, sync_folder != 0},
                 [&] { return the_system->xDelete(the_system, path, sync_folder); });
}

}  // namespace

void watch(Watcher* watcher) {
    the_watcher = watcher;
    if (the_system != nullptr) return;
    the_system = sqlite3_vfs_find(nullptr);
    static sqlite3_vfs watched = *the_system;
    watched.zName = "watched";
    watched.szOsFile = static_cast<int>(sizeof(WatchedFile)) + the_system->szOsFile;
    watched.xOpen = open_file;
    watched.xDelete = remove_file;
    watched.pNext = nullptr;
    sqlite3_vfs_register(&watched, 1);
}

}  // namespace jobtally::vfs_tests
