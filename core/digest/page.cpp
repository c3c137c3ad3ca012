#include "core/digest/page.hpp"

#include "core/answers/durations.hpp"
#include "core/answers/list.hpp"
#include "core/base/numbers.hpp"
#include "core/time/length.hpp"

#include <algorithm>

namespace jobtally::digest {

namespace {

using table::Cell;
using table::Figure;
using table::Tile;

constexpr std::size_t newest_failures = 20;

Tile jobs_tile(const query::Counts& counts) {
    const auto rate = counts.success_rate();
    Tile tile{"Jobs that succeeded", {"job_success_rate", table::ratio_cell(rate.value())}, {}};
    tile.note = {Figure{"succeeded", counts.succeeded()}, " of ",
                 Figure{"finished", counts.finished()}};
    if (const auto interval = rate.wilson()) {
        tile.note.insert(
            tile.note.end(),
            {"; 95 % interval ", Figure{"job_success_rate_low", table::Ratio{interval->low}},
             " to ", Figure{"job_success_rate_high", table::Ratio{interval->high}}});
    }
    return tile;
}

Tile records_tile(const query::Counts& counts) {
    return {"Records that succeeded",
            {"operation_success_rate", table::ratio_cell(counts.operation_success_rate())},
            {Figure{"operations_succeeded", query::sum_cell(counts.operations_succeeded)}, " of ",
             Figure{"operations", query::sum_cell(counts.operations)}, "; ",
             Figure{"operations_failed", query::sum_cell(counts.operations_failed)}, " failed"}};
}

Tile failed_tile(const query::Counts& counts, const answers::RatesAnswer& definitions) {
    const auto failing =
        std::count_if(definitions.rows.begin(), definitions.rows.end(),
                      [](const answers::RatesRow& row) { return row.counts.failed() > 0; });
    return {"Failed jobs",
            {"failed", counts.failed()},
            {"of " + counted(failing, "definition", "definitions")}};
}

Tile partial_tile(const query::Counts& counts) {
    return {"Partial jobs", {"partial", counts.partial}, {"succeeded, but records failed"}};
}

Tile duration_tile(const answers::DurationsRow& row) {
    Tile tile{"Median duration", {"p50_seconds", {}}, {"no duration known"}};
    if (row.count == 0) return tile;
    tile.figure.value = row.percentiles[0];
    tile.note = {"95 % within ", Figure{"p95_seconds", row.percentiles[1]}};
    return tile;
}

Tile reports_tile(const answers::RatesRow& total) {
    Tile tile{"Reports", {"reports", total.counts.reports()}, {}};
    tile.note = {Figure{"running", total.counts.running()}, " running"};
    if (total.last_created_at) {
        tile.note.insert(tile.note.end(),
                         {"; newest ", Figure{"last_created_at", *total.last_created_at}});
    }
    return tile;
}

table::Verdict verdict_of(const SummaryAnswer& answer) {
    if (answer.has_problems()) return table::Verdict::attention;
    return answer.total.total.counts.finished() > 0 ? table::Verdict::well
                                                    : table::Verdict::nothing;
}

table::Section detail(std::string key, std::string title, table::ResultTable table) {
    table.window.reset();
    return {std::move(key), std::move(title), std::move(table)};
}

// The picture in the last column is to one scale in all rows, and its heading says which.
table::Section durations_detail(const query::Scope& charted) {
    auto answer = answers::durations(
        charted, {}, {query::Percentile::list("50,95"), table::Sparkline::blocks, false, 32});
    std::erase_if(answer.rows, [](const auto& row) { return row.count == 0; });
    std::stable_sort(answer.rows.begin(), answer.rows.end(),
                     [](const auto& a, const auto& b) { return *a.median > *b.median; });
    auto table = table::choose_columns(
        answers::durations_table(answer),
        {"definition_name", "count", "p50_seconds", "p95_seconds", "max_seconds", "histogram"});
    if (answer.total.count > 0) {
        table.columns.back().title =
            time::human_length(*answer.total.min) + " to " + time::human_length(*answer.total.max);
    }
    table.empty_note = "no durations known";
    auto section = detail("durations", "How long jobs take", std::move(table));
    section.lead =
        "The days charted above, slowest first. A duration runs from the creation of a report to "
        "its last update and may include time in a queue. The last column counts the runs by "
        "duration, on one logarithmic axis for all.";
    return section;
}

table::Section failures_detail(const query::Scope& scope) {
    auto failures = answers::list_table(answers::list(scope, {newest_failures, true}));
    std::reverse(failures.rows.begin(), failures.rows.end());
    failures.empty_note = "no failed jobs";
    return detail("newest_failures", "Newest failures", std::move(failures));
}

}  // namespace

table::Digest summary_page(const query::Scope& scope, const SummaryAnswer& answer,
                           time::Instant now) {
    auto digest = summary_digest(answer);
    const auto definitions = answers::rates(scope);
    const auto times =
        answers::durations(scope, query::By::none, {query::Percentile::list("50,95")}).total;
    const auto& counts = answer.total.total.counts;
    const auto span = charted(scope, now);
    digest.page = {verdict_of(answer),
                   {jobs_tile(counts), failed_tile(counts, definitions), partial_tile(counts),
                    records_tile(counts), duration_tile(times), reports_tile(answer.total.total)},
                   days_chart(scope.store(), span),
                   {durations_detail(query::Scope(scope.store(), span.selection)),
                    detail("definitions", "All definitions", answers::rates_table(definitions)),
                    failures_detail(scope)}};
    return digest;
}

}  // namespace jobtally::digest
