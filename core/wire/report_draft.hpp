// A report that is being read: its known members, and the first problem with it.
#pragma once

#include "core/model/report.hpp"
#include "core/wire/slot.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jobtally::wire {

// Knows what each member may hold and what all of them together must. Slots are those of known
// members.
class ReportDraft {
  public:
    // Sets the report that is filled from here on. It belongs to the caller, who may exchange it
    // for an equal one while it is being read.
    void fill(model::JobReport& report) { m_report = &report; }
    model::JobReport& report() const { return *m_report; }
    // A new report begins.
    void begin();

    // Notes that the member is there, with or without a value. Refuses it and returns false if it
    // was there before.
    bool give(Slot slot) {
        const bool is_first = (m_given & bit(slot)) == 0;
        m_given |= bit(slot);
        if (!is_first) refuse(name_of(slot), "given twice");
        return is_first;
    }
    // The member's value; refuses what the member can't hold.
    void take_text(Slot slot, std::string_view text);
    void take_count(Slot slot, std::int64_t count);

    // Keeps the first problem. `member` is the one that is wrong (`definition.name`), or empty: the
    // report as a whole.
    void refuse(std::string_view member, std::string problem);
    // To be called after the last member: checks that what is required is there and that nothing
    // contradicts. False if there is a problem.
    bool settle();
    // The members that a report must have are there, whatever they hold.
    bool has_what_is_required() const {
        const auto required = bit(Slot::id) | bit(Slot::status) | bit(Slot::created_at);
        return (m_given & required) == required;
    }
    const std::string& problem() const { return m_problem; }
    const std::string& problem_member() const { return m_problem_member; }

  private:
    static constexpr std::uint32_t bit(Slot slot) { return 1U << static_cast<unsigned>(slot); }
    bool has(Slot slot) const { return (m_filled & bit(slot)) != 0; }
    void take_time(Slot slot, std::string_view text);
    void settle_text(std::size_t index);

    model::JobReport* m_report = nullptr;
    std::uint32_t m_given = 0;            // bits of Slot
    std::uint32_t m_filled = 0;           // those of them that have a value
    std::array<std::string, 3> m_nested;  // of nested_type and the two behind it
    std::string m_problem_member;
    std::string m_problem;
};

}  // namespace jobtally::wire
