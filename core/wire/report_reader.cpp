#include "core/wire/report_reader.hpp"

#include "core/base/ascii.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/wire/report_handler.hpp"
#include "core/wire/syntax_problem.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace jobtally::wire {

namespace {

constexpr std::size_t kept_head = 256;

}  // namespace

ReportReader::ReportReader(Limits limits)
    : m_limits{limits.report_bytes, std::min(limits.kept_body, limits.report_bytes), limits.depth},
      m_window(m_limits.report_bytes, m_limits.kept_body),
      m_salvage(m_limits, m_window, m_parser) {}

void ReportReader::finish() {
    take(m_decoder.finish());
    m_finished = true;
}

void ReportReader::take(std::string_view bytes) {
    m_window.feed(bytes);
    const bool is_parsing = m_state == State::in_value || m_salvage.is_trying();
    if (is_parsing && m_window.is_cut()) m_parser.handler().ignore_rest();
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
            case State::value_read:
                step = read_value(rejection);
                break;
            case State::salvaging:
                step = salvage(rejection);
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
    if (m_is_at_front) return look_at_front();
    switch (m_around.take(rest.front())) {
        case Surroundings::Mark::passed:
            if (rest.front() == '}' && end_list(rejection)) {
                m_window.pass(1);
                return Got::rejection;
            }
            m_window.pass(1);
            if (m_around.is_open_ground() && m_around.is_damaged() && !m_tail.empty())
                return tell_tail(rejection);
            break;
        case Surroundings::Mark::array:
            m_head.assign(1, '[');
            m_tail.clear();
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

ReportReader::Step ReportReader::look_at_front() {
    const auto format = other_format(m_window.rest());
    if (format.may_become && !m_finished) return Got::need_more;
    m_is_at_front = false;
    if (format.what.empty()) return {};
    m_window.begin_value();
    break_value({});
    m_salvage.begin_other_format(format.what);
    return {};
}

ReportReader::Step ReportReader::at_end(model::Rejection& rejection) {
    if (!m_finished) return Got::need_more;
    if (m_around.is_damaged() && !m_tail.empty()) return tell_tail(rejection);
    const std::string_view unclosed = m_around.unclosed();
    m_around = {};
    if (unclosed.empty()) return Got::end;
    rejection = {fmt::format("not JSON: the input ends within {}", unclosed), m_head + m_tail,
                 m_head_line, false};
    return Got::rejection;
}

// A list's own members are of no interest, unless damage may have put them there.
ReportReader::Step ReportReader::tell_tail(model::Rejection& rejection) {
    rejection = {"not JSON: what follows the items of a damaged list", std::exchange(m_tail, {}),
                 m_window.mark().line, false};
    return Got::rejection;
}

// Punctuation that is not allowed between two values is rejected by itself.
ReportReader::Step ReportReader::stray(model::Rejection& rejection) {
    const LineMark& mark = m_window.mark();
    const char byte = m_window.rest().front();
    if (byte == '{') {
        rejection = {syntax_reason("a comma is missing before \"{\"", mark), m_tail, mark.line,
                     false};
    } else {
        rejection = {syntax_reason(unexpected(byte), mark), m_tail + byte, mark.line, false};
        m_window.pass(1);
    }
    m_tail.clear();
    m_around.stray_told();
    return Got::rejection;
}

// --- Within a value ---

void ReportReader::begin_value() {
    m_state = State::in_value;
    if (m_around.is_open_ground()) m_tail.clear();
    m_window.begin_value();
    begin_parsing(m_around.is_open_ground());
}

void ReportReader::begin_parsing(bool may_be_list) {
    m_parser.handler().begin_report(m_limits.depth, may_be_list);
    m_parser.begin();
}

ReportReader::Step ReportReader::parse(model::Rejection& rejection) {
    switch (m_parser.read(m_window, m_finished)) {
        case ValueParser::Step::more:
            return Got::need_more;
        case ValueParser::Step::complete:
            if (!report_glued_to_text(m_window.value())) return end_value(rejection);
            m_state = State::value_read;
            return {};
        case ValueParser::Step::list:
            if (m_window.value().size() <= m_limits.report_bytes) {
                enter_list();
            } else {  // had it been cut, nobody would have known it for a list
                m_window.go_back_to(0);
                begin_parsing(false);
            }
            return {};
        case ValueParser::Step::broken:
            break;
    }
    break_value(m_parser.problem());
    return {};
}

// The value is a text that ends with `{"`. Where it is whole, no letter follows at once.
ReportReader::Step ReportReader::read_value(model::Rejection& rejection) {
    const std::string_view rest = m_window.rest();
    if (rest.empty() && !m_finished) return Got::need_more;
    if (rest.empty() || !is_letter(rest.front())) return end_value(rejection);
    break_value({});
    return {};
}

ReportReader::Step ReportReader::end_value(model::Rejection& rejection) {
    m_state = State::between;
    m_window.end_value();
    const bool is_report = m_around.expects_report();
    const bool too_long = m_window.is_too_long();
    // After the items of a list, where it may have been torn and a report glued to it.
    if (!is_report && !m_parser.handler().draft().has_what_is_required()) {
        // How many of the blanks behind it were read with it depends on where the input was cut.
        const auto text = without_blanks_behind(m_window.value());
        if (m_tail.size() < m_limits.kept_body) m_tail += text;
        m_tail.resize(std::min(m_tail.size(), m_limits.kept_body));
        m_behind.take(m_around.expects_name(), text,
                      too_long ? std::string_view() : m_parser.handler().scalar());
        m_around.value_ended();
        return {};
    }
    ++m_items;
    const bool good = m_parser.handler().settle() && !too_long;
    if (!good) {
        rejection = {
            reason(too_long),
            std::string(without_blanks_behind(m_window.value()).substr(0, m_limits.kept_body)),
            m_window.value_mark().line, true};
    }
    m_around.value_ended();
    return good ? Got::report : Got::rejection;
}

// True with a rejection where a report, or a second list, stood behind the items.
bool ReportReader::end_list(model::Rejection& rejection) {
    if (m_is_in_list && m_behind.total()) m_totals.add(*m_behind.total(), m_items);
    m_is_in_list = false;
    if (!m_behind.is_odd()) return false;
    rejection = {"behind the items of a list stands a report, or another list",
                 m_behind.take_members(), m_window.mark().line, true};
    return true;
}

void ReportReader::enter_list() {
    m_is_in_list = true;
    m_behind = BehindItems(m_limits.kept_body, m_parser.handler().total());
    m_items = 0;
    m_window.pass(std::min<std::size_t>(m_window.rest().size(), 1));  // the `[`
    m_head = m_window.value().substr(0, std::min(kept_head, m_limits.kept_body));
    m_head_line = m_window.value_mark().line;
    m_tail.clear();
    m_window.end_value();
    m_state = State::between;
    m_around.enter_list();
}

// --- After a syntax error ---

void ReportReader::break_value(std::string problem) {
    const std::string_view text = m_window.value_and_rest();
    std::size_t error = m_window.value().size();
    if (m_state != State::between && !m_window.is_cut()) error = blame(text, error, problem);
    const LineMark begin = m_window.value_mark();
    model::Rejection broken{{}, m_around.is_open_ground() ? "" : m_tail, begin.line, false};
    m_tail.clear();
    if (m_window.is_cut() || error > m_limits.report_bytes) {
        broken.reason = fmt::format("not JSON: a syntax error in a value longer than {} bytes",
                                    count_text(static_cast<std::int64_t>(m_limits.report_bytes)));
    } else {
        LineMark mark = begin;
        mark.advance(text.substr(0, error));
        if (problem.empty())
            problem = error < text.size() ? unexpected(text[error]) : "unexpected character";
        broken.reason = syntax_reason(problem, mark);
    }
    m_salvage.begin(std::move(broken), begin.indent, error);
    m_around.lose();
    m_state = State::salvaging;
}

ReportReader::Step ReportReader::salvage(model::Rejection& rejection) {
    if (!m_salvage.find_report(m_finished)) return Got::need_more;
    rejection = m_salvage.take();
    m_state = State::between;
    return Got::rejection;
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
