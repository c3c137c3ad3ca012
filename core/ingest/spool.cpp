#include "core/ingest/spool.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/ingest/decode.hpp"
#include "core/ingest/spool_name.hpp"
#include "core/store/file/store_file.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::ingest {
namespace {

namespace fs = std::filesystem;

// The ending of a file that is still being written. Its sender has not been told yet that the body
// is kept; but a file that a process left behind is stored all the same, since it may hold a whole
// report.
constexpr std::string_view unfinished = ".part";
constexpr std::chrono::minutes unfinished_for{1};
constexpr std::size_t most_bytes = 1 << 30;       // SQLite takes no longer text either
constexpr std::string_view owner_name = "store";  // holds the path of the store

[[noreturn]] void fail(const std::string& why, const char* action, const fs::path& path) {
    throw IoError(fmt::format("can't {} \"{}\": {}", action, visible(path.string()), why),
                  "see to the room and the rights of the spool, or name another folder with "
                  "--spool");
}

[[noreturn]] void fail(int number, const char* action, const fs::path& path) {
    fail(std::strerror(number), action, path);
}

void keep_names(const fs::path& folder) {
    if (const int number = sync_folder(folder)) fail(number, "sync the folder", folder);
}

Descriptor opened_folder(const fs::path& folder) {
    return Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

bool is_left_unfinished(const fs::path& file) {
    const auto name = file.filename().string();
    if (!name.ends_with(unfinished) ||
        !is_spool_name(std::string_view(name).substr(0, name.size() - unfinished.size()))) {
        return false;
    }
    std::error_code problem;
    const auto written = fs::last_write_time(file, problem);
    return !problem && fs::file_time_type::clock::now() - written > unfinished_for;
}

}  // namespace

fs::path Spool::real_folder() const {
    std::error_code none;
    return fs::is_symlink(m_folder, none) ? fs::read_symlink(m_folder, none) : m_folder;
}

// By the open folder: the link, or what it leads to, may be another's.
void Spool::mend_mode() const {
    if (is_link_of_another(m_folder, owner())) return;
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const Descriptor file(::open(real_folder().c_str(), flags));
    struct stat found {};
    if (!file || ::fstat(file.number(), &found) != 0) return;
    if (found.st_uid != owner() || (found.st_mode & 0700) == 0700 || (found.st_mode & 022) != 0)
        return;
    [[maybe_unused]] const int ignored = ::fchmod(file.number(), 0700);
}

// Whoever can put files there gets them stored without an Authorization.
void Spool::require_own_folder() const {
    struct stat status {};
    if (::stat(m_folder.c_str(), &status) != 0) fail(errno, "look at the folder", m_folder);
    const bool is_ours =
        (status.st_uid == owner() || status.st_uid == 0) && !is_link_of_another(m_folder, owner());
    if (is_ours && (status.st_mode & 022) == 0) return require_own_store();
    throw IoError(fmt::format("the spool \"{}\" {}", visible(m_folder.string()),
                              is_ours ? "can be written by others" : "is another user's"),
                  is_ours ? "chmod go-w cures it" : "name another folder with --spool");
}

bool Spool::is_beside_store() const {
    std::error_code none;
    return m_store.empty() ||
           (m_folder == fs::path(m_store).concat("-spool") && !fs::is_symlink(m_folder, none));
}

// The same from whatever folder it is asked.
std::string full_name(const fs::path& store) {
    std::error_code none;
    return fs::weakly_canonical(fs::absolute(store, none), none).string();
}

// The store that is named there may be gone: then this one was moved. It may be this one by another
// name: a link was left where it was, or its volume is mounted twice.
void Spool::require_own_store() const {
    if (is_beside_store()) return;
    const auto named = read_regular_file(m_folder / owner_name, most_bytes, false);
    if (named.error != 0 || named.bytes == full_name(m_store)) return;
    std::error_code none;
    if (!fs::exists(named.bytes, none) || fs::equivalent(named.bytes, m_store, none)) return;
    throw IoError(fmt::format("the spool {} is that of the store {}", in_quotes(m_folder.string()),
                              in_quotes(named.bytes)),
                  "name another folder with --spool");
}

void Spool::claim() const {
    if (is_beside_store()) return;
    const auto path = m_folder / owner_name;
    if (read_regular_file(path, most_bytes, false).bytes == full_name(m_store)) return;
    ::unlink(path.c_str());
    write_synced(path, full_name(m_store));
}

void Spool::write_synced(const fs::path& path, std::string_view bytes) const {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    const Descriptor file(::open(path.c_str(), flags, 0600));
    if (!file) fail(errno, "make", path);
    give_to_owner_of(m_folder, file.number());
    int number = write_all(file.number(), bytes);
    if (number == 0 && ::fsync(file.number()) != 0) number = errno;
    if (number == 0) return;
    ::unlink(path.c_str());
    fail(number, "write", path);
}

uid_t Spool::owner() const {
    return m_store.empty() ? ::geteuid() : store::owner_of_store(m_store);
}

void Spool::make_folder() const {
    if (is_link_of_another(m_folder, owner())) fail("another user made that link", "use", m_folder);
    const auto real = real_folder();  // a link may lead to a folder that is gone
    if (::mkdir(real.c_str(), 0700) != 0) {
        if (errno != EEXIST) fail(errno, "make the folder", real);
        return mend_mode();
    }
    const Descriptor folder(::open(real.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (folder && !m_store.empty()) give_to_owner_of(m_store, folder.number());
    keep_names(real.parent_path());
}

void Spool::prepare() {
    make_folder();
    require_own_folder();
    const auto trial = m_folder / fmt::format("trial-{}{}", ::getpid(), unfinished);
    ::unlink(trial.c_str());
    write_synced(trial, {});
    ::unlink(trial.c_str());
    claim();
    auto folder = opened_folder(m_folder);
    if (folder && ::flock(folder.number(), LOCK_SH | LOCK_NB) == 0)
        m_in_use = std::make_shared<const Descriptor>(std::move(folder));
    m_is_prepared = true;
}

void Spool::remember_as(const fs::path& link) const {
    std::error_code none;
    const auto target = fs::weakly_canonical(m_folder, none);
    if (none || target == fs::weakly_canonical(link, none)) return;
    if (fs::remove(link, none); none) fail(none.value(), "make a link of", link);
    if (::symlink(target.c_str(), link.c_str()) != 0) fail(errno, "make the link", link);
    struct stat store {};
    if (::geteuid() == 0 && ::stat(m_store.c_str(), &store) == 0) {
        [[maybe_unused]] const int ignored = ::lchown(link.c_str(), store.st_uid, store.st_gid);
    }
}

std::optional<std::string> Spool::text_of(const fs::path& path) const {
    auto text = read_regular_file(path, most_bytes, false);
    if (text.error == ENOENT) return std::nullopt;
    if (text.error != 0) fail(text.problem, "read", path);
    if (text.owner != owner() && text.owner != 0) fail("it is another user's", "take", path);
    return std::move(text.bytes);
}

// Another process may take it meanwhile.
void Spool::move_here(const fs::path& former, const std::string& name) const {
    if (::rename((former / name).c_str(), (m_folder / name).c_str()) == 0 || errno == ENOENT)
        return;
    if (errno != EXDEV) fail(errno, "move", former / name);
    const auto text = text_of(former / name);
    if (!text) return;
    const auto part = m_folder / (name + ".moved");
    ::unlink(part.c_str());
    write_synced(part, *text);
    if (::rename(part.c_str(), (m_folder / name).c_str()) != 0) fail(errno, "name", part);
    keep_names(m_folder);
    if (::unlink((former / name).c_str()) != 0 && errno != ENOENT)
        fail(errno, "delete", former / name);
}

std::size_t Spool::take_over(const Spool& former) const {
    const auto folder = opened_folder(former.m_folder);
    if (folder && ::flock(folder.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        throw Error(fmt::format("another listener has the spool {} for this store",
                                in_quotes(fs::canonical(former.m_folder).string())),
                    "end that one first, or name the same spool here");
    return move_all_here(former);
}

std::size_t Spool::move_all_here(const Spool& former) const {
    const auto names = former.waiting();
    for (const auto& name : names) move_here(former.m_folder, name);
    if (names.empty()) return 0;
    keep_names(m_folder);
    keep_names(former.m_folder);
    return names.size();
}

bool Spool::follow() {
    if (!m_in_use || is_open_file(m_in_use->number(), m_folder)) return false;
    make_folder();
    const Spool former(fmt::format("/proc/self/fd/{}", m_in_use->number()), m_store);
    move_all_here(former);
    prepare();
    return true;
}

// By the descriptor that is open already: there may be no room for one more.
void Spool::keep_own_names() const {
    if (!m_in_use || !is_open_file(m_in_use->number(), m_folder)) return keep_names(m_folder);
    if (const int number = sync_folder(m_in_use->number()))
        fail(number, "sync the folder", m_folder);
}

std::optional<IoError> Spool::keep(std::span<Receipt* const> receipts) {
    std::optional<IoError> problem;
    std::vector<Receipt*> named;
    try {
        make_folder();
        require_own_folder();
    } catch (const IoError& error) {
        return error;
    }
    for (auto* receipt : receipts) {
        try {
            const auto path = m_folder / spool_name(receipt->delivery, ++m_last);
            const auto part = fs::path(path).concat(unfinished);
            write_synced(part, *receipt->delivery.body);
            if (::rename(part.c_str(), path.c_str()) != 0) fail(errno, "name", path);
            named.push_back(receipt);
        } catch (const IoError& error) {
            problem = error;
        }
    }
    try {
        if (!named.empty()) keep_own_names();
    } catch (const IoError& error) {
        return error;
    }
    for (auto* receipt : named) receipt->is_spooled = true;
    return problem;
}

std::vector<std::string> Spool::waiting() const {
    std::vector<std::string> names;
    std::error_code none;
    if (!fs::exists(m_folder, none)) return names;
    require_own_folder();
    const int problem = for_each_name(m_folder, [&](const char* name) {
        if (is_spool_name(name) || is_left_unfinished(m_folder / name)) names.emplace_back(name);
        return true;
    });
    if (problem != 0 && problem != ENOENT) fail(problem, "read the folder", m_folder);
    std::sort(names.begin(), names.end());
    return names;
}

void Spool::touch() const noexcept {
    [[maybe_unused]] const int ignored = ::utimensat(AT_FDCWD, m_folder.c_str(), nullptr, 0);
}

std::optional<time::Instant> Spool::touched_at() const {
    struct stat status {};
    if (::stat(m_folder.c_str(), &status) != 0) return std::nullopt;
    return time::Instant{std::chrono::duration_cast<time::Duration>(
        std::chrono::seconds(status.st_mtim.tv_sec) +
        std::chrono::nanoseconds(status.st_mtim.tv_nsec))};
}

std::optional<Delivery> Spool::read(const std::string& name) const {
    const auto text = text_of(m_folder / name);
    if (!text) return std::nullopt;
    const auto origin = origin_of(name);
    auto delivery = decode_whole(*text, origin.source, origin.received_at);
    delivery.sender = origin.sender;
    return delivery;
}

std::optional<IoError> Spool::drop(const std::string& name) const {
    const auto path = m_folder / name;
    if (::unlink(path.c_str()) == 0 || errno == ENOENT) return std::nullopt;
    return IoError(fmt::format("can't delete {}, which is in the store: {}",
                               in_quotes(path.string()), std::strerror(errno)),
                   "delete it, or see to the rights of the spool");
}

}  // namespace jobtally::ingest
