// Turns the events of Boost.JSON's parser into a JobReport, and finds what is wrong with it.
#pragma once

#include "core/model/report.hpp"
#include "core/wire/slot.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/error.hpp>
#include <boost/json/string_view.hpp>

namespace jobtally::wire {

// The Handler of boost::json::basic_parser. It never stops the parser for what is wrong with the
// report: the parser goes on to the value's end, the first problem is kept. It stops it only at the
// `[` of an envelope's items. UTF-8 is checked here, member by member, so the parser need not.
class ReportHandler {
  public:
    using error_code = boost::json::error_code;
    using string_view = boost::json::string_view;
    static constexpr std::size_t max_object_size = SIZE_MAX;
    static constexpr std::size_t max_array_size = SIZE_MAX;
    static constexpr std::size_t max_key_size = SIZE_MAX;
    static constexpr std::size_t max_string_size = SIZE_MAX;

    // The report that is filled from here on. It stays the caller's, who may exchange it for one
    // that is equal while a value is read.
    void fill(model::JobReport& report) { m_report = &report; }
    // Makes ready for a report of at most `depth` levels.
    void begin_report(int depth, bool may_be_envelope);
    // Makes ready for a value that is of no interest.
    void begin_ignored();
    // What comes of the value from here on is of no interest.
    void ignore_rest();

    // After the value's end: what depends on all members. False when there is a problem.
    bool settle();

    bool complete() const { return m_complete; }
    bool is_envelope() const { return m_is_envelope; }
    // The member that is wrong (`definition.name`; empty: the report as a whole) and what is wrong.
    const std::string& problem_member() const { return m_problem_member; }
    const std::string& problem() const { return m_problem; }

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
    static constexpr std::uint32_t bit(Slot slot) { return 1U << static_cast<unsigned>(slot); }

    bool gather(string_view s);
    std::string_view whole(string_view s);
    bool number(std::string_view text);
    void scalar_done() { m_complete = m_depth == 0; }

    void enter_member(std::string_view key);
    void take_text(std::string_view text);
    void take_count(std::int64_t value);
    void take_time(std::string_view text);
    void wrong_type(std::string_view got);
    void refuse(std::string member, std::string problem);
    void check_depth();
    bool check_utf8(std::string_view text, bool is_key);
    std::string member_name() const;

    void open_definition();
    void close_definition();
    void merge_nested(Slot nested, std::optional<std::string>& flat, std::string_view flat_name);

    void separate();
    void write_key(std::string_view key);
    void write_scalar(std::string_view text);

    model::JobReport* m_report = nullptr;
    Slot m_slot = Slot::root;
    bool m_gathering = false;  // m_gathered holds the first part of a text or number
    bool m_complete = false;
    bool m_may_be_envelope = false;
    bool m_is_envelope = false;
    bool m_at_items = false;  // the member of this value is `items`
    int m_depth = 0;
    int m_level = 0;  // the depth whose keys are known: 1 the report, 2 its definition
    int m_deepest = 0;
    std::uint32_t m_given = 0;   // bits of Slot: known keys that were seen
    std::uint32_t m_filled = 0;  // those of them that have a value
    std::size_t m_definition_start = 0;
    std::string m_gathered;
    std::string m_unknown_key;
    std::array<std::string, 3> m_nested;
    std::string m_problem_member;
    std::string m_problem;
};

}  // namespace jobtally::wire
