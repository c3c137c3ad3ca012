// The write guard as two open-file-description locks: byte 0 is the turn to write, byte 1 the
// turnstile in front of it. A waiter holds the turnstile, so only one polls for the turn. Byte 2 is
// held, with others, by whoever has the store open for writing.
#include "core/store/file/write_guard.hpp"

#include "core/store/file/sqlite_error.hpp"

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::store {

namespace {

constexpr off_t turn = 0;
constexpr off_t turnstile = 1;
constexpr off_t presence = 2;

constexpr std::chrono::seconds wordless{2};

std::filesystem::path lock_file_of(std::filesystem::path store) {
    return store += ".lock";
}

struct flock one_byte(short type, off_t byte) {
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = byte;
    lock.l_len = 1;
    return lock;
}

bool try_lock(int file, off_t byte, const std::filesystem::path& store) {
    auto lock = one_byte(F_WRLCK, byte);
    if (fcntl(file, F_OFD_SETLK, &lock) == 0) return true;
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) throw_errno(errno, "lock", store);
    return false;
}

void unlock(int file, off_t byte) noexcept {
    auto lock = one_byte(F_UNLCK, byte);
    fcntl(file, F_OFD_SETLK, &lock);
}

// By another than this open file.
bool is_locked(int file, off_t byte) noexcept {
    auto lock = one_byte(F_WRLCK, byte);
    return fcntl(file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

// A failure is told by who can't read the file then.
void make_readable_like(const std::filesystem::path& store, int file) noexcept {
    struct stat wanted {};
    struct stat found {};
    if (::stat(store.c_str(), &wanted) != 0 || ::fstat(file, &found) != 0) return;
    [[maybe_unused]] int ignored = 0;
    if (found.st_gid != wanted.st_gid)
        ignored = ::fchown(file, static_cast<uid_t>(-1), wanted.st_gid);
    const mode_t mode = wanted.st_mode & 0666;
    if ((found.st_mode & 0777) != mode) ignored = ::fchmod(file, mode);
}

}  // namespace

WriteGuard::WriteGuard(const std::filesystem::path& store, TellWait tell)
    : m_store(store), m_tell(std::move(tell)) {
    const auto path = lock_file_of(store);
    m_file = Descriptor(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!m_file) throw_errno(errno, "open the lock file", path);
    give_to_owner_of(store, m_file.number());
    make_readable_like(store, m_file.number());
}

// Open-file-description locks have no wait with a limit, hence short sleeps that grow.
void WriteGuard::lock_until(off_t byte, Time deadline, Time tell_at) {
    auto pause = std::chrono::microseconds(200);
    while (!try_lock(m_file.number(), byte, m_store)) {
        const auto now = std::chrono::steady_clock::now();
        if (now >= deadline) {
            throw StoreError(StoreError::Kind::busy,
                             fmt::format("store \"{}\" is busy: another writer holds its lock",
                                         m_store.string()),
                             "try again when the other process is done");
        }
        const auto left = std::chrono::ceil<std::chrono::microseconds>(deadline - now);
        if (m_tell && now >= tell_at)
            std::exchange(m_tell, {})(lock_file_of(m_store),
                                      std::chrono::ceil<std::chrono::seconds>(left));
        std::this_thread::sleep_for(std::min(pause, left));
        pause = std::min(pause * 3 / 2, std::chrono::microseconds(5000));
    }
}

void WriteGuard::acquire(std::chrono::steady_clock::time_point deadline) {
    const auto tell_at = std::chrono::steady_clock::now() + wordless;
    lock_until(turnstile, deadline, tell_at);
    try {
        lock_until(turn, deadline, tell_at);
    } catch (...) {
        unlock(m_file.number(), turnstile);
        throw;
    }
    unlock(m_file.number(), turnstile);
    m_held = true;
}

void WriteGuard::release() noexcept {
    unlock(m_file.number(), turn);
    m_held = false;
}

bool WriteGuard::someone_waits() const noexcept {
    return is_locked(m_file.number(), turnstile);
}

void WriteGuard::be_present() const noexcept {
    auto lock = one_byte(F_RDLCK, presence);
    fcntl(m_file.number(), F_OFD_SETLK, &lock);
}

bool WriteGuard::others_are_present() const noexcept {
    return is_open_to_write(m_file.number());
}

std::optional<Descriptor> lock_file_to_read(const std::filesystem::path& store) {
    const auto path = lock_file_of(store);
    Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file && errno != ENOENT) return std::nullopt;
    return file;
}

bool is_open_to_write(int lock_file) noexcept {
    return is_locked(lock_file, presence);
}

}  // namespace jobtally::store
