#include "cli/commands/send_account.hpp"

#include "cli/terminal/messages.hpp"
#include "core/base/json_text.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/query/percentile.hpp"
#include "core/time/length.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace jobtally::cli {

namespace {

std::string line_of(const send::Outcome& outcome) {
    const double millis = static_cast<double>(outcome.latency.count()) / 1000;
    auto line = fmt::format("{:03} {} {:.{}f} ms {}", outcome.status, outcome.word, millis,
                            millis < 10 ? 1 : 0, visible(outcome.id));
    if (!outcome.reason.empty()) line += fmt::format(" ({})", outcome.reason);
    return line + "\n";
}

constexpr const char* percentiles[] = {"50", "90", "95", "99", "100"};

bool can_be_streamed(render::Format format) {
    using render::Format;
    return format == Format::table || format == Format::ndjson || format == Format::csv ||
           format == Format::tsv;
}

}  // namespace

SendAccount::SendAccount(const Globals& globals)
    : m_globals(globals),
      m_output(globals),
      m_has_lines(m_output.format() == render::Format::table && globals.columns.empty()),
      m_begin(std::chrono::steady_clock::now()) {
    if (can_be_streamed(m_output.format())) m_stream.emplace(m_output.format(), m_output.style());
    m_rows.rows_key = "outcomes";
    for (const char* key : {"id", "status", "outcome", "latency_seconds", "reason"})
        m_rows.columns.push_back({key, ""});
}

void SendAccount::tell(const send::Outcome& outcome) {
    ++m_sent;
    ++m_words[outcome.word];
    m_succeeded += outcome.is_success() ? 1 : 0;
    m_was_unauthorized = m_was_unauthorized || outcome.status == 401;
    if (outcome.status > 0) m_latencies.push_back(outcome.latency.count());
    if (m_has_lines) {
        m_output.write(line_of(outcome));
        return m_output.flush();
    }
    const auto status =
        outcome.status > 0 ? table::Cell{table::Digits{outcome.status}} : table::Cell{};
    m_rows.rows.push_back({outcome.id, status, outcome.word, outcome.latency,
                           table::text_or_unknown(outcome.reason)});
    if (!m_stream) return;
    m_output.write(m_stream->more(table::choose_columns(m_rows, m_globals.column_keys())));
    m_output.flush();
    m_rows.rows.clear();
}

// A cell for each of `percentiles`, by nearest rank; unknown where there was no answer.
table::Row SendAccount::latencies() const {
    auto values = m_latencies;
    std::vector<std::int64_t> ranks;
    for (const char* percentile : percentiles)
        ranks.push_back(
            query::Percentile::named(percentile).rank(static_cast<std::int64_t>(values.size())));
    table::Row row(ranks.size());
    if (values.empty()) return row;
    const auto found = query::values_at_ranks(values, ranks);
    std::transform(found.begin(), found.end(), row.begin(),
                   [](auto micros) { return time::Duration(micros); });
    return row;
}

std::string SendAccount::tally_text(double seconds) const {
    std::string text = counted(m_sent, "report", "reports") + " sent";
    const char* before = ": ";
    for (const auto& [word, count] : m_words) {
        text += fmt::format("{}{} {}", std::exchange(before, ", "), count_text(count), word);
    }
    const double rate = static_cast<double>(m_sent) / seconds;
    if (m_sent > 0)
        text += fmt::format("; {} a second", rate < 10 ? fmt::format("{:.2g}", rate)
                                                       : count_text(std::llround(rate)));
    before = "; latency ";
    const auto found = latencies();
    for (std::size_t i = 0; i < found.size() && !m_latencies.empty(); ++i) {
        const bool is_last = i + 1 == found.size();
        text += fmt::format("{}{} {}", std::exchange(before, ", "),
                            is_last ? "max" : std::string("p") + percentiles[i],
                            time::human_length(std::get<time::Duration>(found[i])));
    }
    return text;
}

table::ResultTable SendAccount::total(double seconds) const {
    std::string words = "{";
    for (const auto& [word, count] : m_words) {
        words += words.size() > 1 ? ", " : "";
        append_json_string(words, word);
        words += fmt::format(": {}", count);
    }
    table::ResultTable table;
    for (const char* key :
         {"sent", "succeeded", "failed", "by_outcome", "elapsed_seconds", "p50_seconds",
          "p90_seconds", "p95_seconds", "p99_seconds", "max_seconds"})
        table.columns.push_back({key, ""});
    table.rows = {{m_sent, m_succeeded, m_sent - m_succeeded, table::RawJson{words + "}"},
                   table::Number{seconds}}};
    const auto found = latencies();
    table.rows[0].insert(table.rows[0].end(), found.begin(), found.end());
    return table;
}

void SendAccount::finish() {
    const auto length = std::chrono::steady_clock::now() - m_begin;
    const double seconds = std::chrono::duration<double>(length).count();
    try {
        write_rest(seconds);
    } catch (const ClosedPipe&) {
        // The tally goes elsewhere.
    }
    if (!m_globals.quiet) print_status(tally_text(seconds));
}

void SendAccount::write_rest(double seconds) {
    if (!m_stream) {
        auto rows = table::choose_columns(m_rows, m_globals.column_keys());
        auto text = render::render(rows, m_output.format(), m_output.style());
        if (m_output.format() == render::Format::json) {
            text.resize(text.rfind("\n}"));
            text += ",\n  \"total\": " +
                    render::render_record(total(seconds), m_output.format(), m_output.style()) +
                    "}\n";
        }
        m_output.write(text);
    }
    m_output.finish();
}

}  // namespace jobtally::cli
