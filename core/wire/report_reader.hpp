// Reads job reports from a stream of bytes in any shape the platform or a user has them, in
// constant memory.
#pragma once

#include "core/model/outcome.hpp"
#include "core/model/report.hpp"
#include "core/wire/surroundings.hpp"
#include "core/wire/value_parser.hpp"
#include "core/wire/window.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jobtally::wire {

struct Limits {
    std::size_t report_bytes = 1 << 20;  // a longer report is rejected
    std::size_t kept_body = 64 << 10;    // how much of the body a rejection keeps
    int depth = 32;  // levels of nesting within a report, itself included; at most 128 make sense
};

// The input is one report, several (one a line or joined in any way), an array of them, or the
// platform's list: an object with an array `items` and no known member of a report before it. What
// comes out is the same in whatever pieces the input is fed, with one exception: a value that is no
// JSON and just about as long as the limit may be rejected for either.
//
// JSON that is no acceptable report is one rejection, and so is each syntax error. After a syntax
// error the reader goes back to where the broken value began, and passes over everything up to the
// next line that begins with `{` and is indented no deeper than the line where that value began.
// What is passed over is the body of the rejection. In an array or a list the punctuation between
// values is then passed over silently. Punctuation that is not allowed between two values is
// rejected once, and nothing else is passed over for it.
//
// Memory is bounded by Limits::report_bytes and the size of the pieces. One thread at a time.
class ReportReader {
  public:
    explicit ReportReader(Limits limits = {});

    enum class Got { report, rejection, need_more, end };

    // More input, which is copied. Call it before the first next() and when next() says need_more.
    void feed(std::string_view bytes);
    // There is no more input: what is incomplete is rejected.
    void finish() { m_finished = true; }
    // Fills `report` (its strings keep their capacity) or `rejection`, and says which.
    Got next(model::JobReport& report, model::Rejection& rejection);

  private:
    enum class State : std::uint8_t { between, in_value, resuming };
    // What next() returns; nothing where it has to go on.
    using Step = std::optional<Got>;

    Step between(model::Rejection& rejection);
    Step at_end(model::Rejection& rejection);
    Step stray(model::Rejection& rejection);
    void begin_value();
    Step parse(model::Rejection& rejection);
    Step end_value(model::Rejection& rejection);
    void enter_list();
    void break_value(std::string problem);
    Step resume(model::Rejection& rejection);
    bool can_resume();
    std::string reason(bool too_long);

    const Limits m_limits;
    Window m_window;
    ValueParser m_parser;
    Surroundings m_around;
    State m_state = State::between;
    bool m_finished = false;
    model::JobReport m_unfinished;  // filled so far by a value whose rest has not come yet
    std::string m_head;             // the front of the array or list, for its rejection
    std::uint64_t m_head_line = 0;
    model::Rejection m_broken;        // what is passed over after a syntax error
    std::uint64_t m_last_line = 0;    // the last one that surely belongs to the broken value
    std::uint64_t m_last_indent = 0;  // how far its first line is indented
};

}  // namespace jobtally::wire
