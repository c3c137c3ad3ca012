// Reading on after a syntax error: where in damaged input a report may begin nonetheless.
#pragma once

#include "core/model/outcome.hpp"
#include "core/wire/value_parser.hpp"
#include "core/wire/window.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace jobtally::wire {

// `read` was understood as JSON, and what follows it was not. If a text was torn and a report glued
// to it (`"SUC{"id"`), the text ends at the report's first quote or line break: the offset of the
// `{` before that. Never 0.
std::optional<std::size_t> report_glued_to_text(std::string_view read);

// What input is that begins with `front`, and never JSON: `compressed with gzip; ...`, with the
// cure; empty where it is not known. `may_become` is true where more bytes are needed to tell.
struct OtherFormat {
    std::string_view what;
    bool may_become = false;
};
OtherFormat other_format(std::string_view front);

// Passes over what is broken, which becomes the body of one rejection, up to the next place where a
// report can begin:
// - a line that begins with `{` and is indented no deeper than the line where the broken value
//   began;
// - any `{` behind the error, or where the broken value could not have an object, if from there an
//   object is whole and has what a report must have, or a list begins.
// An object within another one is therefore no report, unless it stands where nothing but damage
// can have put it. Takes linear time. It has the window and the parser to itself meanwhile.
class Salvage {
  public:
    Salvage(const Limits& limits, Window& window, ValueParser& parser);

    // The window's open value is broken; so many bytes of it were understood. Its line is indented
    // by `indent`.
    void begin(model::Rejection rejection, std::uint64_t indent, std::size_t understood);
    // To be called after begin(): what is broken is this, and its lines do not matter.
    void begin_other_format(std::string_view what);
    // True when the window's rest begins where a report can, or `ended` and nothing is left; false
    // where it takes more input to go on.
    bool find_report(bool ended);
    // What was passed over. To be called once, after that.
    model::Rejection take();

    bool is_trying() const { return m_is_trying; }

  private:
    void pass_over(std::size_t understood, bool is_whole);
    void keep(std::string_view bytes);
    bool begins_line();
    bool is_worth_a_try() const;
    void begin_trial(bool may_be_list);
    bool judge(ValueParser::Step step);

    const Limits& m_limits;
    Window& m_window;
    ValueParser& m_parser;
    model::Rejection m_broken;
    bool m_is_trying = false;  // the window's open value is parsed to see what it is
    bool m_ignores_lines = false;
    std::uint64_t m_last_line = 0;    // the last one that surely belongs to the broken value
    std::uint64_t m_last_indent = 0;  // how far its first line is indented
    // Places in the input: a `{` is tried from here on, and at these before it.
    std::uint64_t m_try_from = 0;
    std::array<std::optional<std::uint64_t>, 2> m_try_at;
};

}  // namespace jobtally::wire
