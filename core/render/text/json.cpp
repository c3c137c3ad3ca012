// JSON: one object with the window, the rows (one a line, so that diffs and grep work) and the
// total. NDJSON: the rows alone.
#include "core/base/json_text.hpp"
#include "core/base/numbers.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/formats.hpp"
#include "core/render/text/plugin_output.hpp"
#include "core/time/rfc3339.hpp"

#include <string>
#include <string_view>

namespace jobtally::render {
namespace {

constexpr std::string_view previous_prefix = "previous.";

struct AppendCell {
    std::string& out;

    void operator()(const std::string& text) const { append_json_string(out, text); }
    void operator()(time::Instant at) const { append_json_string(out, time::format_utc(at)); }
    void operator()(const std::vector<std::string>& texts) const {
        out += '[';
        for (const std::string& text : texts) {
            if (&text != &texts.front()) out += ", ";
            append_json_string(out, text);
        }
        out += ']';
    }
    void operator()(table::Weekday day) const { append_json_string(out, day.name()); }
    void operator()(const table::Bucket& bucket) const { append_json_string(out, bucket.text); }
    // Numbers, lengths and raw JSON are spelled as in csv; what has no spelling there is null.
    void operator()(const auto& value) const {
        const std::string text = plain_text(table::Cell{value});
        out += text.empty() ? "null" : text;
    }
};

// Writes `{"key": value, ...}`; members are counted to set the commas.
class Object {
  public:
    explicit Object(std::string& out) : m_out(out) { m_out += '{'; }

    std::string& value_of(std::string_view key) {
        if (!m_empty) m_out += ", ";
        m_empty = false;
        append_json_string(m_out, key);
        m_out += ": ";
        return m_out;
    }
    void add(std::string_view key, const table::Cell& cell) {
        std::visit(AppendCell{value_of(key)}, cell);
    }
    void close() { m_out += '}'; }

  private:
    std::string& m_out;
    bool m_empty = true;
};

enum class RowKind { group, total };

void append_previous(Object& object, const table::ResultTable& table, const table::Row& row,
                     RowKind kind) {
    std::string members;
    Object previous(members);
    bool any = false;
    for (std::size_t at = 0; at < row.size(); ++at) {
        const std::string_view key = table.columns[at].key;
        const bool names_group = table.columns[at].grouping && kind == RowKind::total;
        if (!key.starts_with(previous_prefix) || names_group) continue;
        previous.add(key.substr(previous_prefix.size()), row[at]);
        any = true;
    }
    previous.close();
    if (any) object.value_of("previous") += members;
}

void append_row(std::string& out, const table::ResultTable& table, const table::Row& row,
                RowKind kind) {
    Object object(out);
    for (std::size_t at = 0; at < row.size(); ++at) {
        const table::Column& column = table.columns[at];
        if (column.grouping && kind == RowKind::total) continue;
        if (!column.key.starts_with(previous_prefix)) object.add(column.key, row[at]);
    }
    append_previous(object, table, row, kind);
    object.close();
}

void add_span(Object& object, const time::TimeSpan& span) {
    object.add("since", table::cell_or_unknown(span.since));
    object.add("until", table::cell_or_unknown(span.until));
}

void append_window(std::string& out, const table::Window& window) {
    Object object(out);
    add_span(object, window.span);
    object.add("timezone", window.timezone);
    object.add("at", window.at);
    if (window.previous) {
        Object previous(object.value_of("previous"));
        add_span(previous, *window.previous);
        previous.close();
    }
    object.close();
}

void append_rows(std::string& out, const table::ResultTable& table) {
    out += '[';
    for (const table::Row& row : table.rows) {
        out += &row == &table.rows.front() ? "\n    " : ",\n    ";
        append_row(out, table, row, RowKind::group);
    }
    out += table.rows.empty() ? "]" : "\n  ]";
}

// Per cent, as the thresholds are, where a query has a fraction.
table::Cell in_its_unit(const table::Cell& value) {
    const auto* ratio = std::get_if<table::Ratio>(&value);
    return ratio == nullptr ? value : table::RawJson{decimal_text(ratio->value * 100)};
}

void append_item(std::string& out, const table::ProbeItem& item) {
    Object object(out);
    if (!item.definition.empty()) {
        object.add("definition_id", item.definition[0]);
        object.add("definition_name", item.definition[1]);
        object.add("type", item.definition[2]);
    }
    object.add("state", std::string(table::state_text(item.state)));
    object.add("value", in_its_unit(item.value));
    object.close();
}

}  // namespace

std::string render_json(const table::ResultTable& table) {
    std::string out = "{\n";
    if (table.window) {
        out += "  \"window\": ";
        append_window(out, *table.window);
        out += ",\n";
    }
    out += "  ";
    append_json_string(out, table.rows_key);
    out += ": ";
    append_rows(out, table);
    if (table.total) {
        out += ",\n  \"total\": ";
        append_row(out, table, *table.total, RowKind::total);
    }
    out += "\n}\n";
    return out;
}

std::string render_json(const table::Digest& digest) {
    std::string out = "{\n  \"window\": ";
    append_window(out, digest.window);
    out += ",\n  \"headline\": ";
    append_json_string(out, digest.headline);
    out += ",\n  \"total\": ";
    append_row(out, digest.figures, digest.figures.total.value(), RowKind::total);
    for (const table::Section& section : digest.sections) {
        out += ",\n  ";
        append_json_string(out, section.key);
        out += ": ";
        append_rows(out, section.table);
    }
    for (const table::Mention& mention : digest.mentions) {
        out += ",\n  ";
        append_json_string(out, mention.key);
        out += ": " + (mention.count ? std::to_string(*mention.count) : "null");
    }
    out += "\n}\n";
    return out;
}

std::string render_json(const table::Probe& probe, const Style& style) {
    std::string out = "{\n  \"window\": ";
    append_window(out, probe.window);
    const auto add = [&](std::string_view key, const table::Cell& cell) {
        out += ",\n  ";
        append_json_string(out, key);
        out += ": ";
        std::visit(AppendCell{out}, cell);
    };
    add("state", std::string(table::state_text(probe.state)));
    add("metric", probe.metric);
    add("value", probe.items.empty() ? table::Cell{} : in_its_unit(probe.items.front().value));
    add("warning", table::cell_or_unknown(probe.warning));
    add("critical", table::cell_or_unknown(probe.critical));
    add("message", probe_headline(probe, style));
    out += ",\n  \"groups\": [";
    for (const auto& item : probe.items) {
        out += &item == &probe.items.front() ? "\n    " : ",\n    ";
        append_item(out, item);
    }
    out += probe.items.empty() ? "]\n}\n" : "\n  ]\n}\n";
    return out;
}

std::string render_ndjson(const table::ResultTable& table) {
    std::string out;
    for (const table::Row& row : table.rows) {
        append_row(out, table, row, RowKind::group);
        out += '\n';
    }
    return out;
}

}  // namespace jobtally::render
