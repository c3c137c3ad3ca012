// Two reports with one id: every line of the rule, worked out by hand.
#include "core/model/outcome.hpp"

#include "tests/support/catch.hpp"

namespace {

using jobtally::model::Outcome;

jobtally::model::JobReport version(const char* status, std::optional<int> updated,
                                   std::int64_t operations = 1) {
    jobtally::model::JobReport report;
    report.id = "a";
    report.status = status;
    report.created_at = jobtally::time::instant_from_micros(0);
    if (updated) report.updated_at = jobtally::time::instant_from_micros(*updated);
    report.total_operations = operations;
    return report;
}

}  // namespace

TEST_CASE("reconcile: the newer updated_at wins", "[model]") {
    CHECK(reconcile(version("SUCCESS", 5), version("FAILURE", 6)) == Outcome::updated);
    CHECK(reconcile(version("SUCCESS", 5), version("FAILURE", 4)) == Outcome::stale);
    CHECK(reconcile(version("RUNNING", 5), version("RUNNING", 6)) == Outcome::updated);
    CHECK(reconcile(version("RUNNING", 5), version("RUNNING", 4)) == Outcome::stale);
    CHECK(reconcile(version("ODD", 5), version("ODDER", 6)) == Outcome::updated);
}

TEST_CASE("reconcile: an unknown updated_at is older than any", "[model]") {
    CHECK(reconcile(version("SUCCESS", {}), version("SUCCESS", -1)) == Outcome::updated);
    CHECK(reconcile(version("SUCCESS", -1), version("SUCCESS", {})) == Outcome::stale);
    CHECK(reconcile(version("SUCCESS", {}, 1), version("SUCCESS", {}, 2)) == Outcome::stale);
    CHECK(reconcile(version("RUNNING", {}), version("SUCCESS", {})) == Outcome::updated);
}

TEST_CASE("reconcile: equal known fields are unchanged, whatever else there is", "[model]") {
    auto arrived = version("SUCCESS", 5);
    arrived.unknown_members = R"({"x":1})";
    CHECK(reconcile(version("SUCCESS", 5), arrived) == Outcome::unchanged);
    CHECK(reconcile(version("RUNNING", {}), version("RUNNING", {})) == Outcome::unchanged);
}

TEST_CASE("reconcile: between equal times a finished report wins, else the first", "[model]") {
    CHECK(reconcile(version("RUNNING", 5), version("SUCCESS", 5)) == Outcome::updated);
    CHECK(reconcile(version("ODD", 5), version("FAILURE", 5)) == Outcome::updated);
    CHECK(reconcile(version("SUCCESS", 5), version("FAILURE", 5)) == Outcome::stale);
    CHECK(reconcile(version("SUCCESS", 5, 1), version("SUCCESS", 5, 2)) == Outcome::stale);
    CHECK(reconcile(version("RUNNING", 5, 1), version("RUNNING", 5, 2)) == Outcome::stale);
}

TEST_CASE("reconcile: a finished report is never replaced by one that runs", "[model]") {
    CHECK(reconcile(version("SUCCESS", 5), version("RUNNING", 6)) == Outcome::stale);
    CHECK(reconcile(version("FAILURE", {}), version("RUNNING", 6)) == Outcome::stale);
    CHECK(reconcile(version("FAILURE", 5), version("ODD", 6)) == Outcome::updated);
    CHECK(reconcile(version("RUNNING", 6), version("SUCCESS", 5)) == Outcome::stale);
}

TEST_CASE("a tally counts and adds", "[model]") {
    jobtally::model::Tally tally;
    for (const auto outcome : {Outcome::stored, Outcome::stored, Outcome::updated,
                               Outcome::unchanged, Outcome::stale, Outcome::rejected})
        tally.count(outcome);
    CHECK(tally == jobtally::model::Tally{2, 1, 1, 1, 1});
    CHECK(tally.read() == 6);
    tally += jobtally::model::Tally{10, 20, 30, 40, 50};
    CHECK(tally == jobtally::model::Tally{12, 21, 31, 41, 51});
    CHECK(name_of(Outcome::stored) == "stored");
    CHECK(name_of(Outcome::updated) == "updated");
    CHECK(name_of(Outcome::unchanged) == "unchanged");
    CHECK(name_of(Outcome::stale) == "stale");
    CHECK(name_of(Outcome::rejected) == "rejected");
}
