// render_record() of renderer.hpp: key beside value for people, one flat object for machines.
#include "core/base/text.hpp"
#include "core/base/wrap.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/formats.hpp"
#include "core/render/text/renderer.hpp"

#include <algorithm>

namespace jobtally::render {

namespace {

// A column a line, as a table of two columns that render() can print.
table::ResultTable turned(const table::ResultTable& record, const Style& style) {
    table::ResultTable lines;
    lines.columns = {{"field", "field"}, {"value", "value"}};
    for (std::size_t i = 0; i < record.columns.size(); ++i) {
        if (record.columns[i].audience == table::Audience::machines) continue;
        lines.rows.push_back({record.columns[i].title, human_text(record.rows.front()[i], style)});
    }
    return lines;
}

std::string lines_for_people(const table::ResultTable& record, const Style& style) {
    std::size_t widest = 0;
    for (const auto& column : record.columns)
        widest = std::max(widest, display_width(column.title));
    std::string out;
    for (std::size_t i = 0; i < record.columns.size(); ++i) {
        const auto& column = record.columns[i];
        if (column.audience == table::Audience::machines) continue;
        out += column.title + std::string(widest + 2 - display_width(column.title), ' ');
        out += wrapped(human_text(record.rows.front()[i], style),
                       style.max_width > widest + 2 ? style.max_width - widest - 2 : 0, widest + 2);
        out += '\n';
    }
    return out;
}

}  // namespace

std::string render_record(const table::ResultTable& table, Format format, const Style& style) {
    switch (format) {
        case Format::table:
            return lines_for_people(table, style);
        case Format::json:
            return render(table, Format::ndjson, style);
        case Format::html:
            return render_html_records(table, style);
        case Format::markdown:
            return render(turned(table, style), format, style);
        default:
            return render(table, format, style);
    }
}

}  // namespace jobtally::render
