// The write guard, watched: every write, cut, sync and deletion on a store's files, by whatever
// connection of this program, must happen while the connection's own guard is held and the lock
// file says so too. Usage: guard_watch [--seconds N]. First one process does everything that
// writes, then three at once for some seconds; last, the guard is gone round in four ways, each of
// which must be seen.
#include "core/store/file/connection.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/store/reports/rejected.hpp"
#include "core/store/reports/settle.hpp"
#include "core/store/reports/write_transaction.hpp"
#include "core/store/upkeep/backup.hpp"
#include "core/store/upkeep/probe_records.hpp"
#include "core/store/upkeep/prune.hpp"
#include "core/store/upkeep/uptime.hpp"
#include "core/store/upkeep/verify.hpp"
#include "tests/vfs/watched_vfs.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace jobtally;
using vfs_tests::Call;
using vfs_tests::Io;
namespace fs = std::filesystem;

struct Counts {
    std::int64_t looked = 0;
    std::int64_t without_guard = 0;
};

class GuardWatcher final : public vfs_tests::Watcher {
  public:
    explicit GuardWatcher(fs::path store) : m_store(std::move(store)) {
        const auto lock = m_store.string() + ".lock";
        m_lock = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (m_lock < 0) throw std::runtime_error("can't open " + lock);
    }
    ~GuardWatcher() override { close(m_lock); }
    GuardWatcher(const GuardWatcher&) = delete;
    GuardWatcher& operator=(const GuardWatcher&) = delete;

    void before(const Call& call) override {
        const bool is_of_store = call.path == m_store || call.path == m_store.string() + "-wal" ||
                                 call.path == m_store.string() + "-journal";
        if (!is_of_store || call.io == Io::open) return;
        ++m_counts.looked;
        if (is_locked() && is_held_by_us()) return;
        ++m_counts.without_guard;
    }
    // The stores of this process that may write.
    std::vector<const store::Store*> stores;
    const Counts& counts() const { return m_counts; }

