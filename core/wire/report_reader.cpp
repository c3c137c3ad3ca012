#include "core/wire/report_reader.hpp"

#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/wire/report_handler.hpp"
#include "core/wire/syntax_problem.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace jobtally::wire {

namespace {

constexpr std::size_t kept_head = 256;
constexpr std::string_view blanks = " \t\r\n";

std::string_view without_blanks_behind(std::string_view bytes) {
    return bytes.substr(0, bytes.find_last_not_of(blanks) + 1);
}

}  // namespace

ReportReader::ReportReader(Limits limits)
    : m_limits{limits.report_bytes, std::min(limits.kept_body, limits.report_bytes), limits.depth},
      m_window(m_limits.report_bytes, m_limits.kept_body) {}

void ReportReader::feed(std::string_view bytes) {
    m_window.feed(bytes);
    if (m_state == State::in_value && m_window.is_cut()) m_parser.handler().ignore_rest();
}

ReportReader::Got ReportReader::next(model::JobReport& report, model::Rejection& rejection) {
    if (m_state == State::in_value) std::swap(report, m_unfinished);
    m_parser.handler().fill(report);
    for (;;) {
        Step step;
        switch (m_state) {
            case State::between:
                step = between(rejection);
                break;
            case State::in_value:
                step = parse(rejection);
                break;
            case State::resuming:
                step = resume(rejection);
                break;
        }
        if (step == Got::need_more && m_state == State::in_value) std::swap(report, m_unfinished);
        if (step) return *step;
    }
}

// --- Between values ---

ReportReader::Step ReportReader::between(model::Rejection& rejection) {
    m_window.pass_any_of(blanks);
    const std::string_view rest = m_window.rest();
    if (rest.empty()) return at_end(rejection);
    // A byte order mark is skipped wherever a value may begin, because files that are joined keep
    // theirs.
    if (rest.front() == byte_order_mark.front() && m_around.is_open_ground()) {
        if (byte_order_mark.starts_with(rest) && rest != byte_order_mark && !m_finished)
            return Got::need_more;
        if (rest.starts_with(byte_order_mark)) {
            m_window.pass(byte_order_mark.size());
            return {};
        }
    }
    switch (m_around.take(rest.front())) {
        case Surroundings::Mark::passed:
            m_window.pass(1);
            break;
        case Surroundings::Mark::array:
            m_head.assign(1, '[');
            m_head_line = m_window.mark().line;
            m_window.pass(1);
            break;
        case Surroundings::Mark::value:
            begin_value();
            break;
        case Surroundings::Mark::stray:
            return stray(rejection);
        case Surroundings::Mark::garbage:
            m_window.begin_value();
            break_value(unexpected(rest.front()));
            break;
    }
    return {};
}

ReportReader::Step ReportReader::at_end(model::Rejection& rejection) {
    if (!m_finished) return Got::need_more;
    const std::string_view unclosed = m_around.unclosed();
    m_around = {};
    if (unclosed.empty()) return Got::end;
    rejection = {fmt::format("not JSON: the input ends within {}", unclosed), m_head, m_head_line,
                 false};
    return Got::rejection;
}

// Punctuation that is not allowed between two values is rejected by itself.
ReportReader::Step ReportReader::stray(model::Rejection& rejection) {
    const LineMark& mark = m_window.mark();
    const char byte = m_window.rest().front();
    if (byte == '{') {
        rejection = {syntax_reason("a comma is missing before \"{\"", mark), "", mark.line, false};
    } else {
        rejection = {syntax_reason(unexpected(byte), mark), {byte}, mark.line, false};
        m_window.pass(1);
    }
    m_around.stray_told();
    return Got::rejection;
}

// --- Within a value ---

void ReportReader::begin_value() {
    m_state = State::in_value;
    m_window.begin_value();
    if (m_around.expects_report()) {
        m_parser.handler().begin_report(m_limits.depth, m_around.is_open_ground());
    } else {
        m_parser.handler().begin_ignored();
    }
    m_parser.begin();
}

