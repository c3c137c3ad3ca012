// The sections of definitions whose level has moved (judge/findings.hpp): slower, faster, more
// records, fewer records.
#include "core/base/numbers.hpp"
#include "core/digest/sections.hpp"
#include "core/judge/unusual.hpp"
#include "core/store/reports/read_reports.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace jobtally::digest {

namespace {

using judge::Shift;
using judge::Unusual;
using table::Audience;
using table::Cell;

struct ShiftWords {
    const char* key;
    const char* title;
    const char* headline;
};
constexpr ShiftWords shift_words[] = {{"slower", "Slower", "slower"},
                                      {"faster", "Faster", "faster"},
                                      {"more_records", "More records", "with more records"},
                                      {"fewer_records", "Fewer records", "with fewer records"}};

// `slower per record, by 1.2 % a day`
std::string why_text(const Shift& shift) {
    std::string text = judge::cause_text(shift.cause, shift.kind == Unusual::slower);
    if (shift.a_day == 0) return text;
    const double per_cent = std::abs(std::expm1(shift.a_day)) * 100;
    return fmt::format("{}{}by {:.1f} % a day", text, text.empty() ? "" : ", ", per_cent);
}

struct ShiftRow {
    std::size_t definition;
    Shift shift;
};

std::vector<ShiftRow> furthest_first(const SummaryFacts& facts, Unusual kind) {
    std::vector<ShiftRow> rows;
    for (const auto& findings : facts.findings) {
        for (const auto& shift : findings.shifts) {
            if (shift.kind == kind) rows.push_back({findings.definition, shift});
        }
    }
    std::stable_sort(rows.begin(), rows.end(), [](const ShiftRow& a, const ShiftRow& b) {
        return std::abs(std::log(a.shift.factor())) > std::abs(std::log(b.shift.factor()));
    });
    return rows;
}

template <class As>
Cell level_cell(const std::optional<judge::UsualValues::Levels>& levels,
                std::int64_t judge::UsualValues::Levels::*which) {
    return levels ? Cell{As{(*levels).*which}} : Cell{};
}

}  // namespace

table::Section shift_section(const SummaryFacts& facts, Unusual kind) {
    using Levels = judge::UsualValues::Levels;
    const bool pace = kind == Unusual::slower || kind == Unusual::faster;
    const auto of_pace = pace ? Audience::everyone : Audience::machines;
    const auto of_records = pace ? Audience::machines : Audience::everyone;
    const ShiftWords& words = shift_words[static_cast<std::size_t>(kind)];
    table::Section section{words.key, words.title,
                           section_table({{"now_seconds", "takes now", of_pace},
                                          {"usual_seconds", "was usual", of_pace},
                                          {"factor", "times"},
                                          {.key = "slower_since", .title = "since", .gives_way = 4},
                                          {.key = "runs", .title = "runs", .gives_way = 6},
                                          {"now_operations", "records now", of_records},
                                          {"usual_operations", "were usual", of_records},
                                          {"distance", "distance", Audience::machines},
                                          {"cause", "cause", Audience::machines},
                                          {.key = "why", .title = "why", .gives_way = 8},
                                          {"last_id", "report", Audience::machines},
                                          {.key = "next_step", .title = "next", .gives_way = 9}})};
    const auto rows = furthest_first(facts, kind);
    std::vector<store::Sequence> sequences;
    for (const auto& row : rows) sequences.push_back(row.shift.last);
    const auto ids = store::read_ids(facts.scope.store(), sequences);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Shift& row = rows[i].shift;
        add_row(section.table, facts.key(rows[i].definition),
                {level_cell<time::Duration>(row.durations, &Levels::now),
                 level_cell<time::Duration>(row.durations, &Levels::usual),
                 table::Number{row.factor()}, time::instant_from_micros(row.since), row.runs,
                 level_cell<std::int64_t>(row.operations, &Levels::now),
                 level_cell<std::int64_t>(row.operations, &Levels::usual), table::Number{row.z},
                 table::text_or_unknown(name_of(row.cause)), table::text_or_unknown(why_text(row)),
                 ids[i], next_step(ids[i])});
    }
    const auto count = static_cast<std::int64_t>(rows.size());
    if (count > 0) {
        section.in_headline =
            fmt::format("{} {}", counted(count, "definition", "definitions"), words.headline);
    }
    return section;
}

}  // namespace jobtally::digest
