// Reads the facts, and makes the texts and tables that all sections use.
#include "core/digest/sections.hpp"

#include "core/base/ascii.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace jobtally::digest {

namespace {

std::optional<query::Scope> scope_of_late(const query::Scope& asked) {
    auto selection = late_selection(asked.selection());
    if (!selection) return std::nullopt;
    return std::optional<query::Scope>(std::in_place, asked.store(), std::move(*selection));
}

// Reports without a definition are of different jobs: their row has the names of those that failed.
answers::FailuresAnswer with_names(answers::FailuresAnswer answer, const query::Scope& scope) {
    using store::FactColumn;
    const auto is_nameless = [](const auto& row) { return row.key.front() == table::Cell{}; };
    const auto row = std::find_if(answer.rows.begin(), answer.rows.end(), is_nameless);
    if (row == answer.rows.end() || row->counts.failed() == 0) return answer;
    std::set<std::string> names;
    const auto columns = FactColumn::definition | FactColumn::name | FactColumn::status;
    scope.scan(columns, [&](const store::FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            if (batch.definition[i] != 0 || batch.status[i] != model::Status::failure) continue;
            if (const auto* name = scope.catalogue().word(batch.name[i])) names.insert(*name);
        }
    });
    if (!names.empty()) row->key[1] = fmt::format("{}", fmt::join(names, ", "));
    return answer;
}

// More than so many are history of years, in which nobody waits for a recovery.
constexpr std::int64_t most_late_runs = 100'000;

bool is_read(const answers::FailuresAnswer& late) {
    return late.total.counts.finished() <= most_late_runs;
}

rhythm::MissedOptions told_before(const query::Scope& asked, rhythm::MissedOptions options) {
    options.told_at = asked.selection().span.since;
    return options;
}

}  // namespace

SummaryFacts::SummaryFacts(const query::Scope& asked, const rhythm::MissedOptions& options,
                           bool knows_arrivals, judge::Budget budget)
    : scope(asked),
      now(options.now),
      down(options.down),
      failures(with_names(answers::failures_without_streaks(asked), asked)),
      late(knows_arrivals ? scope_of_late(asked) : std::nullopt),
      late_failures(late ? with_names(answers::failures_without_streaks(*late), *late)
                         : answers::FailuresAnswer{}),
      late_is_bulk(is_bulk(late_failures)),
      history(query::RunHistory::around_window(asked, judge::history_reach,
                                               late && is_read(late_failures) ? &*late : nullptr)),
      names(judge::read_names(asked, history.as_told(0))),
      missed(incidents::missed_with_gaps(asked, told_before(asked, options), history)),
      findings(judge::find_all(history, asked.selection().zone, budget)),
      late_findings(late && is_read(late_failures)
                        ? judge::find_late(history, asked.selection().zone, budget)
                        : std::vector<judge::Findings>{}),
      incidents(incidents::incidents(asked, options, missed, history, findings, names, budget)),
      m_keys(static_cast<std::size_t>(asked.catalogue().max_definition()) + 1) {
    for (const auto& definition : asked.catalogue().definitions()) {
        m_definitions.emplace(definition.id, static_cast<std::size_t>(definition.key));
    }
    for (const auto& row : missed.rows) {
        query::GroupKey key{row.id, table::cell_or_unknown(row.label),
                            table::cell_or_unknown(row.type)};
        m_keys[definition_of(key)] = std::move(key);
    }
    for (const auto* answer : {&late_failures, &failures}) {
        for (const auto& row : answer->rows) m_keys[definition_of(row.key)] = row.key;
    }
    put_by_name();
}

void SummaryFacts::put_by_name() {
    const query::Grouping grouping(query::By::definition, scope);
    std::vector<std::size_t> rank(grouping.size());
    std::size_t next = 0;
    for (const std::size_t definition : grouping.in_order([](std::size_t) { return true; })) {
        rank[definition] = next++;
    }
    std::sort(findings.begin(), findings.end(),
              [&](const judge::Findings& a, const judge::Findings& b) {
                  return rank[a.definition] < rank[b.definition];
              });
}

std::size_t SummaryFacts::definition_of(const query::GroupKey& key) const {
    const auto* id = std::get_if<std::string>(&key.front());
    const auto found = id ? m_definitions.find(*id) : m_definitions.end();
    return found == m_definitions.end() ? 0 : found->second;
}

std::string next_step(const std::string& id) {
    const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
        return is_digit(c) || is_letter(c) || c == '_' || c == '-' || c == '.' || c == ':';
    });
    const char* command = id.starts_with('-') ? "jobtally show --" : "jobtally show";
    return fmt::format("{} {}", command, plain ? id : in_shell_quotes(id));
}

std::string some_of(const std::vector<std::string>& names, std::size_t most) {
    const auto shown = std::min(most, names.size());
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : ", ") + in_quotes(names[i]);
    if (shown == names.size()) return text;
    return text + fmt::format(" and {} more", names.size() - shown);
}

table::ResultTable section_table(std::initializer_list<table::Column> columns) {
    using table::Audience;
    table::ResultTable table;
    table.columns = {{"definition_id", "definition id", Audience::machines, true},
                     {"definition_name", "definition", Audience::everyone, true, 0},
                     {"type", "type", Audience::machines, true}};
    table.columns.insert(table.columns.end(), columns);
    return table;
}

void add_row(table::ResultTable& table, query::GroupKey key,
             const std::vector<table::Cell>& figures) {
    key.resize(3);
    key.insert(key.end(), figures.begin(), figures.end());
    table.rows.push_back(std::move(key));
}

}  // namespace jobtally::digest
