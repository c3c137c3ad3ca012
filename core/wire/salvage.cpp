#include "core/wire/salvage.hpp"

#include "core/base/ascii.hpp"
#include "core/wire/report_handler.hpp"
#include "core/wire/slot.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace jobtally::wire {

namespace {

bool holds_scalar(std::string_view member) {
    const Slot slot = slot_of_member(member);
    return is_text(slot) || is_count(slot) || slot_of_nested(member) != Slot::unknown;
}

// `before` ends with `"status":`, blanks allowed.
bool is_value_of_scalar(std::string_view before) {
    before = without_blanks_behind(before);
    if (!before.ends_with(':')) return false;
    before = without_blanks_behind(before.substr(0, before.size() - 1));
    if (!before.ends_with('"')) return false;
    before.remove_suffix(1);
    return holds_scalar(before.substr(before.rfind('"') + 1));
}

// If a report was torn before a value and another one glued to it (`"status":{"id"`): the offset of
// the last `{` that stands where a known member must have a text or a number. An object that may
// stand where it does is taken for what it is, however much it looks like a report.
std::optional<std::size_t> report_in_place_of_value(std::string_view read) {
    for (auto at = read.rfind('{'); at != std::string_view::npos && at > 0;
         at = read.rfind('{', at - 1)) {
        if (is_value_of_scalar(read.substr(0, at))) return at;
    }
    return std::nullopt;
}

struct Format {
    std::string_view front;
    std::string_view what;
};

constexpr Format formats[] = {
    {"\x1f\x8b", "compressed with gzip; `gzip -dc FILE | jobtally ingest -` reads it"},
    {"\x28\xb5\x2f\xfd", "compressed with zstd; `zstd -dc FILE | jobtally ingest -` reads it"},
    {"BZh", "compressed with bzip2; `bzip2 -dc FILE | jobtally ingest -` reads it"},
    {"\xfd\x37zXZ", "compressed with xz; `xz -dc FILE | jobtally ingest -` reads it"},
    {"PK\x03\x04",
     "a zip archive or a spreadsheet (xlsx); `unzip -p FILE | jobtally ingest -` reads JSON in an "
     "archive"},
    {"<!doctype html", "a web page (HTML), perhaps of a login or of an error"},
    {"<html", "a web page (HTML), perhaps of a login or of an error"},
};

}  // namespace

std::optional<std::size_t> report_glued_to_text(std::string_view read) {
    if (read.ends_with('"')) read.remove_suffix(1);
    read = without_blanks_behind(read);
    if (read.size() < 2 || !read.ends_with('{')) return std::nullopt;
    return read.size() - 1;
}

OtherFormat other_format(std::string_view front) {
    bool may_become = false;
    for (const auto& format : formats) {
        const auto size = std::min(front.size(), format.front.size());
        if (!equals_ignoring_case(front.substr(0, size), format.front.substr(0, size))) continue;
        if (size == format.front.size()) return {format.what};
        may_become = true;
    }
    return {{}, may_become};
}

Salvage::Salvage(const Limits& limits, Window& window, ValueParser& parser)
    : m_limits(limits), m_window(window), m_parser(parser) {}

void Salvage::begin(model::Rejection rejection, std::uint64_t indent, std::size_t understood) {
    m_broken = std::move(rejection);
    m_ignores_lines = false;
    m_try_from = 0;
    pass_over(understood, false);
    m_last_line = m_window.mark().line;
    m_last_indent = indent;
}

void Salvage::begin_other_format(std::string_view what) {
    m_broken.reason = fmt::format("not JSON: {}", what);
    m_ignores_lines = true;
}

bool Salvage::find_report(bool ended) {
    for (;;) {
        if (m_is_trying) {
            const auto step = m_parser.read(m_window, ended);
            if (step == ValueParser::Step::more) return false;
            if (judge(step)) return true;
            if (m_is_trying) continue;
        }
        const std::string_view rest = m_window.rest();
        const std::size_t brace = std::min(rest.find('{'), rest.size());
        keep(rest.substr(0, brace));
        m_window.pass(brace);
        if (brace == rest.size() || begins_line()) return brace < rest.size() || ended;
        if (is_worth_a_try()) {
            m_window.begin_value();
            begin_trial(true);
        } else {
            keep("{");
            m_window.pass(1);
        }
    }
}

model::Rejection Salvage::take() {
    m_broken.body.resize(without_blanks_behind(m_broken.body).size());
    return std::move(m_broken);
}

// Goes back to where the value began, of which so many bytes were understood, or, if that is too
// long, to where they end; and finds where in them a report may begin. Reports within what is too
// long may be lost.
void Salvage::pass_over(std::size_t understood, bool is_whole) {
    const std::string_view text = m_window.value_and_rest().substr(0, understood);
    const std::uint64_t end = m_window.place() - m_window.value().size() + understood;
    const bool too_long = m_window.is_cut() || understood > m_limits.report_bytes;
    std::optional<std::size_t> in_place, glued;
    if (!is_whole) glued = report_glued_to_text(text);
    if (!is_whole && !too_long) in_place = report_in_place_of_value(text);
    const auto place_of = [&](std::size_t at) { return end - understood + at; };
    m_try_at = {};
    if (in_place) m_try_at[0] = place_of(*in_place);
    if (glued) m_try_at[1] = place_of(*glued);
    m_try_from = std::max(m_try_from, end);
    const std::size_t to = too_long ? glued.value_or(understood) : 0;
    keep(text.substr(0, to));
    m_window.go_back_to(to);
    m_window.end_value();
    m_is_trying = false;
}

void Salvage::keep(std::string_view bytes) {
    auto& body = m_broken.body;
    body += bytes.substr(0, m_limits.kept_body - std::min(body.size(), m_limits.kept_body));
}

// The rest begins with the `{` of a line that is indented no deeper than the one where the broken
// value began.
bool Salvage::begins_line() {
    const LineMark& mark = m_window.mark();
    return !m_ignores_lines && mark.line > m_last_line && mark.only_blanks &&
           mark.indent <= m_last_indent;
}

bool Salvage::is_worth_a_try() const {
    const std::uint64_t place = m_window.place();
    return place >= m_try_from || place == m_try_at[0] || place == m_try_at[1];
}

void Salvage::begin_trial(bool may_be_list) {
    m_is_trying = true;
    m_parser.handler().begin_report(m_limits.depth, may_be_list);
    m_parser.begin();
}

// True if a report or a list begins where the trial did; the window is there again. Otherwise the
// trial may go on.
bool Salvage::judge(ValueParser::Step step) {
    const bool is_whole = step == ValueParser::Step::complete;
    const bool is_report = is_whole && m_parser.handler().draft().has_what_is_required();
    const bool is_list = step == ValueParser::Step::list;
    // Had it been cut, its items would have been passed over as well. The blanks before the `[`
    // were read whatever the cuts, so they count.
    if (is_list && m_window.value().size() > m_limits.report_bytes) {
        m_window.go_back_to(0);
        begin_trial(false);
        return false;
    }
    const bool is_found = is_list || (is_report && !m_window.is_too_long());
    if (is_found) {
        m_window.go_back_to(0);
        m_window.end_value();
        m_is_trying = false;
    } else {
        pass_over(m_window.value().size(), is_whole);
    }
    return is_found;
}

}  // namespace jobtally::wire
