// A standing as cells, for machines and for people.
#include "core/answers/standing.hpp"
#include "core/base/numbers.hpp"
#include "core/judge/unusual.hpp"
#include "core/query/histogram.hpp"
#include "core/time/length.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::answers {

namespace {

using table::Audience;
using table::Cell;

// `12 s ▁█[▂] ▁ 1m 35s`
std::string picture(const Spread& spread, table::Sparkline marks) {
    if (spread.buckets.empty()) return {};
    std::string drawing;
    const auto heights = query::heights_of(spread.buckets);
    for (std::size_t i = 0; i < heights.size(); ++i) {
        const auto mark = query::drawn_heights(std::span(&heights[i], 1), marks);
        drawing += spread.own == i ? "[" + mark + "]" : mark;
    }
    return fmt::format("{} {} {}", time::human_length(time::Duration{spread.least}), drawing,
                       time::human_length(time::Duration{spread.greatest}));
}

std::vector<std::string> kinds_of(const judge::Judgement& judgement) {
    std::vector<std::string> kinds;
    if (judgement.pace) kinds.emplace_back(name_of(*judgement.pace));
    if (judgement.volume) kinds.emplace_back(name_of(*judgement.volume));
    return kinds;
}

bool was_judged(const judge::Judgement& judgement) {
    return judgement.duration || judgement.operations ||
           (judgement.empty && judgement.empty->can_be_judged);
}

Cell usual_duration(const std::optional<judge::Comparison>& duration) {
    return duration ? Cell{time::Duration{duration->usual}} : Cell{};
}
Cell usual_count(const std::optional<judge::Comparison>& operations) {
    return operations ? Cell{operations->usual} : Cell{};
}
Cell factor_cell(const std::optional<judge::Comparison>& comparison) {
    return comparison ? Cell{table::Number{comparison->factor()}} : Cell{};
}
Cell distance_cell(const std::optional<judge::Comparison>& comparison) {
    return comparison ? Cell{table::Number{comparison->distance}} : Cell{};
}
Cell runs_cell(const std::optional<judge::Comparison>& comparison) {
    return comparison ? Cell{comparison->runs} : Cell{};
}
Cell speed_cell(std::optional<double> micros_per_record) {
    if (!micros_per_record || *micros_per_record <= 0) return {};
    return table::Number{1e6 / *micros_per_record};
}

void append_judgement(table::Row& row, const Standing& standing) {
    const judge::Judgement judgement = standing.judgement.value_or(judge::Judgement{});
    const auto words = judgement_text(standing);
    const auto cause = name_of(judgement.cause);
    const Cell cells[] = {usual_duration(judgement.duration),
                          factor_cell(judgement.duration),
                          distance_cell(judgement.duration),
                          usual_count(judgement.operations),
                          factor_cell(judgement.operations),
                          distance_cell(judgement.operations),
                          runs_cell(judgement.duration),
                          speed_cell(standing.micros_per_record),
                          speed_cell(standing.usual_micros_per_record),
                          was_judged(judgement) ? Cell{kinds_of(judgement)} : Cell{},
                          judgement.pace && !cause.empty() ? Cell{std::string(cause)} : Cell{},
                          words.empty() ? Cell{} : Cell{words}};
    row.insert(row.end(), std::begin(cells), std::end(cells));
}

// `slower, now 20m 00s, was 10m 00s (2.0x), slower per record`
std::string shift_text(const judge::Shift& shift) {
    const bool is_pace =
        shift.kind == judge::Unusual::slower || shift.kind == judge::Unusual::faster;
    const auto& levels = is_pace ? shift.durations : shift.operations;
    if (!levels) return {};
    const auto text = [&](std::int64_t value) {
        return is_pace ? time::human_length(time::Duration{value}) : count_text(value);
    };
    const auto cause = judge::cause_text(shift.cause, shift.kind == judge::Unusual::slower);
    return fmt::format("{}{}, now {}, was {} ({}){}{}", name_of(shift.kind),
                       is_pace ? "" : " records", text(levels->now), text(levels->usual),
                       judge::factor_text(shift.factor()), cause.empty() ? "" : ", ", cause);
}

void append_streak(table::Row& row, const std::optional<StreakPlace>& streak) {
    row.push_back(streak ? Cell{streak->place} : Cell{});
    row.push_back(streak ? Cell{streak->length} : Cell{});
    row.push_back(streak ? Cell{streak->failing_since} : Cell{});
}

}  // namespace

