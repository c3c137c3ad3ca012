// Finds the reports in a stream: one after the other, in an array or in the platform's list
// envelope.
#include "core/wire/report_reader.hpp"

#include "core/base/text.hpp"
#include "core/wire/line_mark.hpp"
#include "core/wire/resume_scan.hpp"
#include "core/wire/surroundings.hpp"
#include "core/wire/syntax_problem.hpp"
#include "core/wire/value_parser.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace jobtally::wire {

namespace {

constexpr std::size_t kept_head = 256;

bool is_blank(char byte) {
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

enum class State : std::uint8_t { between, in_value, resuming };

}  // namespace

class ReportReader::Impl {
  public:
    explicit Impl(Limits limits) : m_limits(limits) {
        m_limits.kept_body = std::min(limits.kept_body, limits.report_bytes);
    }

    void feed(std::string_view bytes);
    void finish() { m_finished = true; }
    Got next(model::JobReport& report, model::Rejection& rejection);

  private:
    // What a step came to; nothing: go on.
    using Step = std::optional<Got>;

    Step between(model::JobReport& report, model::Rejection& rejection);
    Step at_end(model::Rejection& rejection);
    Step at_mark();
    Step stray(model::Rejection& rejection);

    void begin_value(model::JobReport& report);
    Step parse(model::JobReport& report, model::Rejection& rejection);
    Step suspend(model::JobReport& report);
    Step end_value(std::size_t end, model::Rejection& rejection);
    void enter_list();
    void let_go();
    Step resume(model::Rejection& rejection);
    void break_value(std::size_t error, std::string problem);
    void break_here();

    std::string reason(bool too_long);
    std::string body_until(std::size_t end) const;
    const LineMark& mark_at(std::size_t offset);

    Limits m_limits;
    ValueParser m_parser;
    std::string_view m_text;  // the piece that is read: the caller's, or m_owned
    std::string m_owned;
    std::size_t m_pos = 0;
    LineMark m_mark;  // of m_text[m_marked]
    std::size_t m_marked = 0;
    State m_state = State::between;
    bool m_finished = false;
    std::size_t m_mark_bytes = 0;  // of a byte order mark that were passed over

    Surroundings m_around;
    std::string m_head;  // the front of the container, for its rejection
    LineMark m_head_mark;

    bool m_oversized = false;
    std::size_t m_begin = 0;      // of the value, or of what m_text holds of it
    std::uint64_t m_carried = 0;  // bytes of the value in earlier pieces
    std::string m_carry;          // these bytes; only their front when the value is oversized
    LineMark m_value_mark;        // where a carried value begins
    model::JobReport m_partial;   // what a carried value has filled so far

