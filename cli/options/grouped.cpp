#include "cli/options/grouped.hpp"

#include "cli/options/opening.hpp"
#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"
#include "core/query/group_table.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/time/previous.hpp"

#include <algorithm>

namespace jobtally::cli {

namespace {

// The selection that --compare sets beside this one; none without --compare.
std::optional<query::Selection> other_selection(const Globals& globals,
                                                const GroupedOptions& options,
                                                const query::Selection& selection) {
    if (options.compare.empty()) return std::nullopt;
    const auto now = globals.now();
    std::optional<time::TimeSpan> named;
    if (options.compare != "previous")
        named = time::parse_range(options.compare, now, selection.zone);
    auto span = selection.span;
    if (!span.since) {
        throw UsageError("--compare needs a window with a beginning",
                         "for example `--last 7d --compare previous`, or `--period this-month`");
    }
    if (!span.until) span.until = std::max(now, *span.since);
    auto other = selection;
    other.span = time::cut_at_same_point(named ? *named : time::previous_span(span, selection.zone),
                                         span, now, selection.zone);
    return other;
}

void require_drawable(const GroupedOptions& options, const Output& output) {
    if (!options.plot) return;
    if (output.format() != render::Format::table) {
        throw UsageError("--plot draws a table for people",
                         "leave out --plot, or the other format");
    }
    if (!options.get.empty()) throw UsageError("--plot and --get exclude each other");
    if (!options.compare.empty()) throw UsageError("--plot and --compare exclude each other");
}

// The selection of options that don't contradict each other.
query::Selection checked_selection(const Globals& globals, const GroupedOptions& options,
                                   const Output& output) {
    require_drawable(options, output);
    return options.selection.selection(globals);
}

// True where `is` holds for a cell of a column whose key begins with `operation` and ends with
// `end`.
template <class Is>
bool any_of_operations(const table::ResultTable& table, std::string_view end, Is is) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& key = table.columns[i].key;
        if (!key.starts_with("operation") || !key.ends_with(end)) continue;
        const auto holds = [&](const table::Row& row) { return is(row[i]); };
        if (std::any_of(table.rows.begin(), table.rows.end(), holds)) return true;
        if (table.total && holds(*table.total)) return true;
    }
    return false;
}

}  // namespace

void warn_about_counts(const table::ResultTable& table) {
    if (any_of_operations(table, "_rate", [](const table::Cell& cell) {
            const auto* ratio = std::get_if<table::Ratio>(&cell);
            return ratio && ratio->value > 1;
        }))
        print_warning("a rate is above 100 %: some reports count more parts than records");
    const auto is_unknown = [](const auto& cell) { return cell.index() == 0; };
    if (any_of_operations(table, "operations", is_unknown) ||
        any_of_operations(table, "operations_failed", is_unknown))
        print_warning("a sum of records is above 2^63-1 and is left out");
}

query::GroupBy GroupedOptions::group_by() const {
    if (every.empty()) return query::by_named(by);
    return {query::by_named(by), time::every_named(every)};
}

GroupedQuestion::GroupedQuestion(const Globals& globals, const GroupedOptions& options,
                                 Output& output)
    : m_trend(options.compare.empty() && !options.plot ? output.sparkline()
                                                       : table::Sparkline::none),
      m_asked(checked_selection(globals, options, output)),
      m_other(other_selection(globals, options, m_asked)),
      m_store(open_store(globals, options.selection.from)),
      m_scope(m_store, m_asked) {
    warn_about_unmatched(globals, m_scope);
    output.tell_apart(m_scope);
    if (m_other) m_compared.emplace(m_store, *m_other);
}

void add_grouped(CLI::App& command, GroupedOptions& options) {
    add_selection(command, options.selection);
    const std::string group = "How to show them";
    command
        .add_option("--by", options.by,
                    "definition, name, type, status, source, weekday, hour or none")
        ->type_name("WHAT")
        ->check(
            one_of({"definition", "name", "type", "status", "source", "weekday", "hour", "none"}))
        ->group(group);
    command.add_option("--every", options.every, "A series: hour, day, week, month, quarter, year")
        ->type_name("BUCKET")
        ->check(one_of({"hour", "day", "week", "month", "quarter", "year"}))
        ->group(group);
    command
        .add_option("--compare", options.compare,
                    "Beside the window before (previous), a period or T..T")
        ->type_name("previous|RANGE")
        ->group(group);
    command.add_flag("--plot", options.plot, "Draw it as bars")->group(group);
    command.add_option("--sort", options.sort, "Order by a machine key; `-KEY` turns it round")
        ->type_name("[-]KEY")
        ->group(group);
    command.add_option("--top", options.top, "Only the first N groups")
        ->type_name("N")
        ->check(whole_number(1))
        ->group(group);
    command.add_option("-g,--get", options.get, "Print one bare value of the total row")
        ->type_name("KEY")
        ->group(group);
}

table::ResultTable arranged(table::ResultTable table, const GroupedOptions& options) {
    return query::arranged(std::move(table), {options.sort, options.top});
}

void print_groups(Output& output, table::ResultTable table, const GroupedOptions& options) {
    warn_about_counts(table);
    if (options.get.empty()) {
        output.print(arranged(std::move(table), options));
        return;
    }
    const auto one = table::choose_columns(std::move(table), {options.get});
    output.write(render::machine_text(one.total.value().front()) + "\n");
}

}  // namespace jobtally::cli
