#include "core/ingest/spool.hpp"

#include "core/base/file.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/ingest/decode.hpp"
#include "core/ingest/spool_name.hpp"
#include "core/store/file/last_word.hpp"

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

constexpr std::size_t most_bytes = 1 << 30;  // SQLite takes no longer text either

void keep_names(const fs::path& folder) {
    if (const int number = sync_folder(folder)) throw_of_spool(number, "sync the folder", folder);
}

Descriptor opened_folder(const fs::path& folder) {
    return Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

void Spool::require_own_folder() const {
    if (const auto problem = barred()) throw IoError(*problem);
    if (const auto problem = of_another()) throw IoError(*problem);
}

fs::path Spool::losses() const {
    const bool is_ours = !is_of_stranger(m_folder, m_store) && !of_another();
    return is_ours ? m_folder / "lost" : fs::path();
}

bool Spool::is_that_of(const fs::path& link) const {
    return is_own() && has_mark_of(link, m_folder);
}

bool Spool::is_own() const {
    try {
        require_own_folder();
        return true;
    } catch (const IoError&) {
        return false;
    }
}

void Spool::claim() const {
    if (is_beside(m_folder, m_store) || noted_store(m_folder, m_store) == full_name(m_store))
        return;
    const auto path = m_folder / owner_name;
    ::unlink(path.c_str());
    write_synced(path, full_name(m_store));
}

void Spool::write_synced(const fs::path& path, std::string_view bytes) const {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    const Descriptor file(::open(path.c_str(), flags, 0600));
    if (!file) throw_of_spool(errno, "make", path);
    give_to_owner_of(m_folder, file.number());
    int number = write_all(file.number(), bytes);
    if (number == 0 && ::fsync(file.number()) != 0) number = errno;
    if (number == 0) return;
    ::unlink(path.c_str());
    throw_of_spool(number, "write", path);
}

void Spool::make_folder() const {
    if (is_link_of_another(m_folder, owner_of_spool(m_store)))
        throw_of_spool("another user made that link", "use", m_folder);
    const auto real = real_folder(m_folder);  // a link may lead to a folder that is gone
    if (::mkdir(real.c_str(), 0700) != 0) {
        if (errno != EEXIST) throw_of_spool(errno, "make the folder", real);
        return mend_mode();
    }
    const Descriptor folder(::open(real.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (folder && !m_store.empty()) give_to_owner_of(m_store, folder.number());
    keep_names(real.parent_path());
}

void Spool::prepare() {
    make_folder();
    require_own_folder();
    struct stat before {};
    const bool is_known = ::stat(m_folder.c_str(), &before) == 0;
    const auto trial = m_folder / fmt::format("trial-{}{}", ::getpid(), unfinished);
    ::unlink(trial.c_str());
    write_synced(trial, {});
    ::unlink(trial.c_str());
    claim();
    // A full spool must have room for the number of those that it can't keep.
    if (!is_beside(m_folder, m_store)) store::note_losses(losses(), 0, true);
    mend_link();
    // A trial is no sign of life: who can't listen makes one at each start.
    const timespec times[] = {{0, UTIME_OMIT}, before.st_mtim};
    if (is_known) ::utimensat(AT_FDCWD, m_folder.c_str(), times, 0);
    auto folder = opened_folder(m_folder);
    if (folder && ::flock(folder.number(), LOCK_SH | LOCK_NB) == 0)
        m_in_use = std::make_shared<const Descriptor>(std::move(folder));
    m_is_prepared = true;
}

void Spool::remember_as(const fs::path& link) {
    std::error_code none;
    const auto target = fs::weakly_canonical(m_folder, none);
    const bool is_link = fs::is_symlink(link, none);
    if (!is_link && target == fs::weakly_canonical(link, none)) return;
    m_link = link;
    if (!is_link && !fs::remove(link, none) && none)
        throw_of_spool(none.value(), "make a link of", link);
    make_link(link, target, m_store);
}

// Where the store's volume is read-only there can be none, and the start has told so. The folder
// may be named by a link, which leads elsewhere now.
void Spool::mend_link() const noexcept {
    if (m_link.empty()) return;
    try {
        const auto type = fs::symlink_status(m_link).type();
        const bool is_link = type == fs::file_type::symlink;
        const auto target = fs::weakly_canonical(m_folder);
        if (is_link && fs::read_symlink(m_link) == target) return mark_link(m_link, target);
        const bool is_missing = type == fs::file_type::not_found && m_link != m_folder;
        if (is_link || is_missing) make_link(m_link, target, m_store);
    } catch (const std::exception&) {
    }
}

void Spool::leave() const noexcept {
    if (m_link.empty() || !m_is_prepared) return;
    try {
        if (waiting().empty()) make_link(m_link, left_empty(fs::canonical(m_folder)), m_store);
    } catch (const std::exception&) {
    }
}

std::optional<std::string> Spool::text_of(const fs::path& path) const {
    auto text = read_regular_file(path, most_bytes, false);
    if (text.error == ENOENT) return std::nullopt;
    if (text.error != 0) throw_of_spool(text.problem, "read", path);
    if (text.owner != owner_of_spool(m_store) && text.owner != 0)
        throw_of_spool("it is another user's", "take", path);
    return std::move(text.bytes);
}

// Another process may take it meanwhile.
void Spool::move_here(const fs::path& former, const std::string& name) const {
    if (::rename((former / name).c_str(), (m_folder / name).c_str()) == 0 || errno == ENOENT)
        return;
    if (errno != EXDEV) throw_of_spool(errno, "move", former / name);
    const auto text = text_of(former / name);
    if (!text) return;
    const auto part = m_folder / (name + ".moved");
    ::unlink(part.c_str());
    write_synced(part, *text);
    if (::rename(part.c_str(), (m_folder / name).c_str()) != 0) throw_of_spool(errno, "name", part);
    keep_names(m_folder);
    if (::unlink((former / name).c_str()) != 0 && errno != ENOENT)
        throw_of_spool(errno, "delete", former / name);
}

void Spool::require_unused(const Spool& former) const {
    const auto folder = opened_folder(former.m_folder);
    if (!folder || (m_in_use && is_open_file(m_in_use->number(), former.m_folder))) return;
    if (::flock(folder.number(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
    throw Error(fmt::format("another listener has the spool {} for this store",
                            in_quotes(fs::canonical(former.m_folder).string())),
                "end that one first, or name the same spool here");
}

std::size_t Spool::take_over(const Spool& former) const {
    if (former.of_another() && bodies_in_spool(former.m_folder).empty()) return 0;
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
    const Spool former(path_of(*m_in_use), m_store);
    take_over(former);
    prepare();
    return true;
}

// By the descriptor that is open already: there may be no room for one more.
void Spool::keep_own_names() const {
    if (!m_in_use || !is_open_file(m_in_use->number(), m_folder)) return keep_names(m_folder);
    if (const int number = sync_folder(m_in_use->number()))
        throw_of_spool(number, "sync the folder", m_folder);
}

std::optional<IoError> Spool::keep(std::span<Receipt* const> receipts) {
    std::optional<IoError> problem;
    std::vector<Receipt*> named;
    try {
        make_folder();
        require_own_folder();
        claim();
    } catch (const IoError& error) {
        return error;
    }
    mend_link();
    for (auto* receipt : receipts) {
        try {
            const auto path = m_folder / spool_name(receipt->delivery, ++m_last);
            const auto part = fs::path(path).concat(unfinished);
            write_synced(part, *receipt->delivery.body);
            if (::rename(part.c_str(), path.c_str()) != 0) throw_of_spool(errno, "name", path);
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
    if (const auto problem = lost()) throw IoError(*problem);
    std::error_code problem;
    const auto type = fs::status(m_folder, problem).type();
    if (type == fs::file_type::not_found) return {};
    if (type == fs::file_type::none) throw_of_spool(problem.value(), "look at", m_folder);
    require_own_folder();
    return bodies_in_spool(m_folder);
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
    if (origin.is_cut)
        delivery.rejections.push_back(
            {fmt::format("of a refused request only {} bytes came, while the store took none: what "
                         "they hold is taken, and the listener's log says why",
                         count_text(static_cast<std::int64_t>(text->size()))),
             {}});
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
