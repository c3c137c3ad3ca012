#include "core/store/upkeep/restore.hpp"

#include "core/base/text.hpp"
#include "core/store/file/fast_statement.hpp"
#include "core/store/file/file_watch.hpp"
#include "core/store/file/identity.hpp"
#include "core/store/file/log_damage.hpp"
#include "core/store/file/partial_file.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/store_file.hpp"
#include "core/store/reports/rescue.hpp"
#include "core/store/upkeep/uptime.hpp"
#include "core/store/upkeep/verify.hpp"
#include "core/time/instant.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::store {

namespace {

namespace fs = std::filesystem;
using Access = Store::Connection::Access;

constexpr std::size_t rows_at_once = 4096;
constexpr const char* a_copy = "name a copy, which `jobtally db backup` makes";

fs::path beside_store(const fs::path& path, const char* ending) {
    return path.string() + ending;
}

// `jobtally.db.replaced-20261128T083000Z`, with a number where that is taken.
fs::path name_for_the_old(const fs::path& store) {
    const auto name = fmt::format("{}.replaced-{:%Y%m%dT%H%M%SZ}", store.string(),
                                  fmt::gmtime(std::time(nullptr)));
    std::error_code error;
    for (int number = 1;; ++number) {
        fs::path candidate = number == 1 ? name : fmt::format("{}-{}", name, number);
        if (!fs::exists(fs::symlink_status(candidate, error))) return candidate;
    }
}

// Removes what restores that were killed left.
void remove_partial_copies(const fs::path& store) {
    constexpr std::string_view ending = ".partial";
    const auto beginning = store.filename().string() + ".replaced-";
    std::error_code none;
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(store.parent_path(), none)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(beginning) && name.ends_with(ending))
            found.push_back(entry.path().string());
    }
    for (const auto& name : found) {
        try {
            const PartialFile stale(name.substr(0, name.size() - ending.size()));
        } catch (const StoreError&) {
            // another restore writes it
        }
    }
}

// Gives the copy the owner and the mode of what it replaces.
void make_like(const fs::path& store, const fs::path& copy) {
    const Descriptor file(::open(copy.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file) throw_errno(errno, "open", copy);
    struct stat old {};
    if (::stat(store.c_str(), &old) != 0)
        return give_to_owner_of(store.parent_path(), file.number());
    give_to_owner_of(store, file.number());
    if (::fchmod(file.number(), old.st_mode & 0666) != 0)
        throw_errno(errno, "set the mode of", copy);
}

// Copies the log into the file, unless either is damaged or someone else's. False where something
// may be left in it.
bool empty_log(const fs::path& store, const WriteGuard& guard) {
    std::error_code none;
    const auto log = beside_store(store, "-wal");
    if (!fs::exists(log, none) || fs::file_size(log, none) == 0) return true;
    try {
        Store::Connection connection(store, Access::write);
        identify(connection);
        if (has_damaged_log(connection) || !is_as_left(connection.handle(), store, guard))
            return false;
        connection.checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
        return fs::file_size(log, none) == 0 && !none;
    } catch (const StoreError&) {
        return false;
    }
}

void rename_or_throw(const fs::path& from, const fs::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) throw_errno(errno, "rename", from);
}

// At one moment, so that a kill leaves either the one or the other.
void exchange(const fs::path& a, const fs::path& b) {
    if (::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0) return;
    if (errno != EINVAL && errno != ENOSYS) throw_errno(errno, "rename", a);
    const auto between = beside_store(a, "~");  // not every file system can
    rename_or_throw(b, between);
    rename_or_throw(a, b);
    rename_or_throw(between, a);
}

void rename_if_there(const fs::path& from, const fs::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT)
        throw_errno(errno, "rename", from);
}

// Until the last step the store is what it was: where its log can be emptied, the file has all. If
// that step fails its log and index are back, for who has them open. Returns what was put aside.
std::optional<std::string> put_in_place(const fs::path& copy, const fs::path& store,
                                        WriteGuard& guard) {
    std::error_code none;
    const bool was_there = fs::exists(store, none);
    const auto log = beside_store(store, "-wal"), old_log = beside_store(copy, "-wal");
    const auto index = beside_store(store, "-shm"), old_index = beside_store(copy, "-shm");
    const bool has_log = !empty_log(store, guard);
    try {
        rename_if_there(log, old_log);
        rename_if_there(index, old_index);
        was_there ? exchange(copy, store) : rename_or_throw(copy, store);
    } catch (const StoreError&) {
        ::rename(old_index.c_str(), index.c_str());
        ::rename(old_log.c_str(), log.c_str());
        throw;
    }
    ::unlink(old_index.c_str());
    if (!has_log) ::unlink(old_log.c_str());
    if (const int number = sync_folder(store.parent_path()))
        throw_sync_failed(number, store.parent_path());
    leave_word(store, guard);
    if (was_there) return copy.string();
    return has_log ? std::optional(old_log.string()) : std::nullopt;
}

// Counts the reports that the store has not, or in another state.
class Lacking {
  public:
    explicit Lacking(const Store& now)
        : m_same(now.connection(), "SELECT 1 FROM report WHERE id = ? AND updated_at IS ?") {}
    void look_for(std::string_view id, std::optional<std::int64_t> updated_at) {
        m_same.bind(1, id);
        m_same.bind(2, updated_at);
        if (!m_same.step()) ++m_count;
        m_same.reset();
    }
    void look_for(const std::vector<StoredReport>& reports) {
        for (const auto& [sequence, received_at, report, source] : reports)
            look_for(report.id, report.updated_at ? std::optional(time::micros(*report.updated_at))
                                                  : std::nullopt);
    }
    std::int64_t count() const { return m_count; }

