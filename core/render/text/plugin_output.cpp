#include "core/render/text/plugin_output.hpp"

#include "core/base/error.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/formats.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace jobtally::render {

namespace {

using table::Probe;
using table::ProbeItem;
using table::ProbeState;

constexpr std::size_t most_named = 3;

// The line ends at the first `|`, wherever it stands.
std::string without_bars(std::string_view text) {
    std::string out;
    for (const char c : visible(text)) c == '|' ? out += "\\u{7c}" : out += c;
    return out;
}

// Definitions are named as people do, else by id.
std::string name_of(const ProbeItem& item) {
    const auto name = table::shown_name(item.definition);
    return name.empty() ? "without definition" : name;
}

// A value that is only true or false is expressed by the phrase alone.
std::string finding(const ProbeItem& item, const Style& style) {
    const bool has_size = !std::holds_alternative<std::monostate>(item.value) &&
                          !std::holds_alternative<bool>(item.value);
    return (has_size ? human_text(item.value, style) + " " : "") + item.phrase;
}

std::string counts_text(const Probe& probe) {
    std::string text;
    for (const auto state : {ProbeState::critical, ProbeState::warning}) {
        const auto count =
            std::count_if(probe.items.begin(), probe.items.end(),
                          [&](const ProbeItem& item) { return item.state == state; });
        if (count == 0) continue;
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count_text(count),
                            state == ProbeState::critical ? "critical" : "warning");
    }
    return fmt::format("{}{}{}", text, text.empty() ? "" : " of ",
                       counted(std::ssize(probe.items), "definition", "definitions"));
}

// The worst few that are not OK; of those that all are, the one nearest to trouble.
std::string names_text(const Probe& probe, const Style& style) {
    const auto bad = static_cast<std::size_t>(
        std::count_if(probe.items.begin(), probe.items.end(),
                      [](const ProbeItem& item) { return item.state != ProbeState::ok; }));
    const auto named = std::clamp<std::size_t>(bad, 1, most_named);
    std::string text = bad == 0 ? ", worst: " : ": ";
    for (std::size_t i = 0; i < named; ++i) {
        const auto& item = probe.items[i];
        text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", name_of(item), finding(item, style));
    }
    return bad > named ? text + fmt::format(" and {} more",
                                            count_text(static_cast<std::int64_t>(bad - named)))
                       : text;
}

struct PerfValue {
    std::string operator()(table::Ratio ratio) const {
        return decimal_text(ratio.value * 100) + "%";
    }
    std::string operator()(time::Duration length) const {
        return time::format_seconds(length) + "s";
    }
    std::string operator()(std::int64_t count) const { return fmt::format("{}", count); }
    std::string operator()(bool value) const { return value ? "1" : "0"; }
    std::string operator()(const auto&) const { return "U"; }  // unknown
};

// Replaces `=`, `|` and `::`, which have a meaning to some readers, so that they have none here.
std::string plain_label(std::string_view name) {
    std::string label;
    for (const char c : visible(name)) {
        const bool is_second_colon = c == ':' && label.ends_with(':');
        label += c == '=' || c == '|' || is_second_colon ? '_' : c;
    }
    return label;
}

// Two definitions may share a label: then their ids tell them apart.
std::vector<std::string> labels_of(const Probe& probe) {
    if (!probe.by_definition) return std::vector<std::string>(probe.items.size(), probe.metric);
    std::vector<std::string> labels;
    std::map<std::string, int> bearers;
    for (const auto& item : probe.items) {
        labels.push_back(plain_label(name_of(item)));
        ++bearers[labels.back()];
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (bearers[labels[i]] == 1) continue;
        labels[i] += plain_label(" (" + table::text_in(probe.items[i].definition, 0) + ")");
    }
    return labels;
}

std::string quoted_label(std::string_view label) {
    if (label.find_first_of(" '") == std::string_view::npos) return std::string(label);
    std::string out = "'";
    for (const char c : label) out.append(c == '\'' ? 2 : 1, c);
    return out + "'";
}

std::string perfdata(const Probe& probe) {
    const auto labels = labels_of(probe);
    std::vector<std::string> all;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto& item = probe.items[i];
        const auto* ratio = std::get_if<table::Ratio>(&item.value);
        const bool has_most = ratio != nullptr && ratio->value <= 1;
        all.push_back(fmt::format("{}={};{};{};0{}", quoted_label(labels[i]),
                                  std::visit(PerfValue{}, item.value), probe.warning.value_or(""),
                                  probe.critical.value_or(""), has_most ? ";100" : ""));
    }
    std::sort(all.begin(), all.end());  // the order of badness would change from run to run
    return fmt::format("{}", fmt::join(all, " "));
}

}  // namespace

std::string probe_headline(const Probe& probe, const Style& style) {
    const std::string when = probe.when.empty() ? "" : " " + probe.when;
    std::string text;
    if (!probe.items.empty()) {
        text = probe.by_definition ? counts_text(probe) + when + names_text(probe, style)
                                   : finding(probe.items.front(), style) + when;
    }
    for (const auto& remark : probe.remarks) text += (text.empty() ? "" : ", ") + remark;
    return text;
}

std::string plugin_line(ProbeState state, std::string_view text) {
    return fmt::format("JOBTALLY {} - {}", table::state_text(state), without_bars(text));
}

std::string render_plugin_output(const Probe& probe, const Style& style, bool all_items) {
    std::string out = plugin_line(probe.state, probe_headline(probe, style));
    if (!probe.items.empty()) out += " | " + perfdata(probe);
    out += '\n';
    if (!all_items) return out;
    for (const auto& item : probe.items) {
        const auto name = probe.by_definition ? name_of(item) + ": " : "";
        out += without_bars(
            fmt::format("{} - {}{}", table::state_text(item.state), name, finding(item, style)));
        out += '\n';
    }
    return out;
}

std::string render_probe(const Probe& probe, Format format, const Style& style, bool all_items) {
    if (format == Format::json) return render_json(probe, style);
    if (format == Format::table) return render_plugin_output(probe, style, all_items);
    throw UsageError("check prints a line, or json", "leave out -F, or use --json");
}

}  // namespace jobtally::render
