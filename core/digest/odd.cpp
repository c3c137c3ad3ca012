// Reports that say what can't be, or what nobody knows.
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
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

struct Odd {
    std::set<std::string> statuses, names;  // of the definitions
};

void add_odd(const query::Scope& scope, const SummaryFacts& facts, Odd& odd) {
    const auto columns = FactColumn::status | FactColumn::definition | FactColumn::name;
    scope.scan(columns, [&](const FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            if (batch.status[i] != model::Status::other) continue;
            if (const auto* word = scope.catalogue().word(batch.status_word[i]))
                odd.statuses.insert(*word);
            const auto& key = facts.key(static_cast<std::size_t>(batch.definition[i]));
            const auto* name = scope.catalogue().word(batch.name[i]);
            if ((!name || is_blank(*name)) && !key.empty())
                name = std::get_if<std::string>(&key.front());
            if (name) odd.names.insert(*name);
        }
    });
}

}  // namespace

table::Mention odd_mention(const SummaryFacts& facts) {
    const auto in_window = facts.failures.total.counts.of_other_status();
    const auto late = facts.late_failures.total.counts.of_other_status();
    Odd odd;
    if (in_window > 0) add_odd(facts.scope, facts, odd);
    if (late > 0) add_odd(*facts.late, facts, odd);
    const auto names = some_of({odd.names.begin(), odd.names.end()});
    return {"unknown_status_reports", in_window + late,
            fmt::format("{} of a status that is not known ({}){}{}: nobody knows how {} ended",
                        counted(in_window + late, "report", "reports"),
                        fmt::join(odd.statuses, ", "), names.empty() ? "" : ", of ", names,
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