  private:
    FastStatement m_same;
    std::int64_t m_count = 0;
};

std::int64_t count_lacking(const Store& before, const Store& now) {
    Lacking lacking(now);
    FastStatement row(before.connection(), "SELECT id, updated_at FROM report");
    while (row.step()) lacking.look_for(row.text(0), row.optional_integer(1));
    return lacking.count();
}

// Of a damaged one what `export` brings back, too.
std::int64_t count_lacking_of_rest(const Store& before, const Store& now) {
    Lacking lacking(now);
    Rescue rescue(before);
    for (auto page = rescue.read_page(0, rows_at_once); !page.empty();
         page = rescue.read_page(page.back().sequence, rows_at_once))
        lacking.look_for(page);
    rescue.rebuild([&](const std::vector<StoredReport>& page) { lacking.look_for(page); });
    return lacking.count();
}

std::int64_t count_lacking_rejected(const Store& before, const Store& now) {
    std::int64_t count = 0;
    FastStatement same(now.connection(),
                       "SELECT 1 FROM rejected WHERE rejected_id = ? AND received_at = ?");
    FastStatement row(before.connection(), "SELECT rejected_id, received_at FROM rejected");
    while (row.step()) {
        same.bind(1, row.integer(0));
        same.bind(2, row.integer(1));
        if (!same.step()) ++count;
        same.reset();
    }
    return count;
}

void compare(Restored& result, const fs::path& old, const fs::path& store) {
    try {
        const auto before = Store::open_put_aside(old);
        const auto now = Store::open_as_it_is(store);
        try {
            result.lacking = count_lacking(before, now);
        } catch (const StoreError& error) {
            if (error.kind() != StoreError::Kind::corrupt) throw;
            result.is_damaged = true;
            result.lacking = count_lacking_of_rest(before, now);
        }
        result.lacking_rejected = count_lacking_rejected(before, now);
    } catch (const StoreError&) {
        // Nobody can tell.
    }
}

// The last sign of life of a listener; nothing where there never was one.
std::optional<UptimeSpan> last_sign(const Store& store) {
    const auto spans = read_uptime(store);
    const auto last = std::max_element(spans.begin(), spans.end(),
                                       [](const UptimeSpan& one, const UptimeSpan& other) {
                                           return one.last_alive_at < other.last_alive_at;
                                       });
    return last == spans.end() ? std::nullopt : std::optional(*last);
}

// A listener that ended after the copy was made is one that is down now.
void take_over_last_sign(const fs::path& old, Store& now, std::chrono::milliseconds patience) {
    try {
        const auto before = last_sign(Store::open_put_aside(old));
        const auto known = last_sign(now);
        if (!before || (known && known->last_alive_at >= before->last_alive_at)) return;
        const auto span = begin_uptime(now, before->last_alive_at, patience);
        if (before->has_ended) end_uptime(now, span, before->last_alive_at, patience);
    } catch (const StoreError&) {
        // What can't be read says nothing, and the copy is in its place.
    }
}

// What helps is another copy, never another store.
Store open_copy(const fs::path& file) {
    try {
        return Store::open_as_it_is(file);
    } catch (const StoreError& error) {
        using Kind = StoreError::Kind;
        if (error.kind() != Kind::missing && error.kind() != Kind::foreign) throw;
        throw StoreError(error.kind(), error.what(), a_copy);
    }
}

// verify() knows the tables of today, not those of a very old version.
void require_verified(const Store& source, const fs::path& file) {
    const auto& connection = source.connection();
    if (identify(connection) != Identity::current && !add_what_lacks(connection))
        return require_sound(connection);
    for (const auto& check : verify(source)) {
        if (check.problems == 0) continue;
        throw StoreError(
            StoreError::Kind::corrupt,
            fmt::format("{} is damaged: {}: {}", in_quotes(file.string()), check.name,
                        check.findings.front()),
            fmt::format("`jobtally --db {0} db verify` says more; `jobtally --db {0} export | "
                        "jobtally ingest` saves what can be read",
                        in_shell_quotes(file.string())));
    }
}

}  // namespace

Restored restore(const fs::path& file, const fs::path& path, std::chrono::milliseconds patience,
                 TellWait tell) {
    const auto store = find_store_file(path, Use::write);
    if (is_file_of_store(file, store)) {
        throw StoreError(StoreError::Kind::other,
                         fmt::format("{} is the store itself", in_quotes(file.string())), a_copy);
    }
    const auto source = open_copy(file);
    require_no_triggers(source.connection());
    require_verified(source, file);
    remove_partial_copies(store);
    const auto old = name_for_the_old(store);
    Restored result;
    result.store = back_up(source, old);
    result.store.path = store;
    result.damage = damage_found(source);
    make_like(store, old);
    {
        WriteGuard guard(store, std::move(tell));
        const HeldGuard held(&guard, std::chrono::steady_clock::now() + patience);
        result.replaced = put_in_place(old, store, guard);
    }
    // A backup has no log yet, and may be of an older version.
    auto now = Store::open_to_write(store, patience);
    if (!result.replaced) return result;
    take_over_last_sign(old, now, patience);
    compare(result, old, store);
    return result;
}

}  // namespace jobtally::store
