// Where the reader is between two values: at the top level, in an array of reports, or in the
// `items` of the platform's list; and which punctuation may follow there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally::wire {

class Surroundings {
  public:
    // What a byte between values means.
    enum class Mark : std::uint8_t {
        passed,   // punctuation that is allowed here
        array,    // `[`: an array of reports begins
        value,    // a value begins
        stray,    // punctuation that is not allowed here, or `{` where a comma is missing; reports
                  // can be read on after it
        garbage,  // nothing that follows can be understood
    };

    // `byte` must not be a blank.
    Mark take(char byte);
    // The value that take() announced has ended.
    void value_ended();
    // The value that take() announced turned out to be a list; the `[` of its items was read.
    void enter_list();
    // There was a syntax error. From now on the punctuation of the array or list is passed over,
    // since nobody knows where in it the reader goes on.
    void lose();
    // A stray mark was reported. The array or list counts as left, and more such marks are passed
    // over.
    void stray_told();

    // The value that take() announced should be a report, and not a later member of a list.
    bool expects_report() const { return m_expect < Expect::tail; }
    // The value that take() announced is the name of a later member of a list.
    bool expects_name() const { return m_expect == Expect::tail_key; }
    // The reader is at the top level, where a list may begin.
    bool is_open_ground() const { return m_container == Container::none; }
    // A syntax error was reported in an array or a list, and another one has not begun since.
    bool is_damaged() const { return m_lost != Container::none; }
    // At the end of the input: what is not closed (`an array`). Empty where everything is closed,
    // or a syntax error was reported before.
    std::string_view unclosed() const;
    // `[2]` or `items[2]`. Empty at the top level, and after a syntax error, when the number of
    // items that were passed over is not known.
    std::string place() const;

  private:
    enum class Container : std::uint8_t { none, array, list };
    enum class Expect : std::uint8_t {
        value,
        value_or_end,  // after `[`
        comma_or_end,  // after an item
        tail,          // `,` or `}`: after the `]` of a list's items or a later member
        tail_key,
        tail_colon,
        tail_value,
    };

    Mark separator(char byte);
    Mark closer(char byte);
    void close();

    Container m_container = Container::none;
    Expect m_expect = Expect::value;
    Container m_lost = Container::none;  // the one in which a syntax error occurred
    std::uint64_t m_index = 0;           // of the next item
};

}  // namespace jobtally::wire