  private:
    bool is_locked() const {
        struct flock lock {};
        lock.l_type = F_WRLCK;
        lock.l_whence = SEEK_SET;
        lock.l_len = 1;
        return fcntl(m_lock, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    }
    // While a store is being opened its guard is not known yet: then the lock alone must do.
    bool is_held_by_us() const {
        for (const auto* store : stores) {
            if (store == nullptr || store->connection().guard()->is_held()) return true;
        }
        return false;
    }

    fs::path m_store;
    int m_lock = -1;
    Counts m_counts;
};

time::Instant at(std::int64_t second) {
    return time::instant_from_micros((1'700'000'000 + second) * 1'000'000);
}

void write(store::Store& store, const std::string& prefix, int first, int count) {
    store::WriteTransaction transaction(store);
    for (int i = first; i < first + count; ++i) {
        model::JobReport report;
        report.id = prefix + std::to_string(i);
        report.status = "SUCCESS";
        report.created_at = report.updated_at.emplace(at(i));
        report.definition_id = prefix;
        report.definition_name = "Name " + std::to_string(i / 100);
        transaction.put(report, at(i));
    }
    transaction.reject({"not JSON", "{", 1}, "test", at(first));
    transaction.commit();
}

store::Store open_watched(GuardWatcher& watcher, const fs::path& path) {
    watcher.stores = {nullptr};
    auto store = store::Store::open_to_write(path);
    watcher.stores.clear();
    return store;
}

// Everything in core/store that writes.
void do_everything(store::Store& store, const std::string& prefix, int round) {
    const int first = round * 1000;
    write(store, prefix, first, 700);
    write(store, prefix, first + 100, 50);
    store::settle(store);
    const auto key = store::begin_uptime(store, at(round), std::chrono::seconds(60));
    store::mark_alive(store, key, at(round + 1), std::chrono::seconds(60));
    store::end_uptime(store, key, at(round + 2), std::chrono::seconds(60));
    store::keep_probe(store, "probe", {"OK", at(round), {}, 0});
    store::drop_rejected(store, {1, 2});
    store::prune(store, at(first + 50));
    write(store, prefix, first + 800, 5);
    store::repack(store);
    {
        store::WriteTransaction rolled_back(store);
        rolled_back.remove(prefix + "1");
    }
}

Counts alone(const fs::path& path) {
    GuardWatcher watcher(path);
    vfs_tests::watch(&watcher);
    {
        auto store = open_watched(watcher, path);
        watcher.stores = {&store};
        for (int round = 0; round < 3; ++round) do_everything(store, "alone", round);
        store::back_up(store, path.parent_path() / "backup.db");
    }
    vfs_tests::watch(nullptr);
    return watcher.counts();
}

// What a child saw, sent through a pipe.
Counts together(const fs::path& path, int seconds) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("no pipe");
    constexpr int children = 3;
    for (int child = 0; child < children; ++child) {
        if (fork() != 0) continue;
        GuardWatcher watcher(path);
        Counts counts{0, 1};
        try {
            vfs_tests::watch(&watcher);
            auto store = open_watched(watcher, path);
            watcher.stores = {&store};
            const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
            for (int round = 0; std::chrono::steady_clock::now() < end; ++round) {
                do_everything(store, fmt::format("child{}-", child), round);
            }
            counts = watcher.counts();
        } catch (const std::exception& error) {
            fmt::print(stderr, "child {}: {}\n", child, error.what());
        }
        _exit(::write(ends[1], &counts, sizeof counts) == sizeof counts ? 0 : 1);
    }
    close(ends[1]);
    Counts all;
    int answers = 0;
    Counts one;
    while (read(ends[0], &one, sizeof one) == sizeof one) {
        ++answers;
        all.looked += one.looked;
        all.without_guard += one.without_guard;
    }
    close(ends[0]);
    while (wait(nullptr) > 0) {
    }
    if (answers != children) ++all.without_guard;
    return all;
}

void run_raw(const fs::path& path, const char* sql) {
    sqlite3* database = nullptr;
    sqlite3_open(path.c_str(), &database);
    sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
    sqlite3_close(database);
}

// Four ways round the guard; returns how many were seen.
int bypasses_seen(const fs::path& path) {
    GuardWatcher watcher(path);
    vfs_tests::watch(&watcher);
    auto store = open_watched(watcher, path);
    watcher.stores = {&store};
    int seen = 0;
    const auto try_one = [&](const char* name, const std::function<void()>& go_round) {
        const auto before = watcher.counts().without_guard;
        go_round();
        const bool is_seen = watcher.counts().without_guard > before;
        if (!is_seen) fmt::print(stderr, "not seen: {}\n", name);
        seen += is_seen ? 1 : 0;
    };
    constexpr const char* update =
        "UPDATE state SET value = value + 1 WHERE name = 'last_sequence'";
    try_one("a write", [&] { store.connection().execute(update); });
    try_one("a checkpoint", [&] { store.connection().checkpoint(SQLITE_CHECKPOINT_TRUNCATE); });
    try_one("another connection", [&] { run_raw(path, update); });
    try_one("a write under another's guard", [&] {
        const store::WriteGuard other(path);
        store::HeldGuard held(const_cast<store::WriteGuard*>(&other),
                              std::chrono::steady_clock::now() + std::chrono::seconds(5));
        store.connection().execute(update);
    });
    vfs_tests::watch(nullptr);
    return seen;
}

int run(int seconds) {
    std::string name = (fs::temp_directory_path() / "jobtally-guard-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    const auto folder = fs::canonical(name);
    const auto one = alone(folder / "alone.db");
    const auto many = together(folder / "together.db", seconds);
    const int seen = bypasses_seen(folder / "alone.db");
    fs::remove_all(folder);
    fmt::print(
        "guard: calls watched {} (one process) {} (three processes), without the guard {}, "
        "bypasses seen {} of 4\n",
        one.looked, many.looked, one.without_guard + many.without_guard, seen);
    const bool is_good = one.without_guard + many.without_guard == 0 && seen == 4;
    return is_good && one.looked > 0 && many.looked > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char* argv[]) {
    int seconds = 2;
    if (argc == 3 && std::string_view(argv[1]) == "--seconds") {
        seconds = std::max(1, std::atoi(argv[2]));
    } else if (argc != 1) {
        fmt::print(stderr, "usage: guard_watch [--seconds N]\n");
        return 2;
    }
    return run(seconds);
}
