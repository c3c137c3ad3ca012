// Whatever the bytes of a store file are, reading and writing it ends, with a StoreError at worst,
// and so do the queries on it.
#include "core/answers/definitions.hpp"
#include "core/answers/failures.hpp"
#include "core/answers/rates.hpp"
#include "core/base/text.hpp"
#include "core/store/facts/facts.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/store/reports/rejected.hpp"
#include "core/store/reports/settle.hpp"
#include "core/store/reports/write_transaction.hpp"
#include "core/store/segments/segments.hpp"
#include "core/store/upkeep/probe_records.hpp"
#include "core/store/upkeep/status.hpp"
#include "core/store/upkeep/uptime.hpp"
#include "tests/fuzz/demand.hpp"
#include "tests/unit/store/support.hpp"

#include <fstream>
#include <iterator>

#include <unistd.h>

namespace {

using namespace jobtally;
using namespace jobtally::store;
using store_tests::at;
using store_tests::TemporaryFolder;

constexpr std::int64_t start = 1'790'000'000'000'000;
constexpr std::size_t edit_size = 4;

// Small, and with all there is: a segment, rows behind it, rejected bodies, uptime, a probe.
std::string good_store(const std::filesystem::path& path) {
    {
        auto store = Store::open_to_write(path);
        store_tests::ReportsByChance reports(1, 700);
        WriteTransaction packed(store);
        for (int i = 0; i < 1200; ++i) packed.put(reports.next(), at(start + i));
        packed.commit();
        settle(store);
        WriteTransaction more(store);
        for (int i = 0; i < 20; ++i) more.put(reports.next(), at(start + 5000 + i));
        more.reject({"not JSON", "{\"id\":", 1, false}, "test", at(start));
        more.commit();
        end_uptime(store, begin_uptime(store, at(start), std::chrono::seconds(1)), at(start + 9),
                   std::chrono::seconds(1));
        keep_probe(store, "p", {"OK", at(start), {}, 0});
        settle(store);
    }
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The good store with bytes changed: three of the input say where, one how.
std::string changed(std::string file, std::string_view edits) {
    for (; edits.size() >= edit_size; edits.remove_prefix(edit_size)) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(edits[i]); };
        const std::size_t place = byte(0) | (byte(1) << 8) | (std::size_t{byte(2)} << 16);
        auto& target = file[place % file.size()];
        target = static_cast<char>(static_cast<unsigned char>(target) ^ byte(3));
    }
    if (edits.size() == 2) file.resize(file.size() * static_cast<unsigned char>(edits[1]) / 256);
    return file;
}

// Only a StoreError may come out; an error of another kind ends the process, and is a finding.
template <class Step>
void step(Step run) {
    try {
        run();
    } catch (const StoreError& error) {
        fuzz::demand(visible(error.what()) == error.what(), "a message that acts");
    }
}

void read_all(const Store& store) {
    step([&] { read_status(store); });
    step([&] {
        std::size_t rows = 0;
        scan_facts(store, {0x1ff, {}, WhichTime::created}, [&](const FactBatch& batch) {
            rows += batch.size;
            fuzz::demand(batch.created_at.size() == batch.size, "a batch without its values");
        });
    });
    step([&] {
        scan_facts(store, {0x1ff, {at(1000), at(9000)}, WhichTime::updated}, [](const auto&) {});
    });
    step([&] { disagreeing_segments(store.connection()); });
    step([&] { read_page(store, 0, 50); });
    step([&] { find_report(store, "id7"); });
    step([&] { list_rejected(store, 0); });
    step([&] { read_uptime(store); });
    step([&] { find_probe(store, "p"); });
    step([&] { last_sequence(store); });
    step([&] { answers::rates_table(answers::rates(query::Scope(store, {}))); });
    step([&] { answers::failures_table(answers::failures(query::Scope(store, {}))); });
    step([&] { answers::definitions_table(answers::definitions(query::Scope(store, {}))); });
}

void write_some(Store& store) {
    step([&] {
        WriteTransaction transaction(store, std::chrono::milliseconds(50));
        transaction.put(store_tests::report_of("id7"), at(start + 9000));
        transaction.put(store_tests::report_of("new"), at(start + 9001));
        transaction.remove("id9");
        transaction.reject({"not JSON", "x", 1, false}, "test", at(start));
        transaction.commit();
    });
    step([&] { settle(store); });
}

}  // namespace

// The first byte chooses: 0 gives the rest as the whole file, all others as changes of a good one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    // In memory where there is such a place: each input is synced several times.
    if (::access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 0);
    static const TemporaryFolder folder;
    static const std::string good = good_store(folder / "good.db");
    auto input = fuzz::text_of(bytes, size);
    const bool is_raw = fuzz::take_choice(input) == 0;
    const auto path = folder / "store.db";
    for (const char* ending : {"", "-wal", "-shm", "-journal"}) {
        std::error_code ignored;
        std::filesystem::remove(path.string() + ending, ignored);
    }
    std::ofstream(path, std::ios::binary) << (is_raw ? std::string(input) : changed(good, input));
    step([&] { read_all(Store::open_to_read(path)); });
    step([&] {
        auto store = Store::open_to_write(path);
        write_some(store);
        read_all(store);
    });
    return 0;
}
