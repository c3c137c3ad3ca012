// A job report: what the platform sends when an import or export job ends.
#pragma once

#include "core/time/instant.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jobtally::model {

enum class Status : std::uint8_t { success, failure, running, other };

// SUCCESS, FAILURE and RUNNING to the letter; everything else is `other`.
inline Status status_of(std::string_view text) noexcept {
    if (text == "SUCCESS") return Status::success;
    if (text == "FAILURE") return Status::failure;
    if (text == "RUNNING") return Status::running;
    return Status::other;
}
constexpr bool is_finished(Status status) noexcept {
    return status == Status::success || status == Status::failure;
}

// Every text is valid UTF-8; texts are kept to the letter. Counts are 0 to 2^63-1.
struct JobReport {
    std::string id;  // never empty; opaque, case counts
    std::string status;
    time::Instant created_at;
    std::optional<time::Instant> updated_at;
    std::optional<std::string> type;
    std::optional<std::int64_t> total_operations;
    std::optional<std::int64_t> total_succeeded;
    std::optional<std::int64_t> total_failed;
    std::optional<std::string> definition_id;
    std::optional<std::string> definition_name;
    // The members that jobtally does not know, as one JSON object, in the order they came; empty
    // where there are none. Unknown members of `definition` stand in a member of that name.
    std::string unknown_members;

    bool operator==(const JobReport&) const = default;
};

// True when all known fields are equal (unknown members are not looked at).
inline bool same_known_fields(const JobReport& a, const JobReport& b) {
    return a.id == b.id && a.status == b.status && a.created_at == b.created_at &&
           a.updated_at == b.updated_at && a.type == b.type &&
           a.total_operations == b.total_operations && a.total_succeeded == b.total_succeeded &&
           a.total_failed == b.total_failed && a.definition_id == b.definition_id &&
           a.definition_name == b.definition_name;
}

// updated_at - created_at of a finished report; may be negative (a clock error).
inline std::optional<time::Duration> duration_of(const JobReport& report) {
    if (!report.updated_at || !is_finished(status_of(report.status))) return std::nullopt;
    return *report.updated_at - report.created_at;
}

}  // namespace jobtally::model
