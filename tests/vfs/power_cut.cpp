// P3: cuts the power at every I/O point of a store's life and looks at what is left on the disk.
// Usage: power_cut [--long] [--every N] [--seed S]. The life: created and migrated, written,
// updated, rejected, packed, checkpointed, backed up, pruned. At each point the disk is thought to
// hold what was synced and nothing else, or everything with the last write torn, or sectors of it
// by chance; each time the store is opened again and must be sound and have every acknowledged
// report. Two controls must lose reports: synchronous=NORMAL, and a disk that lies about syncs.
#include "core/store/file/connection.hpp"
#include "core/store/file/log_damage.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/store/reports/rejected.hpp"
#include "core/store/reports/settle.hpp"
#include "core/store/reports/write_transaction.hpp"
#include "core/store/upkeep/backup.hpp"
#include "core/store/upkeep/prune.hpp"
#include "core/store/upkeep/verify.hpp"
#include "tests/vfs/disk.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <set>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using namespace jobtally;
using vfs_tests::Call;
using vfs_tests::Cut;
using vfs_tests::Disk;
using vfs_tests::Io;
namespace fs = std::filesystem;

struct Counts {
    std::int64_t points = 0;
    std::int64_t cuts = 0;
    std::int64_t acknowledged = 0;  // looked for, over all cuts
    std::int64_t lost = 0;
    std::int64_t duplicates = 0;
    std::int64_t corrupt = 0;
    std::int64_t alarms = 0;  // a log called damaged
};

struct Options {
    std::int64_t every = 11;
    unsigned seed = 1;
    bool is_normal = false;  // controls
    bool lies_on_sync = false;
    bool forgets_backup_sync = false;
    bool is_control() const { return is_normal || lies_on_sync || forgets_backup_sync; }
};

