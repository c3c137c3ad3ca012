// Jobs as samples for Prometheus: who sends reports does not decide how long the page gets.
#include "core/digest/job_metrics.hpp"

#include "core/base/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

namespace {

using namespace jobtally::query_test;
namespace digest = jobtally::digest;

std::string page_of(const std::vector<Made>& reports) {
    const auto store = store_of(reports);
    jobtally::rhythm::MissedOptions options;
    options.now = instant("2026-11-20T12:00:00Z");
    return digest::job_metrics(jobtally::query::Scope(store, {}), options);
}

bool has(const std::string& page, const std::string& text) {
    return page.find(text) != std::string::npos;
}

Made run_of(const std::string& definition, const std::string& created) {
    Made made{definition, "SUCCESS", created};
    made.definition = definition;
    return made;
}

TEST_CASE("of very many definitions those that ran last are told of", "[digest]") {
    std::vector<Made> reports;
    for (std::size_t i = 0; i < digest::most_jobs; ++i)
        reports.push_back(run_of("d" + std::to_string(i), "02:00:00"));
    CHECK(has(page_of(reports), "\njobtally_jobs_left_out 0\n"));
    reports.push_back(run_of("old", "01:00:00"));
    reports.push_back(run_of("new", "03:00:00"));
    const auto page = page_of(reports);
    CHECK(has(page, "\njobtally_jobs_left_out 2\n"));
    CHECK_FALSE(has(page, "{definition_id=\"old\""));
    CHECK(has(page, "{definition_id=\"new\""));
}

TEST_CASE("long texts are cut between characters, and long ids left out", "[digest]") {
    auto named = run_of("a", "02:00:00");
    for (int i = 0; i < 100; ++i) named.name += "日";
    named.status = std::string(300, 'S');
    const auto page = page_of({named, run_of(std::string(200, 'x'), "02:00:00"),
                               run_of(std::string(201, 'y'), "02:00:00")});
    std::string cut;
    for (int i = 0; i < 66; ++i) cut += "日";
    CHECK(has(page, "definition=\"" + cut + "…\","));
    CHECK(has(page, "status=\"" + std::string(200, 'S') + "…\"} 1\n"));
    CHECK(has(page, std::string(200, 'x')));
    CHECK_FALSE(has(page, "yy"));
    CHECK(has(page, "\njobtally_jobs_left_out 1\n"));
}

TEST_CASE("a definition without a name is called by its id", "[digest]") {
    CHECK(has(page_of({run_of("a", "02:00:00")}), "{definition_id=\"a\",definition=\"a\","));
}

TEST_CASE("who ends does not wait for judgements", "[digest]") {
    const auto store = store_of({run_of("a", "02:00:00")});
    std::atomic<bool> abandoned = true;
    jobtally::rhythm::MissedOptions options;
    options.now = instant("2026-11-20T12:00:00Z");
    options.abandoned = &abandoned;
    const jobtally::query::Scope scope(store, {});
    CHECK_THROWS_AS(digest::job_metrics(scope, options), jobtally::Error);
    abandoned = false;
    CHECK(has(digest::job_metrics(scope, options), "jobtally_job_state{"));
}

TEST_CASE("statuses that no report has cost no samples, but those that alerts count", "[digest]") {
    const auto page = page_of({run_of("a", "02:00:00")});
    CHECK(has(page, "status=\"SUCCESS\"} 1\n"));
    CHECK(has(page, "status=\"FAILURE\"} 0\n"));
    CHECK_FALSE(has(page, "RUNNING\"}"));
    CHECK_FALSE(has(page, "other\"}"));
}

}  // namespace
