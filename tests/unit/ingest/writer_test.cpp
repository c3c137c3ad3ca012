#include "core/ingest/writer.hpp"

#include "core/store/reports/read_reports.hpp"
#include "core/store/reports/rejected.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ingest/ingest_folder.hpp"

#include <atomic>
#include <thread>

TEST_CASE("a body becomes reports and rejections, never nothing", "[ingest]") {
    const auto both = delivery_of(report_text("a") + "\n{\"id\": \"b\"}\nrubbish");
    CHECK(both.reports.size() == 1);
    CHECK(both.rejections.size() >= 2);
    CHECK(both.source == "http 127.0.0.1");
    for (const std::string empty : {"", " \r\n"}) {
        const auto nothing = delivery_of(empty);
        REQUIRE(nothing.rejections.size() == 1);
        CHECK_FALSE(nothing.rejections.front().is_json);
    }
    for (const std::string hollow : {"[]", "{\"total\": 0, \"items\": []}"}) {
        INFO(hollow);
        const auto nothing = delivery_of(hollow);
        REQUIRE(nothing.rejections.size() == 1);
        CHECK(nothing.rejections.front().is_json);
        CHECK(nothing.rejections.front().body == hollow);
    }
}

TEST_CASE("a receipt says what became of each report, and hands the delivery back", "[ingest]") {
    const IngestFolder folder;
    Writer writer(store_to_write(folder));
    auto receipt =
        receipt_of(writer, delivery_of(report_text("a") + report_text("b") + "{\"id\": 1}"));
    CHECK_FALSE(receipt.error.has_value());
    CHECK(receipt.outcomes.size() == 2);
    CHECK(receipt.tally.stored == 2);
    CHECK(receipt.tally.rejected == 1);
    CHECK(receipt.delivery.reports.at(1).id == "b");
    // Before finish(): what was acknowledged can be read by others.
    const auto reader = jobtally::store::Store::open_to_read(folder.store());
    CHECK(jobtally::store::find_report(reader, "b").has_value());
    CHECK(receipt_of(writer, delivery_of(report_text("a"))).tally.unchanged == 1);
    const auto rejected = jobtally::store::list_rejected(reader, 0);
    REQUIRE(rejected.size() == 1);
    CHECK(rejected.front().source == "http 127.0.0.1");
}

TEST_CASE("a listener that rests empties the log, though it looks at the store meanwhile",
          "[ingest]") {
    const IngestFolder folder;
    WriterOptions options;
    options.is_listener = true;
    Writer writer(store_to_write(folder), options);
    writer.count_as_up(true);
    receipt_of(writer, delivery_of(report_text("a")));
    const auto log = folder.store().string() + "-wal";
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::filesystem::file_size(log) > 0 && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(std::filesystem::file_size(log) == 0);
}

