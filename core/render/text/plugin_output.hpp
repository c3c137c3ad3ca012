// A Probe as Nagios, Icinga and their kin read it: one line of text and perfdata.
// Monitoring Plugins Development Guidelines, "Plugin Output" and "Performance data".
#pragma once

#include "core/render/text/renderer.hpp"
#include "core/table/probe.hpp"

#include <string>
#include <string_view>

namespace jobtally::render {

// `JOBTALLY OK - text | perfdata` and a line break. With `all_items` a further line an item. Texts
// from outside break neither the line nor the perfdata.
std::string render_plugin_output(const table::Probe& probe, const Style& style, bool all_items);
// `JOBTALLY UNKNOWN - text`, for what went wrong before there was an answer.
std::string plugin_line(table::ProbeState state, std::string_view text);

// The text alone, as it came: controls and bars may be in it.
std::string probe_headline(const table::Probe& probe, const Style& style);

// Where a probe goes: plugin output, or json as one object whose values have the perfdata's unit.
// Throws UsageError for other formats.
std::string render_probe(const table::Probe& probe, Format format, const Style& style,
                         bool all_items);

}  // namespace jobtally::render