    ResumeScan m_scan;
    model::Rejection m_broken;
};

void ReportReader::Impl::feed(std::string_view bytes) {
    if (m_pos < m_text.size()) {  // the caller did not wait for need_more
        std::string joined(m_text.substr(m_pos));
        joined += bytes;
        mark_at(m_pos);
        m_owned = std::move(joined);
        bytes = m_owned;
    } else {
        let_go();
    }
    m_text = bytes;
    m_pos = m_marked = m_begin = 0;
}

// All of the piece is read: its owner may do with it what he likes.
void ReportReader::Impl::let_go() {
    mark_at(m_text.size());
    m_text = {};
    m_pos = m_marked = m_begin = 0;
}

ReportReader::Got ReportReader::Impl::next(model::JobReport& report, model::Rejection& rejection) {
    if (m_state == State::in_value) std::swap(report, m_partial);
    for (;;) {
        Step step;
        switch (m_state) {
            case State::between:
                step = between(report, rejection);
                break;
            case State::in_value:
                step = parse(report, rejection);
                break;
            case State::resuming:
                step = resume(rejection);
                break;
        }
        if (step == Got::need_more) let_go();
        if (step) return *step;
    }
}

// --- Between values ---

ReportReader::Impl::Step ReportReader::Impl::between(model::JobReport& report,
                                                     model::Rejection& rejection) {
    if (m_mark_bytes > 0) return at_mark();
    while (m_pos < m_text.size() && is_blank(m_text[m_pos])) ++m_pos;
    if (m_pos == m_text.size()) return at_end(rejection);
    const char byte = m_text[m_pos];
    if (byte == byte_order_mark[0] && m_around.is_open_ground()) return at_mark();
    switch (m_around.take(byte)) {
        case Surroundings::Mark::passed:
            ++m_pos;
            break;
        case Surroundings::Mark::array:
            m_head.assign(1, '[');
            m_head_mark = mark_at(m_pos++);
            break;
        case Surroundings::Mark::value:
            begin_value(report);
            break;
        case Surroundings::Mark::stray:
            return stray(rejection);
        case Surroundings::Mark::garbage:
            break_here();
            break;
    }
    return {};
}

ReportReader::Impl::Step ReportReader::Impl::at_end(model::Rejection& rejection) {
    if (!m_finished) return Got::need_more;
    const std::string_view unclosed = m_around.unclosed();
    m_around = {};
    if (unclosed.empty()) return Got::end;
    rejection.reason = fmt::format("not JSON: the input ends within {}", unclosed);
    rejection.body = m_head;
    rejection.line = m_head_mark.line;
    rejection.is_json = false;
    return Got::rejection;
}

// A byte order mark is passed over wherever a value may begin: files are joined with theirs.
ReportReader::Impl::Step ReportReader::Impl::at_mark() {
    while (m_mark_bytes < byte_order_mark.size() && m_pos < m_text.size() &&
           m_text[m_pos] == byte_order_mark[m_mark_bytes]) {
        ++m_mark_bytes;
        ++m_pos;
    }
    if (m_mark_bytes == byte_order_mark.size()) {
        m_mark_bytes = 0;
        return {};
    }
    if (m_pos == m_text.size() && !m_finished) return Got::need_more;
    // Not one: its bytes are garbage like any other.
    if (m_pos < m_mark_bytes) {
        std::string joined(byte_order_mark.substr(0, m_mark_bytes));
        joined += m_text.substr(m_pos);
        m_mark.column -= std::min<std::uint64_t>(m_mark.column, m_mark_bytes - m_pos);
        m_owned = std::move(joined);
        m_text = m_owned;
        m_pos = m_marked = 0;
    } else {
        m_pos -= m_mark_bytes;
    }
    m_mark_bytes = 0;
    break_here();
    return {};
}

// A mark between values that is out of place: told once, and reports are read on behind it.
ReportReader::Impl::Step ReportReader::Impl::stray(model::Rejection& rejection) {
    const LineMark& mark = mark_at(m_pos);
    const char byte = m_text[m_pos];
    const bool lacks_comma = byte == '{';
    rejection.reason =
        syntax_reason(lacks_comma ? "a comma is missing before \"{\"" : unexpected(byte), mark);
    rejection.body.clear();
    rejection.line = mark.line;
    rejection.is_json = false;
    if (!lacks_comma) rejection.body = m_text[m_pos++];
    m_around.stray_told();
    return Got::rejection;
}

// --- Within a value ---

void ReportReader::Impl::begin_value(model::JobReport& report) {
    m_state = State::in_value;
    m_begin = m_pos;
    m_carried = 0;
    m_oversized = false;
    if (m_around.expects_report()) {
        m_parser.handler().begin_report(report, m_limits.depth, m_around.is_open_ground());
    } else {
        m_parser.handler().begin_ignored();
    }
    m_parser.begin();
}

ReportReader::Impl::Step ReportReader::Impl::parse(model::JobReport& report,
                                                   model::Rejection& rejection) {
    m_parser.handler().move_to(report);
    std::size_t used = 0;
    auto step = ValueParser::Step::more;
    if (m_pos < m_text.size()) step = m_parser.write(m_text.substr(m_pos), used);
    const std::size_t reached = m_pos + used;
    if (step == ValueParser::Step::more) {
        if (!m_finished) return suspend(report);
        step = m_parser.finish();
    }
    switch (step) {
        case ValueParser::Step::complete:
            return end_value(reached, rejection);
        case ValueParser::Step::envelope:
            m_pos = reached;
            enter_list();
            return {};
        default:
            break_value(reached, m_parser.problem());
            return {};
    }
}

ReportReader::Impl::Step ReportReader::Impl::suspend(model::JobReport& report) {
    if (m_carried == 0) {
        m_carry.clear();
        m_value_mark = mark_at(m_begin);
    }
    const std::string_view piece = m_text.substr(m_begin);
    m_carried += piece.size();
    if (!m_oversized) m_carry += piece;
    if (!m_oversized && m_carried > m_limits.report_bytes) {
        m_oversized = true;
        m_parser.handler().ignore_rest();
        m_carry.resize(std::min(m_carry.size(), m_limits.kept_body));
        m_carry.shrink_to_fit();
    }
    m_pos = m_begin = m_text.size();
    std::swap(report, m_partial);
    return Got::need_more;
}

ReportReader::Impl::Step ReportReader::Impl::end_value(std::size_t end,
                                                       model::Rejection& rejection) {
    m_state = State::between;
    m_pos = end;
    if (!m_around.expects_report()) {
        m_around.value_ended();
        return {};
    }
    ReportHandler& handler = m_parser.handler();
    const std::string_view piece = without_blanks_behind(m_text.substr(m_begin, end - m_begin));
    const bool too_long = m_oversized || m_carried + piece.size() > m_limits.report_bytes;
    const bool good = handler.settle() && !too_long;
    if (!good) {
        rejection.reason = reason(too_long);
        rejection.body = body_until(m_begin + piece.size());
        rejection.line = m_carried > 0 ? m_value_mark.line : mark_at(m_begin).line;
        rejection.is_json = true;
    }
    m_around.value_ended();
    return good ? Got::report : Got::rejection;
}

void ReportReader::Impl::enter_list() {
    m_head_mark = m_carried > 0 ? m_value_mark : mark_at(m_begin);
    m_head = body_until(m_pos + 1).substr(0, kept_head);
    m_pos = std::min(m_pos + 1, m_text.size());  // the `[`
    m_state = State::between;
    m_around.enter_list();
}

// --- After a syntax error ---

// The value that began at m_begin, or in an earlier piece, is broken: goes back to where it began.
void ReportReader::Impl::break_value(std::size_t error, std::string problem) {
    if (m_carried > 0 && !m_oversized) {
        error += m_carry.size() - m_begin;
        m_carry += m_text.substr(m_begin);
        std::swap(m_owned, m_carry);
        m_text = m_owned;
        m_mark = m_value_mark;
        m_begin = m_marked = 0;
    }
    const LineMark begin = m_oversized ? m_value_mark : mark_at(m_begin);
    if (m_state == State::in_value && !m_oversized) error = blame(m_text, m_begin, error, problem);
    const std::string_view broken = m_text.substr(m_begin, error - m_begin);
    // Of an oversized value only the front is at hand: what it holds is lost with it.
    const bool go_back = !m_oversized && broken.size() <= m_limits.report_bytes;
    m_pos = go_back ? m_begin : error;
    m_scan.begin(begin.indent, m_limits.kept_body,
                 m_oversized ? m_carry : broken.substr(0, go_back ? 0 : std::string_view::npos));
    if (go_back) {
        LineMark place_of_error = begin;
        place_of_error.advance(broken);
        if (problem.empty())
            problem = error < m_text.size() ? unexpected(m_text[error]) : "unexpected character";
        m_broken.reason = syntax_reason(problem, place_of_error);
    } else {
        m_broken.reason = fmt::format("not JSON: a syntax error in a value longer than {} bytes",
                                      m_limits.report_bytes);
    }
    m_broken.line = begin.line;
    m_broken.is_json = false;
    m_around.lose();
    m_state = State::resuming;
}

void ReportReader::Impl::break_here() {
    m_begin = m_pos;
    m_carried = 0;
    m_oversized = false;
    break_value(m_pos, unexpected(m_text[m_pos]));
}

ReportReader::Impl::Step ReportReader::Impl::resume(model::Rejection& rejection) {
    m_pos += m_scan.pass(m_text.substr(m_pos));
    if (m_pos == m_text.size() && !m_finished) return Got::need_more;
    m_broken.body = m_scan.take_body();
    rejection = std::move(m_broken);
    m_state = State::between;
    return Got::rejection;
}

// --- Where things are ---

std::string ReportReader::Impl::reason(bool too_long) {
    const ReportHandler& handler = m_parser.handler();
    std::string place = m_around.place();
    if (!too_long) {
        if (!place.empty() && !handler.problem_member().empty()) place += '.';
        place += handler.problem_member();
    }
    if (!place.empty()) place += ": ";
    return place + (too_long ? fmt::format("longer than {} bytes", m_limits.report_bytes)
                             : handler.problem());
}

std::string ReportReader::Impl::body_until(std::size_t end) const {
    std::string body = m_carried > 0 ? m_carry.substr(0, m_limits.kept_body) : std::string();
    const std::size_t room = m_limits.kept_body - std::min(body.size(), m_limits.kept_body);
    body += m_text.substr(m_begin, std::min(end - m_begin, room));
    return body;
}

const LineMark& ReportReader::Impl::mark_at(std::size_t offset) {
    if (offset > m_marked) m_mark.advance(m_text.substr(m_marked, offset - m_marked));
    m_marked = std::max(m_marked, offset);
    return m_mark;
}

// --- The public face ---

ReportReader::ReportReader(Limits limits) : m_impl(std::make_unique<Impl>(limits)) {}
ReportReader::~ReportReader() = default;
ReportReader::ReportReader(ReportReader&&) noexcept = default;
ReportReader& ReportReader::operator=(ReportReader&&) noexcept = default;
void ReportReader::feed(std::string_view bytes) {
    m_impl->feed(bytes);
}
void ReportReader::finish() {
    m_impl->finish();
}
ReportReader::Got ReportReader::next(model::JobReport& report, model::Rejection& rejection) {
    return m_impl->next(report, rejection);
}

}  // namespace jobtally::wire
