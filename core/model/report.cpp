// What is known of a single report beyond its fields.
#include "core/model/report.hpp"

namespace jobtally::model {

Status status_of(std::string_view text) noexcept {
    if (text == "SUCCESS") return Status::success;
    if (text == "FAILURE") return Status::failure;
    if (text == "RUNNING") return Status::running;
    return Status::other;
}

bool same_known_fields(const JobReport& a, const JobReport& b) {
    return a.id == b.id && a.status == b.status && a.created_at == b.created_at &&
           a.updated_at == b.updated_at && a.type == b.type &&
           a.total_operations == b.total_operations && a.total_succeeded == b.total_succeeded &&
           a.total_failed == b.total_failed && a.definition_id == b.definition_id &&
           a.definition_name == b.definition_name;
}

std::optional<time::Duration> duration_of(const JobReport& report) {
    if (!report.updated_at || !is_finished(status_of(report.status))) return std::nullopt;
    return *report.updated_at - report.created_at;
}

}  // namespace jobtally::model
