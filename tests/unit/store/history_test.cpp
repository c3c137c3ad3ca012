// Random histories of a store against a model in memory: facts, labels, whole reports.
#include "core/store/file/connection.hpp"
#include "core/store/reports/writer_memory.hpp"
#include "core/store/segments/segments.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/store/support.hpp"

#include <map>
#include <mutex>
#include <set>

#include <sqlite3.h>

namespace {

using namespace jobtally::store_tests;
namespace store = jobtally::store;
using jobtally::model::Outcome;
using store::FactColumn;

using FactTuple =
    std::tuple<std::int64_t, std::string, std::string, std::string, std::string, int, std::int64_t,
               std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::string>;

// What the store should hold.
struct History {
    struct Kept {
        std::int64_t sequence;
        std::int64_t received_at;
        jobtally::model::JobReport report;
        std::string source;
    };
    std::map<std::string, Kept> reports;
    std::int64_t last_sequence = 0;

    Outcome put(const jobtally::model::JobReport& report, std::int64_t received_at,
                std::string source) {
        const auto kept = reports.find(report.id);
        auto outcome = Outcome::stored;
        if (kept != reports.end()) {
            outcome = jobtally::model::reconcile(kept->second.report, report);
            if (outcome != Outcome::updated) return outcome;
            source = kept->second.source;
        }
        reports[report.id] = {++last_sequence, received_at, report, source};
        return outcome;
    }
};

std::string text_or_dash(const std::optional<std::string>& text) {
    return text.value_or("-");
}

template <class Time>
std::int64_t micros_or_unknown(const Time& at_time) {
    return at_time ? jobtally::time::micros(*at_time) : store::unknown_value;
}

std::multiset<FactTuple> facts_of(const History& history, const store::FactQuery& query) {
    std::multiset<FactTuple> facts;
    for (const auto& [id, kept] : history.reports) {
        const auto& report = kept.report;
        auto asked = report.created_at;
        if (query.at == store::WhichTime::updated) asked = report.updated_at.value_or(asked);
        if (query.at == store::WhichTime::received) asked = at(kept.received_at);
        if (!query.span.contains(asked)) continue;
        facts.emplace(kept.sequence, text_or_dash(report.definition_id),
                      text_or_dash(report.definition_name), text_or_dash(report.type),
                      report.status, static_cast<int>(jobtally::model::status_of(report.status)),
                      jobtally::time::micros(report.created_at),
                      micros_or_unknown(report.updated_at), kept.received_at,
                      report.total_operations.value_or(store::unknown_value),
                      report.total_succeeded.value_or(store::unknown_value),
                      report.total_failed.value_or(store::unknown_value), kept.source);
    }
    return facts;
}

std::multiset<FactTuple> facts_of(const store::Store& own, store::FactQuery query,
                                  std::size_t workers = 1) {
    query.columns = FactColumn::sequence | FactColumn::definition | FactColumn::name |
                    FactColumn::type | FactColumn::status | FactColumn::created_at |
                    FactColumn::updated_at | FactColumn::received_at | FactColumn::operations |
                    FactColumn::source;
    const auto catalogue = store::Catalogue::read(own);
    const auto word = [&](store::WordKey key) {
        const auto* text = catalogue.word(key);
        return text != nullptr ? *text : std::string(key == 0 ? "-" : "?");
    };
    std::multiset<FactTuple> facts;
    std::mutex of_facts;
    std::size_t last_worker = 0;
    store::scan_facts(own, query, workers, [&](std::size_t worker, const store::FactBatch& batch) {
        const std::lock_guard lock(of_facts);
        last_worker = std::max(last_worker, worker);
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto* definition = catalogue.definition(batch.definition[i]);
            facts.emplace(batch.sequence[i], definition != nullptr ? definition->id : "-",
                          word(batch.name[i]), word(batch.type[i]), word(batch.status_word[i]),
                          static_cast<int>(batch.status[i]), batch.created_at[i],
                          batch.updated_at[i], batch.received_at[i], batch.operations[i],
                          batch.succeeded[i], batch.failed[i],
                          batch.source[i] == 0 ? std::string() : word(batch.source[i]));
        }
    });
    REQUIRE(last_worker < workers);
    return facts;
}

std::map<std::string, std::string> labels_of(const History& history) {
    std::map<std::string, std::tuple<std::int64_t, std::string, std::string>> best;
    std::map<std::string, std::string> labels;
    for (const auto& [id, kept] : history.reports) {
        const auto& report = kept.report;
        if (!report.definition_id) continue;
        labels.emplace(*report.definition_id, "-");
        if (!report.definition_name) continue;
        auto candidate =
            std::tuple(jobtally::time::micros(report.created_at), id, *report.definition_name);
        auto& greatest = best[*report.definition_id];
        if (std::get<1>(greatest).empty() || candidate > greatest) greatest = candidate;
        labels[*report.definition_id] = std::get<2>(greatest);
    }
    return labels;
}

