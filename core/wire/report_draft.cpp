#include "core/wire/report_draft.hpp"

#include "core/base/text.hpp"
#include "core/time/rfc3339.hpp"

#include <utility>

#include <fmt/format.h>

namespace jobtally::wire {

namespace {

// The members for Slot::type and for Slot::total_operations, each with those for the two slots that
// follow it.
constexpr std::array texts{&model::JobReport::type, &model::JobReport::definition_id,
                           &model::JobReport::definition_name};
constexpr std::array counts{&model::JobReport::total_operations, &model::JobReport::total_succeeded,
                            &model::JobReport::total_failed};

std::size_t offset_of(Slot slot, Slot first) {
    return static_cast<std::size_t>(slot) - static_cast<std::size_t>(first);
}

Slot slot_behind(Slot first, std::size_t offset) {
    return static_cast<Slot>(static_cast<std::size_t>(first) + offset);
}

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
    if (slot == Slot::created_at || slot == Slot::updated_at) return take_time(slot, text);
    if (slot >= Slot::nested_type) {
        m_nested[offset_of(slot, Slot::nested_type)].assign(text);
    } else if (slot >= Slot::type) {
        assign(m_report->*texts[offset_of(slot, Slot::type)], text);
    } else if (!text.empty()) {
        (slot == Slot::id ? m_report->id : m_report->status).assign(text);
    } else {
        return refuse(name_of(slot), "empty");
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
    m_report->*counts[offset_of(slot, Slot::total_operations)] = count;
    m_filled |= bit(slot);
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
    // Members are cleared only now, because the texts of the previous report were kept for their
    // capacity.
    if (!has(Slot::updated_at)) m_report->updated_at.reset();
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (!has(slot_behind(Slot::total_operations, i))) (m_report->*counts[i]).reset();
    for (std::size_t i = 0; i < texts.size(); ++i) settle_text(i);
    return m_problem.empty();
}

// If the report's own member is missing, the one in `definition` counts. If both are there, they
// must be equal, except for the type: a definition may have another type than its report.
void ReportDraft::settle_text(std::size_t index) {
    const Slot slot = slot_behind(Slot::type, index);
    const Slot nested_slot = slot_behind(Slot::nested_type, index);
    std::optional<std::string>& text = m_report->*texts[index];
    const std::string& nested = m_nested[index];
    if (!has(slot) && has(nested_slot)) {
        assign(text, nested);
    } else if (!has(slot)) {
        text.reset();
    } else if (has(nested_slot) && slot != Slot::type && *text != nested) {
        refuse(name_of(nested_slot), fmt::format("{} contradicts {} {}", in_short_quotes(nested),
                                                 name_of(slot), in_short_quotes(*text)));
    }
}

}  // namespace jobtally::wire
