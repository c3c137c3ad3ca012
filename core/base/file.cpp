#include "core/base/file.hpp"

#include <cerrno>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace jobtally {

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(m_number, other.m_number);
    return *this;
}

Descriptor::~Descriptor() {
    if (m_number >= 0) ::close(m_number);
}

int write_all(int descriptor, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

void give_to_owner_of(const std::filesystem::path& path, int descriptor) noexcept {
    struct stat found {};
    if (::geteuid() != 0 || ::stat(path.c_str(), &found) != 0 || found.st_uid == 0) return;
    [[maybe_unused]] const int ignored = ::fchown(descriptor, found.st_uid, found.st_gid);
}

bool is_link_of_another(const std::filesystem::path& path, uid_t owner) noexcept {
    struct stat link {};
    return ::lstat(path.c_str(), &link) == 0 && S_ISLNK(link.st_mode) && link.st_uid != owner &&
           link.st_uid != 0;
}

bool is_open_file(int descriptor, const std::filesystem::path& path, int flags) noexcept {
    struct stat open {};
    struct stat named {};
    return ::fstat(descriptor, &open) == 0 &&
           ::fstatat(AT_FDCWD, path.c_str(), &named, flags) == 0 && open.st_dev == named.st_dev &&
           open.st_ino == named.st_ino;
}

namespace {

FileText failed(int error, std::string problem) {
    return {{}, std::move(problem), error};
}

FileText failed(int error) {
    return failed(error, std::strerror(error));
}

}  // namespace

FileText read_regular_file(const std::filesystem::path& path, std::size_t most_bytes, bool follow) {
    const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW);
    const Descriptor file(::open(path.c_str(), flags));
    if (!file) return failed(errno);
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return failed(errno);
    if (S_ISDIR(status.st_mode)) return failed(EISDIR);
    if (!S_ISREG(status.st_mode)) return failed(EINVAL, "it is not a regular file");
    if (static_cast<std::uint64_t>(status.st_size) > most_bytes)
        return failed(EFBIG, "it is too large");
    FileText text;
    text.owner = status.st_uid;
    char room[16 << 10];
    for (;;) {
        const auto got = ::read(file.number(), room, sizeof room);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(errno);
        if (got == 0) return text;
        text.bytes.append(room, static_cast<std::size_t>(got));
        if (text.bytes.size() > most_bytes) return failed(EFBIG, "it is too large");
    }
}

int for_each_name(const std::filesystem::path& folder,
                  const std::function<bool(const char*)>& take) {
    const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), ::closedir);
    if (!open) return errno;
    for (;;) {
        errno = 0;
        const dirent* const entry = ::readdir(open.get());
        if (entry == nullptr) return errno;
        const std::string_view name = entry->d_name;
        if (name != "." && name != ".." && !take(entry->d_name)) return 0;
    }
}

int sync_folder(int folder) noexcept {
    return ::fsync(folder) == 0 || errno == EINVAL ? 0 : errno;
}

int sync_folder(const std::filesystem::path& folder) noexcept {
    const Descriptor opened(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) return errno == EACCES ? 0 : errno;
    return sync_folder(opened.number());
}

Descriptor reserve_room(const std::filesystem::path& folder, std::size_t bytes) noexcept {
    const char* const name = folder.empty() ? "." : folder.c_str();
    Descriptor file(::open(name, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
    if (!file) return file;
    const int number = ::posix_fallocate(file.number(), 0, static_cast<off_t>(bytes));
    if (number != 0) file = Descriptor();
    errno = number;
    return file;
}

// Where no inode is left there may be room for bytes.
int lacks_room(const std::filesystem::path& folder, std::size_t bytes) noexcept {
    const int number = reserve_room(folder, bytes) ? 0 : errno;
    struct statvfs found {};
    const char* const name = folder.empty() ? "." : folder.c_str();
    const bool lacks_inodes = number == ENOSPC && ::statvfs(name, &found) == 0 &&
                              found.f_files > 0 && found.f_favail == 0;
    if (lacks_inodes && found.f_bavail * found.f_frsize >= bytes) return 0;
    return number == ENOSPC || number == EDQUOT || number == EFBIG ? number : 0;
}

bool is_on_read_only_volume(const std::filesystem::path& folder) noexcept {
    const char* name = folder.empty() ? "." : folder.c_str();
    const Descriptor nameless(::open(name, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    return !nameless && errno == EROFS;
}

}  // namespace jobtally
