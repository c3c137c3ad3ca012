// Sentences from judgements.
#include "core/base/numbers.hpp"
#include "core/judge/unusual.hpp"
#include "core/time/length.hpp"

#include <fmt/format.h>

namespace jobtally::judge {

namespace {

constexpr double about_the_same = 1.25;

std::string records_text(std::int64_t count) {
    return counted(count, "record", "records");
}

// `same records`, `1.8x the records`; unknown: empty.
std::string share_of_records(const Judgement& judgement) {
    if (!judgement.operations) return {};
    const double factor = judgement.operations->factor();
    if (factor < about_the_same && factor > 1 / about_the_same) return ", same records";
    return fmt::format(", {} the records", factor_text(factor));
}

}  // namespace

std::string factor_text(double factor) {
    if (factor >= 1e6) return fmt::format("{:.1e}x", factor);
    if (factor >= 9.95) return fmt::format("{:.0f}x", factor);
    if (factor >= 0.995) return fmt::format("{:.1f}x", factor);
    if (factor >= 0.00995) return fmt::format("{:.2f}x", factor);
    return fmt::format("{:.1g}x", factor);
}

std::string cause_text(Cause cause, bool longer) {
    const std::string records = longer ? "more records" : "fewer records";
    const std::string per_record = longer ? "slower per record" : "quicker per record";
    switch (cause) {
        case Cause::records:
            return records;
        case Cause::per_record:
            return per_record;
        case Cause::both:
            return records + " and " + per_record;
        case Cause::unknown:
            break;
    }
    return {};
}

std::string pace_text(const Judgement& judgement) {
    if (!judgement.duration) return {};
    const Comparison& duration = *judgement.duration;
    std::string text = fmt::format(
        "took {}, usually {}{} ({})", time::human_length(time::Duration{duration.value}),
        time::human_length(time::Duration{duration.usual}),
        text_of(duration.season, duration.place), factor_text(duration.factor()));
    text += share_of_records(judgement);
    const auto cause = cause_text(judgement.cause, duration.direction > 0);
    return cause.empty() ? text : text + ": " + cause;
}

std::string volume_text(const Judgement& judgement, std::optional<std::int64_t> usual_operations) {
    if (judgement.empty) {
        return usual_operations
                   ? fmt::format("no records, usually {}", count_text(*usual_operations))
                   : "no records";
    }
    if (!judgement.operations) return {};
    const Comparison& operations = *judgement.operations;
    return fmt::format("{}, usually {}{} ({})", records_text(operations.value),
                       count_text(operations.usual), text_of(operations.season, operations.place),
                       factor_text(operations.factor()));
}

}  // namespace jobtally::judge
