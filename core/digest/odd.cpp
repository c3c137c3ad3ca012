// Reports that say what can't be, or what nobody knows.
#include "core/base/numbers.hpp"
#include "core/digest/sections.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace jobtally::digest {

namespace {

using store::FactBatch;
using store::FactColumn;

void add_odd_statuses(const query::Scope& scope, std::set<std::string>& statuses) {
    scope.scan(static_cast<store::FactColumns>(FactColumn::status), [&](const FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            if (batch.status[i] != model::Status::other) continue;
            if (const auto* word = scope.catalogue().word(batch.status_word[i]))
                statuses.insert(*word);
        }
    });
}

}  // namespace

table::Mention odd_mention(const SummaryFacts& facts) {
    const auto in_window = facts.failures.total.counts.of_other_status();
    const auto late = facts.late_failures.total.counts.of_other_status();
    std::set<std::string> statuses;
    if (in_window > 0) add_odd_statuses(facts.scope, statuses);
    if (late > 0) add_odd_statuses(*facts.late, statuses);
    return {"unknown_status_reports", in_window + late,
            fmt::format("{} of a status that is not known ({}): nobody knows how {} ended",
                        counted(in_window + late, "report", "reports"), fmt::join(statuses, ", "),
                        in_window + late == 1 ? "this job" : "these jobs")};
}

table::Mention future_mention(const SummaryFacts& facts) {
    const auto& asked = facts.scope.selection();
    std::int64_t reports = 0, last = INT64_MIN;
    if (facts.late && asked.span.until) {
        const auto until = time::micros(*asked.span.until);
        const auto columns = FactColumn::status | store::column_of(asked.at);
        facts.late->scan(columns, [&](const FactBatch& batch) {
            const auto& times = store::times_of(batch, asked.at);
            for (std::size_t i = 0; i < batch.size; ++i) {
                if (!model::is_finished(batch.status[i]) || times[i] < until) continue;
                ++reports;
                last = std::max(last, times[i]);
            }
        });
    }
    if (reports == 0) return {"future_reports", 0, ""};
    const auto text = time::format_local(time::instant_from_micros(last), asked.zone, false);
    return {"future_reports", reports,
            reports == 1
                ? fmt::format("1 report says that its job ended after it had come, at {}: the "
                              "clock of its sender is wrong",
                              text)
                : fmt::format("{} reports say that their jobs ended after they had come, up to "
                              "{}: the clock of their sender is wrong",
                              count_text(reports), text)};
}

}  // namespace jobtally::digest
