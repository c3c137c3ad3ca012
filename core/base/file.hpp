// Files and descriptors by system calls, for what C++ streams do not promise.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <sys/types.h>

namespace jobtally {

// Owns a file descriptor and closes it; -1 is none. Errors of close() are ignored, so sync first if
// they matter.
class Descriptor {
  public:
    explicit Descriptor(int number = -1) noexcept : m_number(number) {}
    Descriptor(Descriptor&& other) noexcept : m_number(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    explicit operator bool() const noexcept { return m_number >= 0; }
    int number() const noexcept { return m_number; }
    // Gives the descriptor up without closing it.
    int release() noexcept { return std::exchange(m_number, -1); }

  private:
    int m_number;
};

// Writes all the bytes, going on where a signal came between. 0, or errno: a part may have been
// written then.
[[nodiscard]] int write_all(int descriptor, std::string_view bytes) noexcept;

// If we are root, gives an open file to the owner of `path`, who would otherwise be locked out of
// what was made on their behalf. A failure is ignored: the owner will get an error when opening the
// file.
void give_to_owner_of(const std::filesystem::path& path, int descriptor) noexcept;

// True for a link that neither `owner` nor root made: it may lead anywhere.
bool is_link_of_another(const std::filesystem::path& path, uid_t owner) noexcept;

struct FileText {
    std::string bytes;
    std::string problem;  // why there are none, in words; empty where nothing went wrong
    int error = 0;        // errno of that
    uid_t owner = 0;      // whose file it is, where it was read
};

// True if `path` names the open file. `flags` is 0, or AT_SYMLINK_NOFOLLOW for a path whose last
// part must be no link.
bool is_open_file(int descriptor, const std::filesystem::path& path, int flags = 0) noexcept;

// Reads a regular file as a whole. What is none (a FIFO would block until somebody writes), what is
// larger than `most_bytes`, and with `follow` off a link, are refused with a problem.
FileText read_regular_file(const std::filesystem::path& path, std::size_t most_bytes,
                           bool follow = true);

// Calls `take` with the name of each file in `folder` until it returns false. 0, or errno. The
// library's iterator ends the process where memory is short.
[[nodiscard]] int for_each_name(const std::filesystem::path& folder,
                                const std::function<bool(const char*)>& take);

// Makes the names in `folder` last: a new or renamed file is on disk only after this. An empty path
// is the working folder. 0, or errno; 0 as well where nobody can sync it: a folder that may be
// searched but not read, and file systems that sync no folders (EINVAL: some of FUSE, CIFS).
[[nodiscard]] int sync_folder(const std::filesystem::path& folder) noexcept;
[[nodiscard]] int sync_folder(int folder) noexcept;  // one that is open

// Takes room for a nameless file in `folder`, which closing it gives back; else none, and errno.
Descriptor reserve_room(const std::filesystem::path& folder, std::size_t bytes) noexcept;

// 0 where `folder` has room for so many bytes more, or where that can't be told; else
// errno: ENOSPC, EDQUOT, EFBIG. Leaves nothing behind.
[[nodiscard]] int lacks_room(const std::filesystem::path& folder, std::size_t bytes) noexcept;

// True where the volume of `folder` is read-only, mounted so or turned so by an error of its disk,
// which its flags and the rights of its files do not tell. An empty path is the working folder.
bool is_on_read_only_volume(const std::filesystem::path& folder) noexcept;

}  // namespace jobtally