std::map<std::string, std::string> labels_of(const store::Store& own) {
    std::map<std::string, std::string> labels;
    const auto catalogue = store::Catalogue::read(own);
    for (const auto& definition : catalogue.definitions()) {
        labels.emplace(definition.id, text_or_dash(definition.label));
    }
    return labels;
}

void check_everything(const store::Store& own, const History& history, ReportsByChance& chance) {
    REQUIRE(labels_of(own) == labels_of(history));
    REQUIRE(store::disagreeing_segments(own.connection()).empty());
    REQUIRE(facts_of(own, {}) == facts_of(history, {}));
    for (const auto which :
         {store::WhichTime::created, store::WhichTime::updated, store::WhichTime::received}) {
        store::FactQuery query;
        query.at = which;
        if (chance.below(4) != 0) query.span.since = at(chance.below(70) * 1'000 - 10'000);
        if (chance.below(4) != 0) query.span.until = at(chance.below(70) * 1'000);
        const auto expected = facts_of(history, query);
        REQUIRE(facts_of(own, query) == expected);
        REQUIRE(facts_of(own, query, 3) == expected);
    }
}

// One step: some reports in one transaction, by one of two connections.
void step(store::Store& own, History& history, ReportsByChance& chance, std::int64_t& clock) {
    store::WriteTransaction transaction(own);
    const bool gives_up = chance.below(8) == 0;
    History next = history;
    for (int i = chance.below(40); i > 0; --i) {
        const auto report = chance.next();
        const auto received_at = clock += chance.below(20) == 0 ? 1'000 * chance.below(5) : 0;
        if (chance.below(6) == 0) {
            REQUIRE(transaction.remove(report.id) == (next.reports.erase(report.id) == 1));
        } else {
            // Long stretches without any: their segments have no such column.
            const auto from = history.last_sequence / 100 % 2 == 0 ? 0 : chance.below(4);
            const auto source = from == 0 ? std::string() : "source" + std::to_string(from);
            std::vector<jobtally::model::JobReport> reports{report};
            if (chance.below(4) == 0)
                for (int more = chance.below(20); more > 0; --more)
                    reports.push_back(chance.next());
            std::vector<jobtally::model::Outcome> outcomes, expected;
            std::vector<store::Arrival> arrivals;
            for (const auto& each : reports) {
                arrivals.push_back({&each, at(received_at), source});
                expected.push_back(next.put(each, received_at, source));
            }
            if (reports.size() == 1)
                outcomes.push_back(transaction.put(report, at(received_at), source));
            else
                outcomes = transaction.put(arrivals);
            REQUIRE(outcomes == expected);
        }
    }
    if (gives_up) return;
    transaction.commit();
    history = next;
}

// Limits so small that short histories have many segments.
void pack_early(store::Store& own) {
    auto& connection = own.connection();
    store::WriterMemory::of(connection).packer.limits = {16, 7, 3};
}

TEST_CASE("each report that replaces a packed one does not pack its neighbours again", "[store]") {
    const TemporaryFolder folder;
    auto own = store::Store::open_to_write(folder / "a.db");
    pack_early(own);
    const auto put_first = [&](int count, std::int64_t version) {
        store::WriteTransaction transaction(own);
        for (int i = 0; i < count; ++i) {
            auto report = report_of(std::to_string(i), i);
            report.updated_at = at(1000 + version);
            transaction.put(report, at(version));
        }
        transaction.commit();
    };
    put_first(64, 0);
    store::settle(own);
    auto* const database = own.connection().handle();
    const auto before = sqlite3_total_changes(database);
    for (int version = 1; version <= 40; ++version) put_first(12, version);
    // A row comes and one goes, and each 16 of them are a segment, of eleven columns and itself.
    CHECK(sqlite3_total_changes(database) - before < 40 * 12 * 8);
    store::settle(own);
    CHECK(store::disagreeing_segments(own.connection()).empty());
}

TEST_CASE("whatever happens, the store holds what was put", "[store]") {
    for (unsigned seed = 1; seed <= 24; ++seed) {
        INFO("seed " << seed);
        const TemporaryFolder folder;
        auto first = store::Store::open_to_write(folder / "a.db");
        auto second = store::Store::open_to_write(folder / "a.db");
        pack_early(first);
        pack_early(second);
        const auto reader = store::Store::open_to_read(folder / "a.db");
        ReportsByChance chance(seed, seed % 2 == 0 ? 30 : 400);
        History history;
        std::int64_t clock = 0;
        for (int i = 0; i < 25; ++i) {
            auto& own = chance.below(3) == 0 ? second : first;
            step(own, history, chance, clock);
            if (chance.below(4) == 0) store::settle(chance.below(2) == 0 ? second : first);
            check_everything(reader, history, chance);
        }
        for (const auto& [id, kept] : history.reports) {
            const auto found = store::find_report(reader, id);
            REQUIRE(found);
            REQUIRE(found->sequence == kept.sequence);
            REQUIRE(found->report == kept.report);
            REQUIRE(found->source.value_or("") == kept.source);
        }
    }
}

}  // namespace
