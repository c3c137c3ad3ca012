// Statuses, equality and durations of reports.
#include "core/model/report.hpp"

#include "tests/support/catch.hpp"

#include <functional>
#include <vector>

namespace {

jobtally::model::JobReport full_report() {
    jobtally::model::JobReport report;
    report.id = "a";
    report.status = "SUCCESS";
    report.created_at = jobtally::time::instant_from_micros(1'000'000);
    report.updated_at = jobtally::time::instant_from_micros(2'285'000);
    report.type = "import";
    report.total_operations = 3;
    report.total_succeeded = 2;
    report.total_failed = 1;
    report.definition_id = "d";
    report.definition_name = "name";
    report.unknown_members = R"({"x":1})";
    return report;
}

}  // namespace

TEST_CASE("statuses are taken to the letter", "[model]") {
    using jobtally::model::Status;
    using jobtally::model::status_of;
    CHECK(status_of("SUCCESS") == Status::success);
    CHECK(status_of("FAILURE") == Status::failure);
    CHECK(status_of("RUNNING") == Status::running);
    CHECK(status_of("success") == Status::other);
    CHECK(status_of("") == Status::other);
    CHECK(status_of("SUCCESS ") == Status::other);
    CHECK(is_finished(Status::success));
    CHECK(is_finished(Status::failure));
    CHECK_FALSE(is_finished(Status::running));
    CHECK_FALSE(is_finished(Status::other));
}

TEST_CASE("every known field counts for equality, unknown members do not", "[model]") {
    const auto report = full_report();
    auto other = report;
    other.unknown_members.clear();
    CHECK(same_known_fields(report, other));
    const std::vector<std::function<void(jobtally::model::JobReport&)>> changes{
        [](auto& r) { r.id = "b"; },
        [](auto& r) { r.status = "FAILURE"; },
        [](auto& r) { r.created_at += jobtally::time::Duration{1}; },
        [](auto& r) { r.updated_at.reset(); },
        [](auto& r) { r.type = "export"; },
        [](auto& r) { r.total_operations = 4; },
        [](auto& r) { r.total_succeeded.reset(); },
        [](auto& r) { r.total_failed = 0; },
        [](auto& r) { r.definition_id = "e"; },
        [](auto& r) { r.definition_name.reset(); },
    };
    for (const auto& change : changes) {
        auto changed = report;
        change(changed);
        CHECK_FALSE(same_known_fields(report, changed));
    }
}

TEST_CASE("a duration needs a finished report and both times", "[model]") {
    auto report = full_report();
    CHECK(duration_of(report) == jobtally::time::Duration{1'285'000});
    report.status = "FAILURE";
    CHECK(duration_of(report) == jobtally::time::Duration{1'285'000});
    report.status = "RUNNING";
    CHECK_FALSE(duration_of(report));
    report.status = "CANCELLED";
    CHECK_FALSE(duration_of(report));
    report.status = "SUCCESS";
    report.updated_at = jobtally::time::instant_from_micros(999'999);
    CHECK(duration_of(report) == jobtally::time::Duration{-1});
    report.updated_at.reset();
    CHECK_FALSE(duration_of(report));
}
