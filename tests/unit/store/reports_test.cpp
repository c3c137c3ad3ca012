// Writing and reading reports, and the rule for two with one id.
#include "core/store/file/connection.hpp"
#include "core/store/reports/replaced.hpp"
#include "core/store/reports/writer_memory.hpp"
#include "core/store/segments/segments.hpp"
#include "core/store/upkeep/uptime.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/store/support.hpp"

#include <thread>

namespace {

using namespace jobtally::store_tests;
namespace store = jobtally::store;
using jobtally::model::Outcome;

TEST_CASE("a report is read back to the letter", "[store]") {
    auto own = store::Store::in_memory();
    auto report = report_of("AbC-_1");
    report.unknown_members = R"({"x":1})";
    report.definition_name = std::string("a\0b", 3) + "\xc3\xa9";
    CHECK(put_one(own, report, 77) == Outcome::stored);
    const auto found = store::find_report(own, "AbC-_1");
    REQUIRE(found);
    CHECK(found->report == report);
    CHECK(found->received_at == at(77));
    CHECK(found->sequence == 1);
    CHECK_FALSE(store::find_report(own, "abc-_1"));
}

TEST_CASE("a report without what may be missing is read back", "[store]") {
    auto own = store::Store::in_memory();
    jobtally::model::JobReport report;
    report.id = "1";
    report.status = "";
    report.created_at = jobtally::time::earliest;
    put_one(own, report);
    REQUIRE(store::find_report(own, "1"));
    CHECK(store::find_report(own, "1")->report == report);
    CHECK(store::Catalogue::read(own).definitions().empty());
}

TEST_CASE("the second report with an id meets the first", "[store]") {
    auto own = store::Store::in_memory();
    auto report = report_of("a");
    put_one(own, report);
    CHECK(put_one(own, report) == Outcome::unchanged);
    auto older = report;
    older.updated_at = at(0);
    older.definition_id = "never seen";
    older.definition_name = "never seen";
    CHECK(put_one(own, older) == Outcome::stale);
    CHECK(store::Catalogue::read(own).definitions().size() == 1);
    auto newer = report;
    newer.updated_at = *report.updated_at + std::chrono::seconds(1);
    newer.definition_id = "d2";
    CHECK(put_one(own, newer, 9) == Outcome::updated);
    const auto found = store::find_report(own, "a");
    CHECK(found->report == newer);
    CHECK(found->sequence == 2);
    CHECK(found->received_at == at(9));
    // Nothing is left of the definition that lost its last report.
    const auto catalogue = store::Catalogue::read(own);
    REQUIRE(catalogue.definitions().size() == 1);
    CHECK(catalogue.definitions()[0].id == "d2");
}

TEST_CASE("what was known before of a report that changed is kept", "[store]") {
    auto own = store::Store::in_memory();
    const auto put = [&](const char* status, int updated, int received) {
        auto report = report_of("a");
        report.status = status;
        report.updated_at = at(updated);
        store::WriteTransaction transaction(own);
        transaction.put(report, at(received));
        transaction.commit();
    };
    const auto was_known = [&](int since) {
        return !store::read_known_before(own, at(since)).empty();
    };
    const auto was_failing = [&](int since) {
        return !store::read_failing_at(own, at(since)).empty();
    };
    put("RUNNING", 5, 7);
    CHECK_FALSE(was_known(7));  // nothing has changed
    put("FAILURE", 10, 12);
    CHECK(was_known(8));
    CHECK_FALSE(was_known(7));   // nothing had come
    CHECK_FALSE(was_known(13));  // nothing came since
    CHECK_FALSE(was_failing(13));
    put("CANCELLED", 20, 22);
    CHECK(was_failing(11));
    CHECK_FALSE(was_failing(10));  // it had not failed before
    put("SUCCESS", 30, 32);
    put("SUCCESS", 40, 42);  // what is known is kept of what replaces it
    CHECK(was_known(42));
    CHECK(was_failing(11));
    CHECK(was_failing(32));
    CHECK_FALSE(was_failing(33));  // it was known to be well
    put("FAILURE", 50, 52);
    put("SUCCESS", 60, 62);
    CHECK(was_failing(62));
    CHECK_FALSE(was_failing(63));
    CHECK(store::read_known_before(own, at(62)) == std::unordered_set{store::last_sequence(own)});
    {
        store::WriteTransaction transaction(own);
        transaction.remove("a");
        transaction.commit();
    }
    CHECK(own.connection().query_integer("SELECT count(*) FROM replaced") == 0);
    put("SUCCESS", 70, 72);
    put("FAILURE", 80, 92);
    put("SUCCESS", 90, 102);
    CHECK_FALSE(was_failing(85));  // it had failed, but was known as a success
    CHECK(was_failing(93));
}

TEST_CASE("no report arrives before what the clock has shown", "[store]") {
    constexpr std::int64_t hour = 3'600'000'000, day = 24 * hour, now = 20'000 * day;
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    const auto arrival = [&](const char* id, std::int64_t clock, std::int64_t created) {
        put_one(own, report_of(id, created), clock);
        return jobtally::time::micros(store::find_report(own, id)->received_at);
    };
    CHECK(arrival("a", now, now) == now);
    CHECK(arrival("b", now - 2 * hour, now) == now);
    CHECK(arrival("c", now - 3 * day, now - 9 * day) == now);
    CHECK(arrival("d", 0, now) == now);  // the report says that it is the clock which is wrong
    store::mark_alive(own, store::begin_uptime(own, at(now + 1), {}), at(now + 5), {});
    CHECK(arrival("e", now + 2, now) == now + 5);
    store::begin_uptime(own, at(now), {});
    auto other = store::Store::open_to_write(folder / "a.db");
    put_one(other, report_of("f", now), now - hour);
    CHECK(store::find_report(own, "f")->received_at == at(now + 5));
    {
        store::WriteTransaction transaction(own);
        transaction.reject({"no report", "x", 1, true}, "test", at(now));
        transaction.commit();
    }
    CHECK(store::list_rejected(own, 1)[0].received_at == at(now + 5));
}

TEST_CASE("a sign of life puts back what came while the clock was far ahead", "[store]") {
    constexpr std::int64_t day = 86'400'000'000, now = 20'000 * day;
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    const auto span = store::begin_uptime(own, at(now + 2 * day), {});
    put_one(own, report_of("a", now), now + 2 * day);
    store::mark_alive(own, span, at(now - 30 * day), {});  // what has ended since says it is wrong
    CHECK(store::find_report(own, "a")->received_at == at(now + 2 * day));
    store::mark_alive(own, span, at(now + 60), {});
    CHECK(store::find_report(own, "a")->received_at == at(now + 60));
}

TEST_CASE("what a listener stores after its clock was ahead is no other way of reports",
          "[store]") {
    constexpr std::int64_t minute = 60'000'000, now = 1'700'000'000'000'000;
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    const auto span = store::begin_uptime(own, at(now), {});
    put_one(own, report_of("a", now), now + 40 * minute);
    store::mark_alive(own, span, at(now + minute), {});
    const auto put = [&](const char* id, bool is_listener) {
        store::WriteTransaction transaction(own);
        transaction.put(report_of(id, now), at(now + 2 * minute));
        if (is_listener) transaction.memory().note_listener(now + 2 * minute);
        transaction.commit();
    };
    put("b", true);
    CHECK(store::find_report(own, "b")->received_at == at(now + 40 * minute));
    CHECK_FALSE(store::came_without_a_listener(own, at(now - 1)));
    put("c", false);
    CHECK(store::came_without_a_listener(own, at(now - 1)));
}

TEST_CASE("what a listener had taken before is no other way of reports", "[store]") {
    constexpr std::int64_t minute = 60'000'000, now = 1'700'000'000'000'000;
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    store::begin_uptime(own, at(now), {});
    put_one(own, report_of("a", now), now + minute);  // by the listener, before it was killed
    const auto put = [&](const char* id, std::int64_t after) {
        store::WriteTransaction transaction(own);
        transaction.put(report_of(id, now), at(now + after * minute));
        transaction.memory().note_taken_before();
        transaction.commit();
    };
    put("b", 60);
    CHECK_FALSE(store::came_without_a_listener(own, at(now - 1)));
    put_one(own, report_of("c", now), now + 70 * minute);
    put("d", 80);
    CHECK(store::came_without_a_listener(own, at(now - 1)));
}

TEST_CASE("rejected bodies that came while the clock was far ahead are put back too", "[store]") {
    constexpr std::int64_t day = 86'400'000'000, now = 20'000 * day;
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    const auto reject = [](store::Store& store, std::int64_t clock) {
        store::WriteTransaction transaction(store);
        transaction.reject({"no report", "x", 1, true}, "test", at(clock));
        transaction.commit();
    };
    const auto received = [&](std::int64_t id) {
        return jobtally::time::micros(store::find_rejected(own, id)->received_at);
    };
    put_one(own, report_of("a", now), now);
    reject(own, now);
    reject(own, now + 3 * day);
    SECTION("by a sign of life") {
        store::mark_alive(own, store::begin_uptime(own, at(now + 9), {}), at(now + 60), {});
    }
    SECTION("by a report") {
        put_one(own, report_of("b", now), now + 60);
    }
    SECTION("by a report that another process stores") {
        auto other = store::Store::open_to_write(folder / "a.db");
        put_one(other, report_of("b", now), now + 60);
    }
    CHECK(received(1) == now);
    CHECK(received(2) == now + 60);
}

TEST_CASE("a transaction that was left open is rolled back by the next", "[store]") {
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    put_one(own, report_of("a", 1), 1);
    own.connection().execute("BEGIN IMMEDIATE; DELETE FROM uptime; UPDATE state SET value = 7");
    put_one(own, report_of("b", 2), 2);
    CHECK(store::find_report(own, "b").has_value());
    CHECK(own.connection().query_integer("SELECT value FROM state") == 2);
}

TEST_CASE("notes of losses do not count against the limit of rejected bodies", "[store]") {
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    store::WriteTransaction transaction(own, std::chrono::seconds(1), 3);
    transaction.reject({"lost", "", 1, false}, store::source_of_notes, at(1));
    for (int i = 0; i < 5; ++i) transaction.reject({"bad", "x", 1, false}, "listener", at(2));
    for (int i = 0; i < 1005; ++i)
        transaction.reject({"newer", "", 1, false}, store::source_of_notes, at(3));
    transaction.commit();
    CHECK(transaction.forgotten_rejections() == 2 + 6);
    CHECK(store::count_rejected(own) == 3 + 1000);
}

TEST_CASE("what the limit of rejected bodies left is not told as all", "[store]") {
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    const auto counted = [&](std::int64_t since, std::int64_t until) {
        const auto count = store::count_rejected(own, {at(since), at(until)});
        return std::tuple(count.kept, count.count, count.is_exact);
    };
    const auto reject = [&](std::int64_t limit, std::int64_t second) {
        store::WriteTransaction transaction(own, std::chrono::seconds(1), limit);
        transaction.reject({"bad", "x", 1, false}, "listener", at(second));
        transaction.commit();
    };
    for (const std::int64_t second : {1, 2, 3, 4}) reject(2, second);
    CHECK(counted(1, 9) == std::tuple(2, 3, false));
    CHECK(counted(1, 2) == std::tuple(0, 0, false));
    CHECK(counted(3, 9) == std::tuple(2, 2, true));
    reject(0, 1);
    CHECK(counted(3, 9) == std::tuple(0, 1, false));
    CHECK(counted(5, 9) == std::tuple(0, 0, true));
}

TEST_CASE("a clock that was far ahead is not believed once it is put back", "[store]") {
    constexpr std::int64_t day = 86'400'000'000, now = 20'000 * day;
    const auto ahead = now + GENERATE(2, 3'650) * day;
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    const auto received = [&](const char* id) {
        return jobtally::time::micros(store::find_report(own, id)->received_at);
    };
    put_one(own, report_of("a", now), now);
    put_one(own, report_of("b", now), ahead);
    auto again = report_of("a", now);
    again.updated_at = at(now + 9'000'000);
    put_one(own, again, ahead);
    store::settle(own);
    put_one(own, report_of("long ago", now - 9 * day), now + 10);
    CHECK(received("b") == ahead);  // an old report does not say when it comes
    put_one(own, report_of("c", now), now + 20);
    for (const char* id : {"a", "b", "c"}) CHECK(received(id) == now + 20);
    CHECK(received("long ago") == now + 10);
    CHECK(store::read_known_before(own, at(now + 1)).size() == 1);
    CHECK(store::disagreeing_segments(own.connection()).empty());
    put_one(own, report_of("d", now + day), now + day);
    CHECK(received("d") == now + day);
}

TEST_CASE("a transaction that is not committed leaves nothing", "[store]") {
    auto own = store::Store::in_memory();
    {
        store::WriteTransaction transaction(own);
        transaction.put(report_of("a"), at(1));
    }
    CHECK_FALSE(store::find_report(own, "a"));
    CHECK(store::Catalogue::read(own).definitions().empty());
    CHECK(put_one(own, report_of("b")) == Outcome::stored);
    CHECK(store::find_report(own, "b")->sequence == 1);
}

TEST_CASE("a sequence is never used again", "[store]") {
    auto own = store::Store::in_memory();
    put_one(own, report_of("a"));
    put_one(own, report_of("b"));
    {
        store::WriteTransaction transaction(own);
        CHECK(transaction.remove("b"));
        CHECK_FALSE(transaction.remove("b"));
        transaction.commit();
    }
    put_one(own, report_of("c"));
    CHECK(store::find_report(own, "c")->sequence == 3);
}

TEST_CASE("reports are read by their sequence and page by page", "[store]") {
    auto own = store::Store::in_memory();
    for (const char* id : {"a", "b", "c"}) put_one(own, report_of(id));
    const std::vector<store::Sequence> wanted{3, 9, 1};
    const auto reports = store::read_reports(own, wanted);
    REQUIRE(reports.size() == 2);
    CHECK(reports[0].report.id == "c");
    CHECK(reports[1].report.id == "a");
    CHECK(store::read_ids(own, wanted) == std::vector<std::string>{"c", "", "a"});
    const auto page = store::read_page(own, 1, 1);
    REQUIRE(page.size() == 1);
    CHECK(page[0].report.id == "b");
    CHECK(store::read_page(own, 3, 10).empty());
}

TEST_CASE("rejected bodies are kept, the newest only", "[store]") {
    auto own = store::Store::in_memory();
    {
        store::WriteTransaction transaction(own, std::chrono::seconds(1), 3);
        for (int i = 0; i < 5; ++i) {
            transaction.reject({"id: missing", std::string("{\0}", 3), 1, true}, "test", at(i));
        }
        transaction.commit();
    }
    const auto bodies = store::list_rejected(own, 0);
    REQUIRE(bodies.size() == 3);
    CHECK(bodies[0].rejected_id == 3);
    CHECK(bodies[2].body == std::string("{\0}", 3));
    CHECK(bodies[2].source == "test");
    CHECK(bodies[2].reason == "id: missing");
    CHECK(store::list_rejected(own, 1)[0].rejected_id == 5);
    CHECK(store::find_rejected(own, 4)->received_at == at(3));
    CHECK_FALSE(store::find_rejected(own, 1));
    CHECK(store::drop_rejected(own, {5, 1}) == 1);
    CHECK(store::count_rejected(own) == 2);
}

TEST_CASE("many rejected bodies are dropped in pieces, and who waits comes in between", "[store]") {
    const TemporaryFolder folder;
    auto bulk = store::Store::open_to_write(folder / "a.db");
    auto listener = store::Store::open_to_write(folder / "a.db");
    auto held = std::make_unique<store::WriteTransaction>(bulk);
    std::vector<std::int64_t> ids;
    for (std::int64_t id = 1; id <= 2000; ++id) {
        held->reject({"no report", "x", 1, true}, "test", at(id));
        ids.push_back(id);
    }
    held->commit();
    held.reset();
    held = std::make_unique<store::WriteTransaction>(listener);
    std::thread dropper([&] { CHECK(store::drop_rejected(bulk, ids) == 2000); });
    while (!held->someone_waits()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    held.reset();
    held = std::make_unique<store::WriteTransaction>(listener);
    CHECK(store::count_rejected(listener) > 0);
    held.reset();
    dropper.join();
    CHECK(store::count_rejected(listener) == 0);
}

TEST_CASE("what a list says of a definition replaces what is older", "[store]") {
    auto own = store::Store::in_memory();
    auto report = report_of("a");
    const auto told = [&](const char* definition) {
        report.unknown_members =
            std::string(R"({"x":"\"definition\":{","definition":)") + definition + "}";
        put_one(own, report, 1'793'664'000'000'000);  // the 3rd of November 2026
        const auto catalogue = store::Catalogue::read(own);
        const auto& known = catalogue.definitions().front();
        const std::string enabled = known.enabled ? *known.enabled ? "on " : "off " : "? ";
        return enabled + known.description.value_or("-") + " " +
               known.recovery_strategy.value_or("-");
    };
    CHECK(told(R"({"settings":{"enabled":true}})") == "? - -");
    CHECK(told(R"({"enabled":true,"description":"one","recovery_strategy":"RESTART",)"
               R"("updated_at":"2026-11-02T00:00:00Z"})") == "on one RESTART");
    CHECK(told(R"({"enabled":false,"updated_at":"2026-11-01T23:59:59Z"})") == "on one RESTART");
    CHECK(told(R"({"settings":{}})") == "on one RESTART");
    CHECK(told(R"({"enabled":false,"updated_at":"2026-11-02T01:00:00+01:00"})") == "off - -");
    CHECK(told(R"({"enabled":"yes","description":7,"recovery_strategy":"NONE"})") == "? - NONE");
    CHECK(told(R"({"enabled":true,"updated_at":"soon"})") == "on - -");
    report.definition_id.reset();
    CHECK(told(R"({"enabled":false})") == "on - -");
}

}  // namespace