TEST_CASE("many threads submit, every delivery is answered once and stored", "[ingest]") {
    constexpr int threads = 8;
    constexpr int each = 100;
    const IngestFolder folder;
    std::atomic<int> stored = 0;
    std::atomic<int> answers = 0;
    {
        Writer writer(store_to_write(folder), WriterOptions{.rows_per_commit = 16});
        std::vector<std::thread> senders;
        for (int t = 0; t < threads; ++t) {
            senders.emplace_back([&, t] {
                for (int i = 0; i < each; ++i) {
                    auto delivery =
                        delivery_of(report_text(std::to_string(t) + "-" + std::to_string(i)));
                    delivery.more_follows = i % 3 == 0;
                    writer.submit(std::move(delivery), [&](const Receipt& receipt) {
                        ++answers;
                        if (!receipt.error) stored += static_cast<int>(receipt.tally.stored);
                    });
                }
            });
        }
        for (auto& sender : senders) sender.join();
        writer.finish();
        CHECK(answers == threads * each);  // finish() drains
    }
    CHECK(stored == threads * each);
    const auto reader = jobtally::store::Store::open_to_read(folder.store());
    CHECK(jobtally::store::read_page(reader, 0, 10'000).size() == threads * each);
}

TEST_CASE("a body of rubbish is kept, and takes no more room than it must", "[ingest]") {
    std::string body = "[";
    for (int i = 0; i < 200'000; ++i) body += "1,";
    body += "1]";
    const auto rubbish = delivery_of(body);
    CHECK(rubbish.rejected() == 200'001);
    REQUIRE(rubbish.rejections.size() == 1000 + 7);
    std::string rest;
    for (std::size_t at = 1000; at < 1007; ++at) {
        CHECK(rubbish.rejections[at].body.size() <= 64 << 10);
        CHECK(rubbish.rejections[at].is_json);
        rest += rubbish.rejections[at].body;
    }
    CHECK(rest == body);
    CHECK(rubbish.rejections.back().reason.starts_with(
        "199,001 more in one body, of which this is part 7 of 7; the first: "));
    const auto exact = delivery_of("[" + body.substr(1, 2000 - 2) + "1]");
    CHECK(exact.rejected() == 1000);
    CHECK(exact.rejections.size() == 1000);
}

TEST_CASE("a store that is busy fails what waits, and the thread goes on", "[ingest]") {
    const IngestFolder folder;
    int troubles = 0;
    WriterHooks hooks;
    hooks.trouble = [&](const jobtally::Error&, Failing failing) {
        CHECK(failing == Failing::store);
        ++troubles;
    };
    Writer writer(store_to_write(folder), WriterOptions{.patience = std::chrono::milliseconds(50)},
                  hooks);
    {
        auto other = store_to_write(folder);
        const jobtally::store::WriteTransaction holds_the_guard(other);
        const auto receipt = receipt_of(writer, delivery_of(report_text("a")));
        REQUIRE(receipt.error.has_value());
        CHECK(receipt.outcomes.empty());
        CHECK(receipt.tally.read() == 0);
        CHECK(receipt.delivery.reports.front().id == "a");
    }
    const auto receipt = receipt_of(writer, delivery_of(report_text("a")));
    CHECK_FALSE(receipt.error.has_value());
    CHECK(receipt.tally.stored == 1);
    CHECK_FALSE(writer.has_lost_store());
    writer.finish();
    CHECK(troubles == 1);
}

TEST_CASE("a writer that hands nothing back is stuck", "[ingest]") {
    using namespace std::chrono_literals;
    const IngestFolder folder;
    Writer writer(store_to_write(folder));
    std::this_thread::sleep_for(50ms);
    CHECK_FALSE(writer.is_stuck(20ms));  // it has nothing to do
    std::atomic<bool> goes_on = false;
    writer.submit(delivery_of(report_text("a")), [&](const Receipt&) {
        while (!goes_on) std::this_thread::sleep_for(1ms);
    });
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (!writer.is_stuck(20ms) && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(5ms);
    CHECK(writer.is_stuck(20ms));
    CHECK_FALSE(writer.is_stuck(1h));
    goes_on = true;
    writer.finish();
}

TEST_CASE("the writer of a listener records when it was up", "[ingest]") {
    const IngestFolder folder;
    std::atomic<std::int64_t> seconds = 100;
    const auto spans = [&] {
        return jobtally::store::read_uptime(jobtally::store::Store::open_to_read(folder.store()));
    };
    const auto at = [](std::int64_t second) {
        return jobtally::time::Instant{std::chrono::seconds(second)};
    };
    WriterOptions options;
    options.is_listener = true;
    options.clock = [&] { return jobtally::time::Instant{std::chrono::seconds(seconds++)}; };
    options.alive_every = std::chrono::milliseconds(5);
    { Writer writer(store_to_write(folder), options); }
    CHECK(spans().empty());  // no sender has reached it
    seconds = 100;
    {
        Writer writer(store_to_write(folder), options);
        writer.count_as_up(true);
        while (seconds < 110) receipt_of(writer, delivery_of(report_text("a")));  // busy
        while (seconds < 120) std::this_thread::yield();                          // idle
        REQUIRE(spans().size() == 1);
        CHECK(spans()[0].begun_at < at(110));  // it may have looked at the clock before
        CHECK(spans()[0].last_alive_at > at(110));
        CHECK_FALSE(spans()[0].has_ended);
    }
    CHECK(spans()[0].has_ended);
    CHECK(spans()[0].last_alive_at == at(seconds - 1));
    { Writer writer(store_to_write(folder)); }
    CHECK(spans().size() == 1);  // that of a loader records nothing
}

TEST_CASE("a clock that goes back is told, once", "[ingest]") {
    const IngestFolder folder;
    std::atomic<std::int64_t> seconds = 100'000, told = 0, signs = 0;
    WriterOptions options;
    options.is_listener = true;
    options.clock = [&] {
        ++signs;
        return jobtally::time::Instant{std::chrono::seconds(seconds)};
    };
    options.alive_every = std::chrono::milliseconds(1);
    WriterHooks hooks;
    hooks.clock_went_back = [&](jobtally::time::Instant from, jobtally::time::Instant to) {
        told += (from - to) / std::chrono::seconds(1);
    };
    Writer writer(store_to_write(folder), options, hooks);
    writer.count_as_up(true);
    while (signs < 3) std::this_thread::yield();
    seconds = 90'000;
    const auto before = signs.load();
    while (signs < before + 5) std::this_thread::yield();
    const auto receipt = receipt_of(writer, delivery_of(report_text("a")));
    writer.finish();
    CHECK(told == 10'000);
    const auto own = jobtally::store::Store::open_to_read(folder.store());
    CHECK(jobtally::store::find_report(own, "a")->received_at ==
          jobtally::time::Instant{std::chrono::seconds(100'000)});
}

TEST_CASE("a listener that stood still, or whose clock was set forward, was not up", "[ingest]") {
    const IngestFolder folder;
    const bool stands_still = GENERATE(true, false);
    std::atomic<std::int64_t> signs = 0, seconds = 100'000;
    WriterOptions options;
    options.is_listener = true;
    options.alive_every = std::chrono::milliseconds(200);
    options.clock = [&] {
        if (++signs == 3) {
            seconds = 200'000;
            if (stands_still) std::this_thread::sleep_for(std::chrono::seconds(1));
        }
        return jobtally::time::Instant{std::chrono::seconds(seconds)};
    };
    std::atomic<int> told = 0;
    WriterHooks hooks;
    hooks.stood_still = [&](jobtally::time::Instant, jobtally::time::Instant) { ++told; };
    Writer writer(store_to_write(folder), options, hooks);
    writer.count_as_up(true);
    while (signs < 5) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    writer.finish();
    CHECK(told == 1);
    const auto spans =
        jobtally::store::read_uptime(jobtally::store::Store::open_to_read(folder.store()));
    REQUIRE(spans.size() == 2);
    CHECK(spans.front().last_alive_at == jobtally::time::Instant{std::chrono::seconds(100'000)});
    CHECK(spans.back().begun_at == jobtally::time::Instant{std::chrono::seconds(200'000)});
}

TEST_CASE("a clock that is set wrong and right again makes no downtime", "[ingest]") {
    const IngestFolder folder;
    const std::int64_t wrong = GENERATE(90'000, 110'000);
    std::atomic<std::int64_t> seconds = 100'000;
    WriterOptions options;
    options.is_listener = true;
    options.clock = [&] { return jobtally::time::Instant{std::chrono::seconds(seconds)}; };
    Writer writer(store_to_write(folder), options);
    writer.count_as_up(true);
    for (const std::int64_t shown :
         {std::int64_t{100'000}, wrong, wrong + 1, std::int64_t{100'002}}) {
        seconds = shown;
        receipt_of(writer, Delivery{});
    }
    writer.finish();
    const auto spans =
        jobtally::store::read_uptime(jobtally::store::Store::open_to_read(folder.store()));
    auto up_until = jobtally::time::Instant{std::chrono::seconds(100'000)};
    for (const auto& span : spans) {
        CHECK(span.begun_at <= up_until + std::chrono::seconds(2));
        up_until = std::max(up_until, span.last_alive_at);
    }
    CHECK(up_until == jobtally::time::Instant{std::chrono::seconds(100'002)});
}

TEST_CASE("a sign of life does not wait for another writer", "[ingest]") {
    const IngestFolder folder;
    std::atomic<int> signs = 0, troubles = 0;
    WriterOptions options;
    options.is_listener = true;
    options.clock = [&] {
        ++signs;
        return jobtally::time::Instant{};
    };
    options.alive_every = std::chrono::milliseconds(1);
    WriterHooks hooks;
    hooks.trouble = [&](const jobtally::Error&, Failing) { ++troubles; };
    Writer writer(store_to_write(folder), options, hooks);
    writer.count_as_up(true);
    while (signs < 3) std::this_thread::yield();
    {
        auto other = store_to_write(folder);
        const jobtally::store::WriteTransaction holds_the_guard(other);
        const int before = signs;
        while (signs < before + 5) std::this_thread::yield();  // each was tried and left out
    }
    writer.finish();
    CHECK(troubles == 0);
}

TEST_CASE("bodies that are pushed out by newer ones are counted", "[ingest]") {
    const IngestFolder folder;
    std::int64_t forgotten = 0;
    WriterHooks hooks;
    hooks.forgotten = [&](std::int64_t bodies) { forgotten += bodies; };
    Writer writer(store_to_write(folder), WriterOptions{.rejected_limit = 2}, hooks);
    CHECK(receipt_of(writer, delivery_of("[1, 2]")).tally.rejected == 2);
    CHECK(receipt_of(writer, delivery_of("[3, 4, 5]")).tally.rejected == 3);
    writer.finish();
    CHECK(forgotten == 3);
}