std::string judgement_text(const Standing& standing) {
    if (!standing.judgement) return {};
    const judge::Judgement& judgement = *standing.judgement;
    if (!was_judged(judgement)) {
        return fmt::format("too few runs before it to judge: {} of {}", standing.successes_before,
                           judge::enough_runs);
    }
    std::string text;
    const auto add = [&](std::string_view kind, const std::string& sentence) {
        text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", kind, sentence);
    };
    if (judgement.pace == judge::Unusual::slower)
        add("slower than usual", judge::pace_text(judgement));
    if (judgement.pace == judge::Unusual::faster)
        add("faster than usual", judge::pace_text(judgement));
    const auto volume = judge::volume_text(judgement, standing.usual_operations);
    if (judgement.volume == judge::Unusual::more) add("more records than usual", volume);
    if (judgement.volume == judge::Unusual::fewer) add("fewer records than usual", volume);
    if (judgement.volume == judge::Unusual::empty) add("empty", volume);
    if (!text.empty()) return text;
    for (const auto& shift : standing.shifts)
        add("as its definition has become", shift_text(shift));
    return text.empty() ? "as usual" : text;
}

std::vector<table::Column> standing_columns(table::Sparkline marks) {
    std::vector<table::Column> columns{{"definition_runs", "runs of its definition"},
                                       {"duration_rank", "rank by duration"},
                                       {"duration_percentile", "took no longer"},
                                       {"median_seconds", "median duration"},
                                       {"median_operations", "median records"},
                                       {"previous_id", "previous run"},
                                       {"previous_status", "previous status"},
                                       {"next_id", "next run"},
                                       {"next_status", "next status"},
                                       {"usual_seconds", "usual duration"},
                                       {"duration_factor", "times the usual"},
                                       {"duration_distance", "distance", Audience::machines},
                                       {"usual_operations", "usual records"},
                                       {"operations_factor", "times those"},
                                       {"operations_distance", "distance", Audience::machines},
                                       {"usual_of_runs", "of runs", Audience::machines},
                                       {"operations_per_second", "records/s"},
                                       {"usual_operations_per_second", "usual records/s"},
                                       {"unusual", "unusual", Audience::machines},
                                       {"cause", "cause", Audience::machines},
                                       {"judgement", "judgement"},
                                       {"failure_streak_place", "failure in a row"},
                                       {"failure_streak_length", "of so many"},
                                       {"failing_since", "failing since"}};
    if (marks != table::Sparkline::none) columns.push_back({"spread", "among all durations"});
    return columns;
}

table::Row standing_cells(const Standing& standing, table::Sparkline marks) {
    const auto text = [](const std::optional<Neighbour>& neighbour, std::string Neighbour::*part) {
        return neighbour ? Cell{(*neighbour).*part} : Cell{};
    };
    table::Row row{standing.runs,
                   table::cell_or_unknown(standing.duration_rank),
                   table::ratio_cell(standing.duration_percentile),
                   table::cell_or_unknown(standing.median_duration),
                   table::cell_or_unknown(standing.median_operations),
                   text(standing.previous, &Neighbour::id),
                   text(standing.previous, &Neighbour::status),
                   text(standing.next, &Neighbour::id),
                   text(standing.next, &Neighbour::status)};
    append_judgement(row, standing);
    append_streak(row, standing.streak);
    if (marks != table::Sparkline::none) {
        const auto drawing = picture(standing.spread, marks);
        row.push_back(drawing.empty() ? Cell{} : Cell{drawing});
    }
    return row;
}

}  // namespace jobtally::answers
