// The grid day x definition: a strip of signs a definition. A sign differs by size, letter and
// colour, so that it is told without the colour.
#include "core/render/page/html_text.hpp"
#include "core/render/page/svg_charts.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::render {
namespace {

constexpr double tall = 22;
constexpr std::size_t most_named_days = 10;

// A narrow sign for long rows of days, without a letter.
struct Measure {
    double step;
    bool letters;
};

Measure measure_for(std::size_t days) {
    if (days <= 31) return {20, true};
    return days <= 62 ? Measure{16, true} : Measure{7, false};
}

struct Sign {
    DayKind kind;
    const char* name;
    const char* letter;
};
constexpr Sign signs[] = {{DayKind::clean, "clean", ""},
                          {DayKind::partial, "partial", "p"},
                          {DayKind::some_failed, "some", "f"},
                          {DayKind::all_failed, "all", "F"},
                          {DayKind::unfinished, "open", "r"}};

const Sign* sign_of(DayKind kind) {
    const auto* found = std::find_if(std::begin(signs), std::end(signs),
                                     [&](const Sign& sign) { return sign.kind == kind; });
    return found == std::end(signs) ? nullptr : found;
}

// Clean days are small and quiet; a failed day fills its cell.
std::string symbol(const Sign& sign, const char* prefix, double step, bool letters) {
    const double wide = step - (step > 10 ? 2 : 1);
    const bool small = sign.kind == DayKind::clean;
    const double inset = small ? 0.22 * wide : sign.kind == DayKind::all_failed ? 0 : 0.5;
    const double top = small ? 6.5 : 1 + inset;
    std::string out = fmt::format(
        R"(<symbol id="{}-{}" overflow="visible"><rect class="sign {}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>)",
        prefix, sign.name, sign.name, coordinate(inset), coordinate(top),
        coordinate(wide - 2 * inset), coordinate(tall - 2 * top), step > 10 ? "3" : "1");
    if (letters && *sign.letter != 0) {
        out += fmt::format(R"(<text class="letter {}" x="{}" y="15.5">{}</text>)", sign.name,
                           coordinate(wide / 2), sign.letter);
    }
    return out + "</symbol>\n";
}

std::string days_with(const table::DaysChart& chart, const table::DefinitionDays& definition,
                      bool (*holds)(const table::Ends&)) {
    std::string out;
    std::size_t count = 0;
    for (std::size_t day = 0; day < chart.days.size(); ++day) {
        if (!holds(definition.days[day])) continue;
        if (++count > most_named_days) continue;
        out += (out.empty() ? "" : ", ") + short_day_text(chart.days[day]);
    }
    if (count > most_named_days) out += fmt::format(" and {} more", count - most_named_days);
    return out;
}

std::string strip_text(const table::DaysChart& chart, const table::DefinitionDays& definition) {
    std::string out = definition.label + ": " + ends_text(definition.all);
    const auto failed =
        days_with(chart, definition, [](const table::Ends& ends) { return ends.failed > 0; });
    const auto partial =
        days_with(chart, definition, [](const table::Ends& ends) { return ends.partial > 0; });
    if (!failed.empty()) out += "; failed on " + failed;
    if (!partial.empty()) out += "; partial on " + partial;
    return out;
}

const char* prefix_for(const Measure& measure) {
    return measure.step > 16 ? "s" : measure.letters ? "m" : "t";
}

std::string open_strip(std::string_view kind, double wide, double high, std::string_view more) {
    return fmt::format(R"(<svg class="{0}" width="{1}" height="{2}" viewBox="0 0 {1} {2}" {3}>)",
                       kind, coordinate(wide), coordinate(high), more);
}

}  // namespace

DayKind kind_of(const table::Ends& ends) {
    if (ends.reports == 0) return DayKind::none;
    if (ends.finished() == 0) return DayKind::unfinished;
    if (ends.succeeded == 0) return DayKind::all_failed;
    if (ends.failed > 0) return DayKind::some_failed;
    return ends.partial > 0 ? DayKind::partial : DayKind::clean;
}

std::string svg_signs() {
    std::string out = "<svg width=\"0\" height=\"0\" class=\"signs\" aria-hidden=\"true\">\n";
    for (const std::size_t days : {std::size_t{31}, std::size_t{62}, std::size_t{63}}) {
        const Measure measure = measure_for(days);
        for (const Sign& sign : signs) {
            out += symbol(sign, prefix_for(measure), measure.step, measure.letters);
        }
    }
    return out + "</svg>\n";
}

std::string svg_sign(DayKind kind) {
    const std::string open = open_strip("sign", tall, tall, R"(aria-hidden="true")");
    const Sign* sign = sign_of(kind);
    if (sign == nullptr) return open + R"(<circle class="gap" cx="9" cy="11" r="1.5"/></svg>)";
    return open + fmt::format(R"(<use href="#s-{}"/></svg>)", sign->name);
}

std::string svg_day_axis(const table::DaysChart& chart) {
    const Measure measure = measure_for(chart.days.size());
    std::string out = open_strip("strip", measure.step * static_cast<double>(chart.days.size()), 18,
                                 R"(aria-hidden="true")");
    for (const DayTick& tick : day_ticks(chart.days)) {
        const double x = measure.step * static_cast<double>(tick.place);
        out += fmt::format(R"(<text class="tick" x="{}" y="12">{}</text>)", coordinate(x),
                           html_text(tick.label));
    }
    return out + "</svg>";
}

std::string svg_strip(const table::DaysChart& chart, const table::DefinitionDays& definition) {
    const Measure measure = measure_for(chart.days.size());
    std::string out =
        open_strip(measure.letters ? "strip" : "strip narrow",
                   measure.step * static_cast<double>(chart.days.size()), tall,
                   fmt::format(R"({}role="img" aria-label="{}")",
                               measure.letters ? "" : R"(preserveAspectRatio="none" )",
                               html_text(strip_text(chart, definition))));
    for (std::size_t day = 0; day < chart.days.size(); ++day) {
        const table::Ends& ends = definition.days[day];
        const double x = measure.step * static_cast<double>(day);
        const Sign* sign = sign_of(kind_of(ends));
        if (sign == nullptr) {
            out += fmt::format(R"(<circle class="gap" cx="{}" cy="11" r="1"/>)",
                               coordinate(x + measure.step / 2 - 1));
            continue;
        }
        out += fmt::format(
            "\n<use class=\"mark\" href=\"#{}-{}\" x=\"{}\"><title>{}: {}</title></use>",
            prefix_for(measure), sign->name, coordinate(x), day_text(chart.days[day]),
            ends_text(ends));
    }
    return out + "</svg>";
}

}  // namespace jobtally::render