ReportReader::Step ReportReader::parse(model::Rejection& rejection) {
    std::size_t used = 0;
    auto step = ValueParser::Step::more;
    if (!m_window.rest().empty()) step = m_parser.write(m_window.rest(), used);
    m_window.pass(used);
    if (step == ValueParser::Step::more && m_finished) step = m_parser.finish();
    switch (step) {
        case ValueParser::Step::more:
            return Got::need_more;
        case ValueParser::Step::complete:
            return end_value(rejection);
        case ValueParser::Step::list:
            enter_list();
            return {};
        case ValueParser::Step::broken:
            break;
    }
    break_value(m_parser.problem());
    return {};
}

ReportReader::Step ReportReader::end_value(model::Rejection& rejection) {
    m_state = State::between;
    m_window.end_value();
    if (!m_around.expects_report()) {
        m_around.value_ended();
        return {};
    }
    const std::string_view value = without_blanks_behind(m_window.value());
    const bool too_long = m_window.is_cut() || value.size() > m_limits.report_bytes;
    const bool good = m_parser.handler().settle() && !too_long;
    if (!good) {
        rejection = {reason(too_long), std::string(value.substr(0, m_limits.kept_body)),
                     m_window.value_mark().line, true};
    }
    m_around.value_ended();
    return good ? Got::report : Got::rejection;
}

void ReportReader::enter_list() {
    m_window.pass(std::min<std::size_t>(m_window.rest().size(), 1));  // the `[`
    m_head = m_window.value().substr(0, std::min(kept_head, m_limits.kept_body));
    m_head_line = m_window.value_mark().line;
    m_window.end_value();
    m_state = State::between;
    m_around.enter_list();
}

// --- After a syntax error ---

// Goes back to where the broken value began, unless it is too long. Reports within it may be lost
// then.
void ReportReader::break_value(std::string problem) {
    const std::string_view text = m_window.value_and_rest();
    std::size_t error = m_window.value().size();
    if (m_state == State::in_value && !m_window.is_cut()) error = blame(text, error, problem);
    const LineMark begin = m_window.value_mark();
    m_broken.line = begin.line;
    m_broken.is_json = false;
    if (m_window.is_cut() || error > m_limits.report_bytes) {
        m_broken.reason = fmt::format("not JSON: a syntax error in a value longer than {} bytes",
                                      count_text(static_cast<std::int64_t>(m_limits.report_bytes)));
    } else {
        LineMark mark = begin;
        mark.advance(text.substr(0, error));
        if (problem.empty())
            problem = error < text.size() ? unexpected(text[error]) : "unexpected character";
        m_broken.reason = syntax_reason(problem, mark);
        error = 0;
    }
    m_window.go_back_to(error);
    m_broken.body = m_window.value().substr(0, m_limits.kept_body);
    m_window.end_value();
    m_last_line = m_window.mark().line;
    m_last_indent = begin.indent;
    m_around.lose();
    m_state = State::resuming;
}

// Passes over everything up to the next line that can begin a report.
ReportReader::Step ReportReader::resume(model::Rejection& rejection) {
    const std::string_view rest = m_window.rest();
    m_window.pass_any_of(" \t");
    while (!m_window.rest().empty() && !can_resume()) {
        m_window.pass(std::min(m_window.rest().find('\n'), m_window.rest().size() - 1) + 1);
        m_window.pass_any_of(" \t");
    }
    std::string& body = m_broken.body;
    const std::size_t passed = rest.size() - m_window.rest().size();
    body += rest.substr(0, std::min(passed, m_limits.kept_body - body.size()));
    if (m_window.rest().empty() && !m_finished) return Got::need_more;
    body.resize(without_blanks_behind(body).size());
    rejection = std::move(m_broken);
    m_state = State::between;
    return Got::rejection;
}

// The rest begins with the `{` of a line that is indented no deeper than the one where the broken
// value began.
bool ReportReader::can_resume() {
    if (m_window.rest().front() != '{') return false;
    const LineMark& mark = m_window.mark();
    return mark.line > m_last_line && mark.only_blanks && mark.indent <= m_last_indent;
}

std::string ReportReader::reason(bool too_long) {
    const ReportDraft& draft = m_parser.handler().draft();
    std::string place = m_around.place();
    if (!too_long) {
        if (!place.empty() && !draft.problem_member().empty()) place += '.';
        place += draft.problem_member();
    }
    if (!place.empty()) place += ": ";
    return place + (too_long
                        ? fmt::format("longer than {} bytes",
                                      count_text(static_cast<std::int64_t>(m_limits.report_bytes)))
                        : draft.problem());
}

}  // namespace jobtally::wire
