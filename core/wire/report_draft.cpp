#include "core/wire/report_draft.hpp"

#include "core/time/quoted.hpp"
#include "core/time/rfc3339.hpp"

#include <utility>

#include <fmt/format.h>

namespace jobtally::wire {

namespace {

// Keeps the capacity of a text that is there already.
void assign(std::optional<std::string>& text, std::string_view value) {
    if (!text) text.emplace();
    text->assign(value);
}

}  // namespace

void ReportDraft::begin() {
    m_given = m_filled = 0;
    if (m_problem.empty()) return;
    m_problem.clear();
    m_problem_member.clear();
}

void ReportDraft::take_text(Slot slot, std::string_view text) {
    switch (slot) {
        case Slot::id:
        case Slot::status:
            if (text.empty()) return refuse(name_of(slot), "empty");
            (slot == Slot::id ? m_report->id : m_report->status).assign(text);
            break;
        case Slot::created_at:
        case Slot::updated_at:
            return take_time(slot, text);
        case Slot::type:
            assign(m_report->type, text);
            break;
        case Slot::definition_id:
            assign(m_report->definition_id, text);
            break;
        case Slot::definition_name:
            assign(m_report->definition_name, text);
            break;
        default:
            nested(slot).assign(text);
    }
    m_filled |= bit(slot);
}

void ReportDraft::take_time(Slot slot, std::string_view text) {
    const auto at = time::parse_rfc3339(text);
    if (!at) return refuse(name_of(slot), at.error().reason);
    m_filled |= bit(slot);
    if (slot == Slot::created_at) {
        m_report->created_at = *at;
    } else {
        m_report->updated_at = *at;
    }
}

void ReportDraft::take_count(Slot slot, std::int64_t count) {
    m_filled |= bit(slot);
    if (slot == Slot::total_operations) m_report->total_operations = count;
    if (slot == Slot::total_succeeded) m_report->total_succeeded = count;
    if (slot == Slot::total_failed) m_report->total_failed = count;
}

void ReportDraft::refuse(std::string_view member, std::string problem) {
    if (!m_problem.empty()) return;
    m_problem_member = member;
    m_problem = std::move(problem);
}

bool ReportDraft::settle() {
    for (const Slot slot : {Slot::id, Slot::status, Slot::created_at})
        if (!has(slot)) refuse(name_of(slot), "missing");
    if (!m_problem.empty()) return false;
    empty_what_was_not_filled();
    merge_nested(Slot::nested_id, m_report->definition_id, "definition_id");
    merge_nested(Slot::nested_name, m_report->definition_name, "definition_name");
    if (!m_report->type && has(Slot::nested_type))
        assign(m_report->type, nested(Slot::nested_type));
    return m_problem.empty();
}

// Only now: the texts of the report before were worth their capacity.
void ReportDraft::empty_what_was_not_filled() {
    model::JobReport& report = *m_report;
    if (!has(Slot::updated_at)) report.updated_at.reset();
    if (!has(Slot::total_operations)) report.total_operations.reset();
    if (!has(Slot::total_succeeded)) report.total_succeeded.reset();
    if (!has(Slot::total_failed)) report.total_failed.reset();
    if (!has(Slot::definition_id)) report.definition_id.reset();
    if (!has(Slot::definition_name)) report.definition_name.reset();
    if (!has(Slot::type)) report.type.reset();
}

void ReportDraft::merge_nested(Slot nested_slot, std::optional<std::string>& flat,
                               std::string_view name) {
    if (!has(nested_slot)) return;
    const std::string& value = nested(nested_slot);
    if (!flat) {
        assign(flat, value);
    } else if (*flat != value) {
        refuse(name_of(nested_slot),
               fmt::format("{} contradicts {} {}", time::quoted(value), name, time::quoted(*flat)));
    }
}

std::string& ReportDraft::nested(Slot slot) {
    return m_nested[static_cast<std::size_t>(slot) - static_cast<std::size_t>(Slot::nested_id)];
}

}  // namespace jobtally::wire
