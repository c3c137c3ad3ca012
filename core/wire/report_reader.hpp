// Reads job reports from a stream of bytes in any shape the platform or a user has them, in
// constant memory.
#pragma once

#include "core/model/outcome.hpp"
#include "core/model/report.hpp"
#include "core/wire/behind_items.hpp"
#include "core/wire/list_totals.hpp"
#include "core/wire/salvage.hpp"
#include "core/wire/surroundings.hpp"
#include "core/wire/utf16.hpp"
#include "core/wire/value_parser.hpp"
#include "core/wire/window.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jobtally::wire {

// The input is one report, several (one a line or joined in any way), an array of them, or the
// platform's list: an object with an array `items` and no known member of a report before it. What
// comes out is the same in whatever pieces the input is fed, with one exception: a value that is no
// JSON and just about as long as the limit may be rejected for either.
//
// JSON that is no acceptable report is one rejection, and so is each syntax error. After a syntax
// error reading goes on at the next place where a report can begin (see Salvage). What is passed
// over is the body of the rejection. In an array or a list the punctuation between values is then
// passed over silently. Punctuation that is not allowed between two values is rejected once, and
// nothing else is passed over for it.
//
// UTF-16 is read where the input begins with its byte order mark. Input that begins as some other
// format does is rejected with a reason that names it.
//
// Memory is bounded by Limits::report_bytes and the size of the pieces. One thread at a time.
class ReportReader {
  public:
    explicit ReportReader(Limits limits = {});

    enum class Got { report, rejection, need_more, end };

    // More input, which is copied. Call it before the first next() and when next() says need_more.
    void feed(std::string_view bytes) { take(m_decoder.take(bytes)); }
    // There is no more input: what is incomplete is rejected.
    void finish();
    // Of the lists that have ended and said a total.
    const ListTotals& list_totals() const { return m_totals; }
    // Fills `report` (its strings keep their capacity) or `rejection`, and says which.
    Got next(model::JobReport& report, model::Rejection& rejection);

  private:
    enum class State : std::uint8_t {
        between,
        in_value,
        value_read,  // all of it; what follows decides whether it is whole
        salvaging,   // after a syntax error
    };
    // What next() returns; nothing where it has to go on.
    using Step = std::optional<Got>;

    void take(std::string_view bytes);
    Step between(model::Rejection& rejection);
    Step look_at_front();
    Step at_end(model::Rejection& rejection);
    Step tell_tail(model::Rejection& rejection);
    Step stray(model::Rejection& rejection);
    void begin_value();
    void begin_parsing(bool may_be_list);
    Step parse(model::Rejection& rejection);
    Step read_value(model::Rejection& rejection);
    Step end_value(model::Rejection& rejection);
    void enter_list();
    void break_value(std::string problem);
    Step salvage(model::Rejection& rejection);
    std::string reason(bool too_long);
    bool end_list(model::Rejection& rejection);

    const Limits m_limits;
    Utf16Decoder m_decoder;
    Window m_window;
    ValueParser m_parser;
    Salvage m_salvage;
    Surroundings m_around;
    State m_state = State::between;
    bool m_finished = false;
    bool m_is_at_front = true;      // nothing but blanks has been read
    model::JobReport m_unfinished;  // filled so far by a value whose rest has not come yet
    std::string m_head;             // the front of the array or list, for its rejection
    std::uint64_t m_head_line = 0;
    std::string m_tail;         // what followed the items of a list, if that is not whole
    bool m_is_in_list = false;  // from its items to its end, over what is broken in it
    std::int64_t m_items = 0;
    BehindItems m_behind;
    ListTotals m_totals;
};

}  // namespace jobtally::wire
