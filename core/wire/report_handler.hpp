// Turns the events of Boost.JSON's parser into a report, and finds what is wrong with it.
#pragma once

#include "core/wire/report_draft.hpp"
#include "core/wire/slot.hpp"
#include "core/wire/unknown_members.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/error.hpp>
#include <boost/json/string_view.hpp>

namespace jobtally::wire {

// The Handler of boost::json::basic_parser. Where the report is wrong it lets the parser go on to
// the value's end. It stops the parser only at the `[` of a list's items. UTF-8 is checked here, so
// that a problem names its member, and not by the parser.
class ReportHandler {
  public:
    using error_code = boost::json::error_code;
    using string_view = boost::json::string_view;
    static constexpr std::size_t max_object_size = SIZE_MAX;
    static constexpr std::size_t max_array_size = SIZE_MAX;
    static constexpr std::size_t max_key_size = SIZE_MAX;
    static constexpr std::size_t max_string_size = SIZE_MAX;

    // The report that is filled from here on: see ReportDraft.
    void fill(model::JobReport& report) { m_draft.fill(report); }
    // Makes ready for a report of at most `depth` levels, or for a list of reports.
    void begin_report(int depth, bool may_be_list);
    // What comes of the value from here on is of no interest.
    void ignore_rest();

    bool complete() const { return m_complete; }
    bool is_list() const { return m_is_list; }
    // The member `total` of a list, where it came before the items.
    std::optional<std::int64_t> total() const { return m_total; }
    // The text or number that a value of no interest was; empty for all others.
    const std::string& scalar() const { return m_scalar; }
    // To be called after the value's end. False if it is not an acceptable report; draft() then
    // says why.
    bool settle();
    const ReportDraft& draft() const { return m_draft; }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&);
    bool on_object_end(std::size_t, error_code&);
    bool on_array_begin(error_code& ec);
    bool on_array_end(std::size_t, error_code&);
    bool on_key_part(string_view s, std::size_t, error_code&) { return gather(s); }
    bool on_key(string_view s, std::size_t, error_code&);
    bool on_string_part(string_view s, std::size_t, error_code&) { return gather(s); }
    bool on_string(string_view s, std::size_t, error_code&);
    bool on_number_part(string_view s, error_code&) { return gather(s); }
    bool on_int64(std::int64_t value, string_view s, error_code&);
    bool on_uint64(std::uint64_t, string_view s, error_code&) { return number(whole(s)); }
    bool on_double(double, string_view s, error_code&) { return number(whole(s)); }
    bool on_bool(bool value, error_code&);
    bool on_null(error_code&);
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }

  private:
    bool gather(string_view s);
    std::string_view whole(string_view s);
    void enter_member(std::string_view key);
    void take_text(std::string_view text);
    bool number(std::string_view text);
    bool literal(std::string_view text, std::string_view kind);
    bool scalar_done();
    void refuse(std::string problem);
    void wrong_type(std::string_view got);
    void check_depth();
    bool check_utf8(std::string_view text, std::string_view what);

    ReportDraft m_draft;
    UnknownMembers m_unknown;
    Slot m_slot = Slot::root;
    std::string m_unknown_key;  // the member's name, where m_slot is `unknown`
    int m_depth = 0;
    int m_level = 0;  // the depth whose keys are known: 1 the report, 2 its definition
    int m_deepest = 0;
    bool m_may_be_list = false;
    bool m_is_list = false;
    bool m_complete = false;
    std::optional<std::int64_t> m_total;
    std::string m_scalar;
    bool m_gathering = false;  // m_gathered holds the first part of a text or number
    std::string m_gathered;
};

}  // namespace jobtally::wire