time::Instant at(std::int64_t second) {
    return time::instant_from_micros((1'700'000'000 + second) * 1'000'000);
}

// What the workload was told is safe.
struct Promises {
    std::map<std::string, std::int64_t> revision_of;  // of each report that must be there
    std::int64_t rejected = 0;
    // The backup holds all of one of these: the older one's or, once it is on its way, the new
    // one's.
    std::vector<std::set<std::string>> in_backup;
    bool has_backup = false;
};

class PowerCutter final : public vfs_tests::Watcher {
  public:
    PowerCutter(const fs::path& folder, fs::path scratch, const Options& options, Counts& counts,
                const Promises& promises)
        : m_disk(folder),
          m_scratch(std::move(scratch)),
          m_options(options),
          m_counts(counts),
          m_promises(promises),
          m_random(options.seed) {}

    void before(const Call& call) override {
        if (m_is_checking || !m_disk.follows(call.path)) return;
        m_disk.begin(call);
        cut_maybe();
    }
    void after(const Call& call) override {
        const bool is_forgotten = m_options.forgets_backup_sync && call.path.ends_with(".partial");
        if (!m_is_checking) m_disk.end(call, m_options.lies_on_sync || is_forgotten);
    }
    void synced(const std::string& path) {
        if (m_is_checking || m_options.lies_on_sync || m_options.forgets_backup_sync) return;
        if (path == m_disk.folder()) return m_disk.sync_folder();
        m_disk.end({Io::sync, path}, false);
    }
    void rename(const std::string& from, const std::string& to) {
        if (m_is_checking || !m_disk.follows(from)) return;
        cut_maybe();
        m_disk.rename(from, to);
        cut_maybe();
    }
    void cut() {
        m_is_checking = true;
        for (const auto kind : vfs_tests::all_cuts) {
            fs::remove_all(m_scratch);
            fs::create_directory(m_scratch);
            m_disk.write_after(kind, m_random, m_scratch);
            ++m_counts.cuts;
            look_at_store(kind);
            look_at_backup(kind);
        }
        m_is_checking = false;
    }

  private:
    void cut_maybe() {
        if (m_counts.points++ % m_options.every == 0) cut();
    }
    void complain(Cut kind, std::int64_t& count, const std::string& what) {
        ++count;
        if (m_options.is_control() || ++m_complaints > 10) return;
        fmt::print(stderr, "point {}, cut {}: {}\n", m_counts.points, static_cast<int>(kind), what);
    }
    bool is_sound(Cut kind, const store::Store& store, const char* what) {
        for (const auto& check : store::verify(store)) {
            if (check.problems == 0) continue;
            complain(kind, m_counts.corrupt, fmt::format("{}: {}", what, check.findings.front()));
            return false;
        }
        return true;
    }
    void look_at_store(Cut kind);
    void look_at_backup(Cut kind);

    Disk m_disk;
    fs::path m_scratch;
    const Options& m_options;
    Counts& m_counts;
    const Promises& m_promises;
    std::mt19937 m_random;
    bool m_is_checking = false;
    int m_complaints = 0;
};

void PowerCutter::look_at_store(Cut kind) {
    try {
        // The machine has started since.
        const auto log = m_scratch / "s.db-wal";
        if (fs::exists(log))
            fs::last_write_time(log, fs::file_time_type::clock::now() - std::chrono::hours(9000));
        const auto store = store::Store::open_to_write(m_scratch / "s.db");
        const auto& alarm = store::damage_found(store);
        if (!alarm.empty()) complain(kind, m_counts.alarms, alarm);
        if (!is_sound(kind, store, "store")) return;
        for (const auto& [id, revision] : m_promises.revision_of) {
            ++m_counts.acknowledged;
            const auto found = store::find_report(store, id);
            if (!found || *found->report.total_operations < revision) {
                complain(kind, m_counts.lost, fmt::format("report {} is lost", id));
            }
        }
        if (store::count_rejected(store) < m_promises.rejected) {
            complain(kind, m_counts.lost, "a rejected body is lost");
        }
        const auto& connection = store.connection();
        m_counts.duplicates +=
            connection.query_integer("SELECT count(*) - count(DISTINCT id) FROM report");
    } catch (const std::exception& error) {
        complain(kind, m_counts.corrupt, error.what());
    }
}

void PowerCutter::look_at_backup(Cut kind) {
    if (!fs::exists(m_scratch / "backup.db")) {
        if (m_promises.has_backup) complain(kind, m_counts.lost, "the backup is lost");
        return;
    }
    try {
        const auto store = store::Store::open_to_read(m_scratch / "backup.db");
        if (!is_sound(kind, store, "backup")) return;
        const auto holds = [&](const std::set<std::string>& ids) {
            m_counts.acknowledged += static_cast<std::int64_t>(ids.size());
            return std::all_of(ids.begin(), ids.end(),
                               [&](const auto& id) { return store::find_report(store, id); });
        };
        if (!std::any_of(m_promises.in_backup.begin(), m_promises.in_backup.end(), holds)) {
            complain(kind, m_counts.lost, "the backup has lost reports");
        }
    } catch (const std::exception& error) {
        complain(kind, m_counts.corrupt, error.what());
    }
}

model::JobReport report_of(int number, std::int64_t revision) {
    model::JobReport report;
    report.id = fmt::format("report-{}", number);
    report.status = number % 7 == 0 ? "FAILURE" : "SUCCESS";
    report.type = "import";
    report.created_at = at(number);
    report.updated_at = at(number + revision);
    report.total_operations = revision;
    report.definition_id = fmt::format("definition-{}", number % 5);
    report.definition_name = fmt::format("Name {} {}", number % 5, number % 3);
    return report;
}

// One transaction; what it wrote is promised when commit() has returned.
void write(store::Store& store, Promises& promises, int first, int count, std::int64_t revision) {
    store::WriteTransaction transaction(store);
    for (int i = first; i < first + count; ++i) transaction.put(report_of(i, revision), at(i));
    transaction.reject({"not JSON", "{", 1}, "test", at(first));
    transaction.commit();
    for (int i = first; i < first + count; ++i) promises.revision_of[report_of(i, 0).id] = revision;
    ++promises.rejected;
}

std::set<std::string> ids_of(const Promises& promises) {
    std::set<std::string> ids;
    for (const auto& [id, revision] : promises.revision_of) ids.insert(id);
    return ids;
}

void back_up(store::Store& store, const fs::path& target, Promises& promises) {
    const auto ids = ids_of(promises);
    promises.in_backup.push_back(ids);
    store::back_up(store, target);
    promises.in_backup = {ids};
    promises.has_backup = true;
}

void live(const fs::path& folder, const Options& options, Promises& promises) {
    auto store = store::Store::open_to_write(folder / "s.db");
    if (options.is_normal) store.connection().execute("PRAGMA synchronous=NORMAL");
    for (int i = 0; i < 4; ++i) write(store, promises, i * 10, 10, 1);
    write(store, promises, 5, 20, 2);
    write(store, promises, 100, 600, 1);
    store::settle(store);
    write(store, promises, 300, 30, 2);
    back_up(store, folder / "backup.db", promises);
    write(store, promises, 1000, 20, 1);
    auto other = store::Store::open_to_write(folder / "s.db");
    if (options.is_normal) other.connection().execute("PRAGMA synchronous=NORMAL");
    write(other, promises, 1100, 20, 1);
    write(store, promises, 1010, 20, 2);
    std::erase_if(promises.revision_of, [](const auto& item) {
        return std::atoi(item.first.c_str() + std::strlen("report-")) < 200;
    });
    promises.rejected = 0;
    store::prune(store, at(200));
    write(store, promises, 1200, 20, 1);
    back_up(store, folder / "backup.db", promises);
    store::settle(store);
    write(store, promises, 1300, 5, 1);
}

PowerCutter* the_cutter = nullptr;

Counts run(const Options& options, const fs::path& base) {
    Counts counts;
    Promises promises;
    const auto folder = base / "store";
    fs::remove_all(folder);
    fs::create_directory(folder);
    PowerCutter cutter(folder, base / "after", options, counts, promises);
    the_cutter = &cutter;
    vfs_tests::watch(&cutter);
    live(folder, options, promises);
    cutter.cut();
    vfs_tests::watch(nullptr);
    the_cutter = nullptr;
    return counts;
}

std::string text_of(const Counts& counts) {
    return fmt::format(
        "points {} cuts {} acknowledged {} lost {} duplicates {} corrupt {} alarms {}",
        counts.points, counts.cuts, counts.acknowledged, counts.lost, counts.duplicates,
        counts.corrupt, counts.alarms);
}

fs::path make_base() {
    const fs::path memory = "/dev/shm";
    std::string name = ((access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path()) /
                        "jobtally-power-XXXXXX")
                           .string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return fs::canonical(name);
}

// A control: what is said to be safe is not.
bool loses(const char* name, const Options& options, const fs::path& base) {
    const auto counts = run(options, base);
    fmt::print("control {}: {}\n", name, text_of(counts));
    return counts.lost > 0;
}

int run_all(const Options& options, int seeds) {
    const auto base = make_base();
    Counts all;
    bool is_good = true;
    for (int i = 0; i < seeds; ++i) {
        auto seeded = options;
        seeded.seed += static_cast<unsigned>(i);
        const auto counts = run(seeded, base);
        is_good = is_good && counts.lost + counts.duplicates + counts.corrupt + counts.alarms == 0;
        all.points += counts.points;
        all.cuts += counts.cuts;
        all.acknowledged += counts.acknowledged;
        all.lost += counts.lost;
        all.duplicates += counts.duplicates;
        all.alarms += counts.alarms;
        all.corrupt += counts.corrupt;
    }
    auto normal = options;
    normal.every = 31;
    auto lying = normal;
    auto forgetting = normal;
    normal.is_normal = lying.lies_on_sync = forgetting.forgets_backup_sync = true;
    const bool is_caught = loses("synchronous=NORMAL", normal, base) &&
                           loses("a lying disk", lying, base) &&
                           loses("a backup that is not synced", forgetting, base);
    fs::remove_all(base);
    if (!is_caught) fmt::print("a control was not caught\n");
    fmt::print("P3 {}\n", text_of(all));
    return is_good && is_caught && all.acknowledged > 0 ? 0 : 1;
}

}  // namespace

// Calls of our own, which do not go through SQLite: for a new store and a backup.
extern "C" int fsync(int file) {
    const int code = static_cast<int>(::syscall(SYS_fsync, file));
    if (code != 0 || the_cutter == nullptr) return code;
    std::error_code error;
    const auto path = fs::read_symlink(fmt::format("/proc/self/fd/{}", file), error);
    if (!error) the_cutter->synced(path.string());
    return code;
}

extern "C" int renameat2(int, const char* from, int, const char* to, unsigned flags) noexcept {
    const auto code = ::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
    if (code == 0 && the_cutter != nullptr) the_cutter->rename(from, to);
    return static_cast<int>(code);
}

extern "C" int rename(const char* from, const char* to) noexcept {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int main(int argc, char* argv[]) {
    Options options;
    int seeds = 1;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--long") {
            options.every = 1;
            seeds = 3;
        } else if (word == "--every" && i + 1 < argc) {
            options.every = std::max(1, std::atoi(argv[++i]));
        } else if (word == "--seed" && i + 1 < argc) {
            options.seed = static_cast<unsigned>(std::atoi(argv[++i]));
        } else {
            fmt::print(stderr, "usage: power_cut [--long] [--every N] [--seed S]\n");
            return 2;
        }
    }
    return run_all(options, seeds);
}
