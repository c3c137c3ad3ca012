// Which files may be opened as a store: found through links, refused where opening would be unsafe.
#pragma once

#include "core/store/file/file_head.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

#include <sys/types.h>

namespace jobtally::store {

enum class Use : std::uint8_t { read, write };

// The type of the file system that holds a path, as statfs() tells it; 0 where it does not.
using FileSystemType = std::function<std::int64_t(const std::filesystem::path&)>;
std::int64_t file_system_type(const std::filesystem::path& path);

// NFS, SMB, Ceph and their like: SQLite's log needs memory that all readers and writers share, and
// locks that hold. FUSE and 9P count as local: most of what they serve is (containers, folders of
// the host), and their type does not tell.
bool is_on_network(std::int64_t file_system_type);

// The file itself, links followed: its log and its lock stand beside it. Throws StoreError for
// - what is neither a regular file nor absent, and links that lead nowhere, in a circle, or were
//   made by another user (root's are fine);
// - to write: a file of another user (unless we are root), and one that is mounted without its
//   folder;
// - what others may have put beside it: a journal, and a log, index or lock file that is no regular
//   file, has a second name, or belongs to neither the owner of the store nor root;
// - a folder in which everybody may replace files, unless JOBTALLY_SHARED_FOLDER is `allow`;
// - a file on a network, unless JOBTALLY_NETWORK_STORE is `allow`.
// The file need not exist. Nothing is opened.
std::filesystem::path find_store_file(const std::filesystem::path& path, Use use,
                                      const FileSystemType& type_of = file_system_type);

// Who owns the store and what stands beside it, or would if there were one.
uid_t owner_of_store(const std::filesystem::path& path);

// Throws StoreError::foreign for a link that another user made, and for one that leads nowhere.
void require_own_link(const std::filesystem::path& path);

// False where the file is shorter than its head says and no log can have the rest: SQLite would
// read zeros there. For a file that is a SQLite file.
bool is_whole(const std::filesystem::path& path, const FileHead& head);

// Throws StoreError::foreign for a file with a second name (a hard link). Call it for a file that
// has a log or will get one: whoever opens it by its other name would see neither the log nor the
// locks.
void require_one_name(const std::filesystem::path& path);

// When a touch of the log's index, which SQLite maps into memory, takes room on the disk: never,
// once it is made; the first time, where blocks are smaller than SQLite's pages, so that it has
// holes; or each time, where the file system copies on write (btrfs). Where there is no room that
// is a signal, no error, and ends the process.
enum class TakesRoom : std::uint8_t { never, first_time, each_time };
TakesRoom index_takes_room(const std::filesystem::path& folder);

// Throws StoreError::full where a touch of the index may take room and there is little.
void require_room_for_index(const std::filesystem::path& store);

// True for the store, its log, the log's index, its journal and its lock file, by whatever name;
// they need not exist. Throws StoreError for names that can't be followed.
bool is_file_of_store(const std::filesystem::path& file, const std::filesystem::path& store);

// True where others than the owner may write the store or a file beside it, or others than the
// owner and its group may read one.
bool is_open_to_others(const std::filesystem::path& path);

// True where every user may make files beside the store, as in /tmp; false where nobody can tell.
bool is_in_shared_folder(const std::filesystem::path& path);

}  // namespace jobtally::store
