#include "core/ingest/load.hpp"

#include "core/ingest/direct_sinks.hpp"
#include "core/ingest/writer.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/store/reports/rejected.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ingest/ingest_folder.hpp"

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

namespace {

using jobtally::ingest::load;
using jobtally::ingest::LoadHooks;
using jobtally::ingest::LoadOptions;
using jobtally::model::Tally;

std::string write_input(const IngestFolder& folder, const std::string& name,
                        std::string_view text) {
    const auto path = (folder.path / name).string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

std::string numbered_reports(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i) text += report_text(std::to_string(i)) + "\n";
    return text;
}

// What lands in a fresh writer on the folder's store.
jobtally::ingest::LoadResult load_into(const IngestFolder& folder,
                                       const std::vector<std::string>& paths,
                                       const LoadOptions& options = {},
                                       const LoadHooks& hooks = {}) {
    Writer writer(store_to_write(folder));
    return load(paths, writer, options, hooks);
}

std::size_t rows_in(const IngestFolder& folder) {
    const auto reader = jobtally::store::Store::open_to_read(folder.store());
    return jobtally::store::read_page(reader, 0, 100'000).size();
}

}  // namespace

TEST_CASE("files load whatever the size of a delivery, and again without change", "[ingest]") {
    const IngestFolder folder;
    const auto a = write_input(folder, "a.ndjson", numbered_reports(1, 1000));
    const auto b =
        write_input(folder, "b.json", "[" + report_text("1") + "," + report_text("x") + "]");
    std::int64_t done = 0;
    std::int64_t total = 0;
    LoadHooks hooks;
    hooks.progress = [&](std::int64_t d, std::int64_t t) { done = d, total = t; };
    const auto first = load_into(folder, {a, b}, {.reports_a_delivery = 7, .deliveries = 2}, hooks);
    CHECK(first.tally == Tally{.stored = 1001, .unchanged = 1});
    CHECK(rows_in(folder) == 1001);
    CHECK(done == total);
    CHECK(total ==
          static_cast<std::int64_t>(std::filesystem::file_size(a) + std::filesystem::file_size(b)));
    CHECK(load_into(folder, {a, b}).tally == Tally{.unchanged = 1002});
}

TEST_CASE("what a file holds beside reports is told and kept with its line", "[ingest]") {
    const IngestFolder folder;
    const auto path =
        write_input(folder, "in", report_text("a") + "\n{\"id\": 5}\n" + report_text("b") + "\n");
    std::vector<std::string> told;
    LoadHooks hooks;
    hooks.rejected = [&](std::string_view source, std::uint64_t line, std::string_view) {
        told.push_back(std::string(source) + ":" + std::to_string(line));
    };
    CHECK(load_into(folder, {path}, {}, hooks).tally == Tally{.stored = 2, .rejected = 1});
    CHECK(told == std::vector<std::string>{path + ":2"});
    const auto reader = jobtally::store::Store::open_to_read(folder.store());
    REQUIRE(jobtally::store::count_rejected(reader) == 1);
    CHECK(jobtally::store::list_rejected(reader, 0).front().source == path + ":2");
}

TEST_CASE("strict stores all or nothing", "[ingest]") {
    const IngestFolder folder;
    const auto good = write_input(folder, "good", numbered_reports(1, 10));
    const auto bad = write_input(folder, "bad", numbered_reports(11, 20) + "{}\n");
    LoadOptions options;
    options.strict = true;
    int told = 0;
    LoadHooks hooks;
    hooks.rejected = [&](std::string_view, std::uint64_t, std::string_view) { ++told; };
    const auto refused = load_into(folder, {good, bad}, options, hooks);
    CHECK(refused.is_refused);
    CHECK(refused.tally == Tally{.rejected = 1});
    CHECK(told == 1);
    CHECK(rows_in(folder) == 0);
    const auto reader = jobtally::store::Store::open_to_read(folder.store());
    CHECK(jobtally::store::count_rejected(reader) == 0);
    CHECK(load_into(folder, {good}, options, hooks).tally == Tally{.stored = 10});
}

TEST_CASE("what can't be read twice is copied for strict", "[ingest]") {
    const IngestFolder folder;
    const auto fifo = (folder.path / "fifo").string();
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    std::thread sender([&] { std::ofstream(fifo) << numbered_reports(1, 5000); });
    LoadOptions options;
    options.strict = true;
    CHECK(load_into(folder, {fifo}, options).tally == Tally{.stored = 5000});
    sender.join();
}

TEST_CASE("a dry run counts what would happen and writes nothing", "[ingest]") {
    const IngestFolder folder;
    const auto old = write_input(folder, "old", numbered_reports(1, 3));
    load_into(folder, {old});
    const auto input = write_input(
        folder, "new",
        report_text("1") + report_text("9") + report_text("9") + "{}" +
            R"({"id": "2", "status": "FAILURE", "created_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-01T00:00:01Z"})" +
            report_text("2"));
    jobtally::ingest::DryRun sink(jobtally::store::Store::open_to_read(folder.store()));
    const auto dry = load({input}, sink).tally;
    CHECK(dry == Tally{.stored = 1, .updated = 1, .unchanged = 2, .stale = 1, .rejected = 1});
    CHECK(rows_in(folder) == 3);
    CHECK(load_into(folder, {input}).tally == dry);

    jobtally::ingest::DryRun without_store(std::nullopt);
    CHECK(load({old}, without_store).tally == Tally{.stored = 3});
}

TEST_CASE("inputs that can't be read are named before anything is stored", "[ingest]") {
    const IngestFolder folder;
    const auto good = write_input(folder, "good", numbered_reports(1, 3));
    const auto missing = (folder.path / "missing").string();
    const std::pair<std::string, std::string> cases[] = {{missing, "No such file"},
                                                         {folder.path.string(), "directory"}};
    for (const auto& [path, text] : cases) {
        try {
            load_into(folder, {good, path});
            FAIL("was loaded: " << path);
        } catch (const jobtally::IoError& error) {
            INFO(error.what());
            CHECK(std::string(error.what()).find(path) != std::string::npos);
            CHECK((std::string(error.what()) + error.hint()).find(text) != std::string::npos);
        }
        CHECK(rows_in(folder) == 0);
    }
}

TEST_CASE("a sink that fails ends the load with its reason", "[ingest]") {
    struct FailingSink final : jobtally::ingest::DeliverySink {
        void submit(Delivery delivery, std::function<void(Receipt)> done) override {
            Receipt receipt;
            receipt.delivery = std::move(delivery);
            receipt.error = "the disk is full";
            done(std::move(receipt));
        }
    };
    const IngestFolder folder;
    FailingSink sink;
    CHECK_THROWS_WITH(
        load({write_input(folder, "in", numbered_reports(1, 10))}, sink, {.reports_a_delivery = 2}),
        "the disk is full");
}

TEST_CASE("of a long rejected body the beginning is kept, and its reason says so", "[ingest]") {
    const IngestFolder folder;
    const std::string text = R"({"id": "a", "x": ")" + std::string(70'000, 'x') + "\"}";
    std::string reason;
    LoadHooks hooks;
    hooks.rejected = [&](std::string_view, std::uint64_t, std::string_view why) { reason = why; };
    load_into(folder, {write_input(folder, "in", text)}, {}, hooks);
    CHECK(reason.ends_with(" (of its body the first 65,536 bytes are kept)"));
    const auto delivery = jobtally::ingest::decode(text, "here", {});
    REQUIRE(delivery.rejections.size() == 1);
    CHECK(delivery.rejections[0].reason == reason);
    CHECK(delivery.rejections[0].body == text.substr(0, 65536));
}

TEST_CASE("a load ends with what its sink throws, and where its input can't be read", "[ingest]") {
    struct ThrowingSink final : jobtally::ingest::DeliverySink {
        void submit(Delivery, std::function<void(Receipt)>) override {
            throw jobtally::Error("the store is gone");
        }
    };
    const IngestFolder folder;
    ThrowingSink sink;
    CHECK_THROWS_WITH(
        load({write_input(folder, "in", numbered_reports(1, 10))}, sink, {.reports_a_delivery = 2}),
        "the store is gone");
    // Opens, and can't be read at its beginning.
    const auto cut =
        load_into(folder, {write_input(folder, "in", numbered_reports(1, 10)), "/proc/self/mem"});
    CHECK(cut.problem);
    CHECK(cut.tally.stored == 10);
}

TEST_CASE("more files than may stay open are loaded", "[ingest]") {
    const IngestFolder folder;
    std::vector<std::string> paths;
    for (int i = 0; i < 100; ++i)
        paths.push_back(write_input(folder, std::to_string(i), report_text(std::to_string(i))));
    LoadOptions options;
    options.strict = true;
    CHECK(load_into(folder, paths, options).tally == Tally{.stored = 100});
}
