#include "cli/options/grouped.hpp"

#include "cli/options/validators.hpp"
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
        throw UsageError("--plot draws for people", "leave it out, or the other format");
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

}  // namespace

query::GroupBy GroupedOptions::group_by() const {
    if (every.empty()) return query::by_named(by);
    return {query::by_named(by), time::every_named(every)};
}

GroupedQuestion::GroupedQuestion(const Globals& globals, const GroupedOptions& options,
                                 const Output& output)
    : m_trend(options.compare.empty() && !options.plot ? output.sparkline()
                                                       : table::Sparkline::none),
      m_asked(checked_selection(globals, options, output)),
      m_other(other_selection(globals, options, m_asked)),
      m_store(open_store(globals, options.selection.from)),
      m_scope(m_store, m_asked) {
    warn_about_unmatched(globals, m_scope);
    if (m_other) m_compared.emplace(m_store, *m_other);
}

void add_grouped(CLI::App& command, GroupedOptions& options) {
    add_selection(command, options.selection);
    const std::string group = "How to show them";
    command.add_option("--by", options.by, "definition, name, type, status, weekday, hour or none")
        ->type_name("WHAT")
        ->check(CLI::IsMember({"definition", "name", "type", "status", "weekday", "hour", "none"}))
        ->group(group);
    command.add_option("--every", options.every, "A series: hour, day, week, month, quarter, year")
        ->type_name("BUCKET")
        ->check(CLI::IsMember({"hour", "day", "week", "month", "quarter", "year"}))
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

table::ResultTable arranged(const table::ResultTable& table, const GroupedOptions& options) {
    return query::arranged(table, {options.sort, options.top});
}

void print_groups(Output& output, const table::ResultTable& table, const GroupedOptions& options) {
    if (options.get.empty()) {
        output.print(arranged(table, options));
        return;
    }
    const auto one = table::choose_columns(table, {options.get});
    output.write(render::machine_text(one.total.value().front()) + "\n");
}

}  // namespace jobtally::cli
