// The rules for the members of a report: types, counts, times, what is required, what contradicts.
#include "core/wire/report_handler.hpp"

#include "core/base/json_text.hpp"
#include "core/base/text.hpp"
#include "core/time/rfc3339.hpp"
#include "core/wire/count_text.hpp"

#include <cstring>

namespace jobtally::wire {

namespace {

constexpr std::size_t shown_width = 40;

// Not named quoted: newer standard libraries would offer std::quoted in its place.
std::string in_quotes(std::string_view text) {
    // Cut before it is made visible: the text may be as long as a report.
    return '"' + shorten(visible(text.substr(0, 4 * shown_width)), shown_width) + '"';
}

std::uint64_t load_eight(const char* from) {
    std::uint64_t eight;
    std::memcpy(&eight, from, sizeof eight);
    return eight;
}

inline bool is_ascii(std::string_view text) {
    std::uint64_t seen = 0;
    if (text.size() >= 8) {
        const char* const last = text.data() + text.size() - 8;
        for (const char* at = text.data(); at < last; at += 8) seen |= load_eight(at);
        seen |= load_eight(last);
    } else {
        for (const char byte : text) seen |= static_cast<unsigned char>(byte);
    }
    return (seen & 0x8080808080808080U) == 0;
}

void assign(std::optional<std::string>& text, std::string_view value) {
    if (!text) text.emplace();
    text->assign(value);
}

}  // namespace

void ReportHandler::begin_report(int depth, bool may_be_envelope) {
    m_report->unknown_members.assign(1, '{');
    m_slot = Slot::root;
    m_gathering = m_complete = m_is_envelope = m_at_items = false;
    m_may_be_envelope = may_be_envelope;
    m_depth = m_level = 0;
    m_deepest = depth;
    m_given = m_filled = 0;
    if (m_problem.empty()) return;
    m_problem.clear();
    m_problem_member.clear();
}

void ReportHandler::begin_ignored() {
    m_slot = Slot::ignored;
    m_gathering = m_complete = m_is_envelope = m_may_be_envelope = false;
    m_depth = 0;
    m_level = -1;
    m_problem.clear();
    m_problem_member.clear();
}

void ReportHandler::ignore_rest() {
    m_slot = Slot::ignored;
    m_may_be_envelope = false;
    m_level = -1;
    m_gathered.clear();
}

bool ReportHandler::settle() {
    if (m_problem.empty()) {
        for (const Slot slot : {Slot::id, Slot::status, Slot::created_at})
            if (!(m_filled & bit(slot))) refuse(std::string(name_of(slot)), "missing");
    }
    if (!m_problem.empty()) return false;
    model::JobReport& report = *m_report;
    if (!(m_filled & bit(Slot::updated_at))) report.updated_at.reset();
    if (!(m_filled & bit(Slot::total_operations))) report.total_operations.reset();
    if (!(m_filled & bit(Slot::total_succeeded))) report.total_succeeded.reset();
    if (!(m_filled & bit(Slot::total_failed))) report.total_failed.reset();
    if (!(m_filled & bit(Slot::definition_id))) report.definition_id.reset();
    if (!(m_filled & bit(Slot::definition_name))) report.definition_name.reset();
    if (!(m_filled & bit(Slot::type))) report.type.reset();
    merge_nested(Slot::nested_id, report.definition_id, "definition_id");
    merge_nested(Slot::nested_name, report.definition_name, "definition_name");
    if (!report.type && (m_filled & bit(Slot::nested_type))) assign(report.type, m_nested[2]);
    std::string& unknown = report.unknown_members;
    if (unknown.size() == 1) {
        unknown.clear();
    } else {
        unknown += '}';
    }
    return m_problem.empty();
}

bool ReportHandler::on_object_begin(error_code&) {
    ++m_depth;
    check_depth();
    switch (m_slot) {
        case Slot::ignored:
            break;
        case Slot::root:
            m_level = 1;
            break;
        case Slot::definition:
            open_definition();
            break;
        case Slot::unknown:
            separate();
            m_report->unknown_members += '{';
            break;
        default:
            wrong_type("an object");
    }
    return true;
}

bool ReportHandler::on_object_end(std::size_t, error_code&) {
    if (m_depth == m_level) {
        if (m_level == 2) close_definition();
        --m_level;
    } else if (m_slot == Slot::unknown) {
        m_report->unknown_members += '}';
    }
    m_complete = --m_depth == 0;
    return true;
}

bool ReportHandler::on_array_begin(error_code& ec) {
    ++m_depth;
    if (m_at_items && m_may_be_envelope && m_depth == 2) {
        m_is_envelope = true;
        ec = boost::json::error::incomplete;  // any error stops the parser
        return false;
    }
    check_depth();
    if (m_slot == Slot::unknown) {
        separate();
        m_report->unknown_members += '[';
    } else if (m_slot != Slot::ignored) {
        wrong_type("an array");
    }
    return true;
}

bool ReportHandler::on_array_end(std::size_t, error_code&) {
    if (m_slot == Slot::unknown) m_report->unknown_members += ']';
    m_complete = --m_depth == 0;
    return true;
}

bool ReportHandler::on_key(string_view s, std::size_t, error_code&) {
    const std::string_view key = whole(s);
    if (m_depth == m_level) {
        enter_member(key);
    } else if (m_slot == Slot::unknown && check_utf8(key, true)) {
        write_key(key);
    }
    return true;
}

bool ReportHandler::on_string(string_view s, std::size_t, error_code&) {
    const std::string_view text = whole(s);
    if (m_slot != Slot::ignored && (is_ascii(text) || check_utf8(text, false))) take_text(text);
    scalar_done();
    return true;
}

bool ReportHandler::on_int64(std::int64_t value, string_view s, error_code&) {
    if (is_count(m_slot) && value >= 0 && !m_gathering && s.front() != '-') {
        take_count(value);
        return true;
    }
    return number(whole(s));
}

bool ReportHandler::number(std::string_view text) {
    if (m_slot == Slot::unknown) {
        write_scalar(text);
    } else if (is_count(m_slot)) {
        const auto count = count_of(text);
        if (count) {
            take_count(*count);
        } else {
            refuse(member_name(), count.error().reason);
        }
    } else if (m_slot == Slot::id && is_integer(text)) {
        take_text(text);
    } else if (m_slot != Slot::ignored) {
        wrong_type("a number");
    }
    scalar_done();
    return true;
}

bool ReportHandler::on_bool(bool value, error_code&) {
    if (m_slot == Slot::unknown) {
        write_scalar(value ? "true" : "false");
    } else if (m_slot != Slot::ignored) {
        wrong_type(value ? "true" : "false");
    }
    scalar_done();
    return true;
}

bool ReportHandler::on_null(error_code&) {
    if (m_slot == Slot::root) {
        wrong_type("null");
    } else if (m_slot == Slot::unknown || m_slot == Slot::nested_type) {
        write_scalar("null");
    }
    scalar_done();
    return true;
}

bool ReportHandler::gather(string_view s) {
    if (!m_gathering) m_gathered.clear();
    m_gathering = true;
    if (m_slot != Slot::ignored || m_depth == m_level) m_gathered.append(s.data(), s.size());
    return true;
}

std::string_view ReportHandler::whole(string_view s) {
    if (!m_gathering) return {s.data(), s.size()};
    gather(s);
    m_gathering = false;
    return m_gathered;
}

void ReportHandler::enter_member(std::string_view key) {
    m_slot = m_level == 1 ? slot_of_member(key) : slot_of_nested(key);
    m_at_items = false;
    if (m_slot == Slot::unknown) {
        m_unknown_key.assign(key);
        m_at_items = m_level == 1 && key == "items";
        if (check_utf8(key, true)) write_key(key);
        return;
    }
    m_may_be_envelope = false;
    if (m_given & bit(m_slot)) {
        refuse(member_name(), "given twice");
        m_slot = Slot::ignored;
        return;
    }
    m_given |= bit(m_slot);
    if (m_slot == Slot::nested_type) write_key(key);
}

void ReportHandler::take_text(std::string_view text) {
    switch (m_slot) {
        case Slot::id:
        case Slot::status:
            if (text.empty()) return refuse(member_name(), "empty");
            (m_slot == Slot::id ? m_report->id : m_report->status).assign(text);
            break;
        case Slot::type:
            assign(m_report->type, text);
            break;
        case Slot::definition_id:
            assign(m_report->definition_id, text);
            break;
        case Slot::definition_name:
            assign(m_report->definition_name, text);
            break;
        case Slot::created_at:
        case Slot::updated_at:
            return take_time(text);
        case Slot::nested_type:
            separate();
            append_json_string(m_report->unknown_members, text);
            [[fallthrough]];
        case Slot::nested_id:
        case Slot::nested_name:
            m_nested[static_cast<std::size_t>(m_slot) - static_cast<std::size_t>(Slot::nested_id)]
                .assign(text);
            break;
        case Slot::unknown:
            separate();
            append_json_string(m_report->unknown_members, text);
            return;
        default:
            return wrong_type("a string");
    }
    m_filled |= bit(m_slot);
}

void ReportHandler::take_count(std::int64_t value) {
    m_filled |= bit(m_slot);
    if (m_slot == Slot::total_operations) m_report->total_operations = value;
    if (m_slot == Slot::total_succeeded) m_report->total_succeeded = value;
    if (m_slot == Slot::total_failed) m_report->total_failed = value;
}

void ReportHandler::take_time(std::string_view text) {
    const auto at = time::parse_rfc3339(text);
    if (!at) return refuse(member_name(), at.error().reason);
    m_filled |= bit(m_slot);
    if (m_slot == Slot::created_at) {
        m_report->created_at = *at;
    } else {
        m_report->updated_at = *at;
    }
}

void ReportHandler::wrong_type(std::string_view got) {
    std::string_view wanted = "a string";
    if (is_count(m_slot)) wanted = "a count";
    if (m_slot == Slot::id) wanted = "a string or an integer";
    if (m_slot == Slot::definition || m_slot == Slot::root) wanted = "an object";
    refuse(m_slot == Slot::root ? "" : member_name(),
           "expected " + std::string(wanted) + ", got " + std::string(got));
    m_slot = Slot::ignored;
}

void ReportHandler::refuse(std::string member, std::string problem) {
    if (!m_problem.empty()) return;
    m_problem_member = std::move(member);
    m_problem = std::move(problem);
}

void ReportHandler::check_depth() {
    if (m_depth <= m_deepest || m_slot == Slot::ignored) return;
    refuse(m_slot == Slot::root ? "" : member_name(),
           "nested deeper than " + std::to_string(m_deepest) + " levels");
    m_slot = Slot::ignored;
}

bool ReportHandler::check_utf8(std::string_view text, bool is_key) {
    if (is_ascii(text) || is_utf8(text)) return true;
    refuse(
        m_slot == Slot::root ? "" : member_name(),
        is_key ? "a name that is not UTF-8: " + in_quotes(text) : "not UTF-8: " + in_quotes(text));
    m_slot = Slot::ignored;
    return false;
}

std::string ReportHandler::member_name() const {
    if (m_slot != Slot::unknown) return std::string(name_of(m_slot));
    const std::string key = shorten(visible(m_unknown_key), shown_width);
    return m_level == 2 ? "definition." + key : key;
}

void ReportHandler::open_definition() {
    m_level = 2;
    m_definition_start = m_report->unknown_members.size();
    write_key("definition");
    m_report->unknown_members += '{';
}

void ReportHandler::close_definition() {
    std::string& unknown = m_report->unknown_members;
    if (unknown.back() == '{') {
        unknown.resize(m_definition_start);
    } else {
        unknown += '}';
    }
    m_slot = Slot::ignored;
}

void ReportHandler::merge_nested(Slot nested, std::optional<std::string>& flat,
                                 std::string_view flat_name) {
    if (!(m_filled & bit(nested))) return;
    const std::string& value =
        m_nested[static_cast<std::size_t>(nested) - static_cast<std::size_t>(Slot::nested_id)];
    if (!flat) {
        assign(flat, value);
    } else if (*flat != value) {
        refuse(std::string(name_of(nested)), in_quotes(value) + " contradicts " +
                                                 std::string(flat_name) + " " + in_quotes(*flat));
    }
}

// A value within an array needs a comma unless it is the first; one of a member stands behind its
// `:`.
void ReportHandler::separate() {
    const char last = m_report->unknown_members.back();
    if (last != '{' && last != '[' && last != ':') m_report->unknown_members += ',';
}

void ReportHandler::write_key(std::string_view key) {
    if (m_report->unknown_members.back() != '{') m_report->unknown_members += ',';
    append_json_string(m_report->unknown_members, key);
    m_report->unknown_members += ':';
}

void ReportHandler::write_scalar(std::string_view text) {
    separate();
    m_report->unknown_members += text;
}

}  // namespace jobtally::wire
