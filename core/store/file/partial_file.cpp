#include "core/store/file/partial_file.hpp"

#include "core/base/text.hpp"
#include "core/store/file/sqlite_error.hpp"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::store {

namespace {

std::filesystem::path with_ending(std::filesystem::path path, const char* ending) {
    path += ending;
    return path;
}

// A store has its log and its lock file beside it.
void require_no_store(const std::filesystem::path& path) {
    const auto is_there = [&path](const char* ending) {
        return ::access(with_ending(path, ending).c_str(), F_OK) == 0;
    };
    if (!is_there("") || !(is_there("-wal") || is_there(".lock"))) return;
    throw StoreError(StoreError::Kind::other,
                     fmt::format("{} is a store", in_quotes(path.string())), "name another file");
}

}  // namespace

PartialFile::PartialFile(const std::filesystem::path& target)
    : m_target(target), m_path(with_ending(target, ".partial")) {
    require_no_store(m_path);
    require_no_store(with_ending(m_path, "-journal"));
    do {
        create();
    } while (!is_in_place());
    // SQLite would take a journal of that name for one that it has to play back.
    ::unlink(with_ending(m_path, "-journal").c_str());
}

PartialFile::~PartialFile() {
    if (!m_is_finished) ::unlink(m_path.c_str());
    ::unlink(with_ending(m_path, "-journal").c_str());
}

void PartialFile::create() {
    constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    do {
        m_file = Descriptor(::open(m_path.c_str(), flags, 0600));
    } while (!m_file && errno == EEXIST && remove_stale());
    if (!m_file && errno == ENOENT) {
        throw StoreError(StoreError::Kind::missing,
                         fmt::format("there is no folder for \"{}\"", visible(m_target.string())),
                         "make it first");
    }
    if (!m_file) throw_errno(errno, "create", m_path);
    ::flock(m_file.number(), LOCK_EX | LOCK_NB);
}

// Removes the partial file that a killed process left. Anything but a regular file is left alone.
bool PartialFile::remove_stale() const {
    const Descriptor file(::open(m_path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file) return errno == ENOENT;
    struct stat found {};
    const bool is_ours = ::fstat(file.number(), &found) == 0 && S_ISREG(found.st_mode);
    const bool is_free = ::flock(file.number(), LOCK_EX | LOCK_NB) == 0;
    const bool is_gone = is_ours && is_free && ::unlink(m_path.c_str()) == 0;
    const int number = is_ours ? errno : EEXIST;
    if (is_ours && !is_free) {
        throw StoreError(StoreError::Kind::busy,
                         fmt::format("another process writes \"{}\"", visible(m_path.string())),
                         "try again when it is done");
    }
    errno = number;
    return is_gone;
}

// False where someone took our file for a stale one before it was locked.
bool PartialFile::is_in_place() const {
    return is_open_file(m_file.number(), m_path, AT_SYMLINK_NOFOLLOW);
}

void PartialFile::finish() {
    if (::fsync(m_file.number()) != 0) throw_errno(errno, "sync", m_path);
    if (::rename(m_path.c_str(), m_target.c_str()) != 0) throw_errno(errno, "write", m_target);
    m_is_finished = true;
    const auto folder = m_target.parent_path();
    if (const int number = sync_folder(folder)) throw_errno(number, "sync the folder", folder);
}

}  // namespace jobtally::store
