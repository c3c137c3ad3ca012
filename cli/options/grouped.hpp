// The questions that answer with a row for each group of reports: their options, and the one way in
// which all of them are asked and printed.
#pragma once

#include "cli/options/output.hpp"
#include "cli/options/selection_options.hpp"
#include "core/query/grouping.hpp"
#include "core/query/histogram.hpp"
#include "core/query/scope.hpp"
#include "core/store/file/store.hpp"
#include "core/table/result_table.hpp"

#include <optional>
#include <string>

namespace jobtally::cli {

struct GroupedOptions {
    SelectionOptions selection;
    std::string by = "definition";
    std::string every;
    std::string compare;
    bool plot = false;
    std::string sort;
    std::size_t top = 0;
    std::string get;

    query::GroupBy group_by() const;
};

void add_grouped(CLI::App& command, GroupedOptions& options);

// What the options ask for: the reports, and for --compare those of the other window.
class GroupedQuestion {
  public:
    // Throws UsageError where options contradict each other, and warns about patterns that match
    // nothing.
    GroupedQuestion(const Globals& globals, const GroupedOptions& options, Output& output);

    const query::Scope& scope() const { return m_scope; }
    const std::optional<query::Scope>& compared() const { return m_compared; }
    // Set for people only, if rows are not buckets and nothing is compared.
    table::Sparkline trend() const { return m_trend; }

  private:
    table::Sparkline m_trend;
    query::Selection m_asked;
    std::optional<query::Selection> m_other;
    store::Store m_store;
    query::Scope m_scope;
    std::optional<query::Scope> m_compared;
};

// Sorted and cut as the options want it.
table::ResultTable arranged(table::ResultTable table, const GroupedOptions& options);
// Arranged, or one bare value of the total row.
void print_groups(Output& output, table::ResultTable table, const GroupedOptions& options);
// Warns of what follows from counts that can't be right.
void warn_about_counts(const table::ResultTable& table);

// Asks and prints; returns the answer, so that a condition can be checked against it. A question is
// three functions: `ask` takes a scope and the marks of a trend and answers, `table` makes the
// table of an answer or of one beside another, `plots` the bars of an answer.
template <class Ask, class Table, class Plots>
auto print_grouped(Output& output, const Globals& globals, const GroupedOptions& options, Ask ask,
                   Table table, Plots plots) {
    const GroupedQuestion question(globals, options, output);
    auto answer = ask(question.scope(), question.trend());
    if (options.plot) {
        warn_about_counts(table(answer));
        output.print(plots(answer));
    } else if (question.compared()) {
        const auto before = ask(*question.compared(), table::Sparkline::none);
        print_groups(output, table(answer, before), options);
    } else {
        print_groups(output, table(answer), options);
    }
    output.finish();
    return answer;
}

}  // namespace jobtally::cli
