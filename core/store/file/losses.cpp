// The number of requests in the lock file. Byte 3 of that is the lock of who changes it: processes
// that share a store add to one number.
#include "core/base/file.hpp"
#include "core/store/file/connection.hpp"
#include "core/store/file/last_word.hpp"
#include "core/store/file/store_file.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::store {

namespace {

constexpr off_t turn_to_count = 3;
constexpr off_t place_of_losses = 128;
static_assert(sizeof(LastWord) <= place_of_losses);

struct Losses {
    std::uint64_t magic = 0;
    std::int64_t requests = 0;
};
constexpr std::uint64_t losses_magic = 0x31736573736f6c;  // "losses1"

// Who holds the lock does so for a moment, unless it was stopped right there: then the number may
// come out wrong, which is better than none.
constexpr int tries_to_lock = 20;
constexpr std::chrono::milliseconds between_tries{1};

bool lock_count(int file, short type) noexcept {
    struct flock wanted {};
    wanted.l_type = type;
    wanted.l_whence = SEEK_SET;
    wanted.l_start = turn_to_count;
    wanted.l_len = 1;
    return ::fcntl(file, F_OFD_SETLK, &wanted) == 0;
}

std::int64_t read_losses(int file) noexcept {
    Losses found;
    const bool is_there = ::pread(file, &found, sizeof found, place_of_losses) == sizeof found &&
                          found.magic == losses_magic;
    return is_there ? found.requests : 0;
}

bool add_losses(int file, std::int64_t requests) noexcept {
    for (int i = 0; i < tries_to_lock && !lock_count(file, F_WRLCK); ++i)
        std::this_thread::sleep_for(between_tries);
    const Losses sum{losses_magic, std::max<std::int64_t>(0, read_losses(file) + requests)};
    const bool is_written = ::pwrite(file, &sum, sizeof sum, place_of_losses) == sizeof sum;
    lock_count(file, F_UNLCK);
    return is_written;
}

// Of a store that is open WriteGuard has looked at it; here it may be what another user put there.
bool is_lock_of(int file, const std::filesystem::path& store) {
    struct stat found {};
    return ::fstat(file, &found) == 0 && S_ISREG(found.st_mode) && found.st_nlink == 1 &&
           (found.st_uid == owner_of_store(store) || found.st_uid == 0);
}

// No file where it is not there, can't be opened, or is another user's.
Descriptor open_lock_of(const std::filesystem::path& store, int access) noexcept {
    try {
        const auto path = store.string() + ".lock";
        Descriptor file(::open(path.c_str(), access | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, 0600));
        return file && is_lock_of(file.number(), store) ? std::move(file) : Descriptor();
    } catch (const std::exception&) {
        return Descriptor();
    }
}

}  // namespace

bool note_losses(const std::filesystem::path& store, std::int64_t requests,
                 bool may_make) noexcept {
    const auto file = open_lock_of(store, may_make ? O_RDWR | O_CREAT : O_RDWR);
    if (file && may_make) give_to_owner_of(store.parent_path(), file.number());
    return file && add_losses(file.number(), requests);
}

std::optional<std::int64_t> noted_losses(const std::filesystem::path& store) {
    const auto file = open_lock_of(store, O_RDONLY);
    if (file) return read_losses(file.number());
    struct stat there {};
    if (::lstat((store.string() + ".lock").c_str(), &there) == 0) return std::nullopt;
    return 0;
}

std::int64_t noted_losses(const Store& store) {
    const auto& connection = store.connection();
    return connection.is_private() ? 0 : read_losses(connection.guard()->descriptor());
}

bool forget_losses(const Store& store, std::int64_t requests) noexcept {
    const auto& connection = store.connection();
    return connection.is_private() || add_losses(connection.guard()->descriptor(), -requests);
}

}  // namespace jobtally::store
