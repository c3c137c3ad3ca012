// What the reports stand in: nothing, an array, or the `items` of the platform's list; and which
// marks belong there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally::wire {

class Surroundings {
  public:
    // What a byte between values is, blanks apart.
    enum class Mark : std::uint8_t {
        passed,   // a mark in its place
        array,    // `[`: an array of reports begins
        value,    // a value begins
        stray,    // a mark out of place, or `{` where a comma is missing: reports can be read on
                  // behind it
        garbage,  // what follows can't be made sense of
    };

    Mark take(char byte);
    // A value that was announced by take() has ended.
    void value_ended();
    // The value that was announced has turned out to be a list, up to and with the `[` of its
    // items.
    void enter_list();
    // After a syntax error: we may be anywhere in what we were in. Its marks are passed over from
    // now on.
    void lose();
    // A stray mark was told: nothing is open any more, and other such marks are passed over from
    // now on.
    void stray_told();

    // The value that was announced is meant to be a report, not the tail of a list.
    bool expects_report() const { return m_expect < Expect::tail; }
    // Nothing is open; a list may begin here.
    bool is_open_ground() const { return m_container == Container::none; }
    // At the end of the input: what is not closed (`an array`); empty where nothing is, or where
    // a syntax error has been told already.
    std::string_view unclosed() const;
    // `[2]`, `items[2]`, or nothing. Nor behind a syntax error: nobody knows how many were passed
    // over.
    std::string place() const;

  private:
    enum class Container : std::uint8_t { none, array, list };
    enum class Expect : std::uint8_t {
        value,
        value_or_end,  // behind `[`
        comma_or_end,  // behind an item
        tail,          // behind the `]` of a list or one of its members: `,` or `}`
        tail_key,
        tail_colon,
        tail_value,
    };

    Mark separator(char byte);
    Mark closer(char byte);
    void close();
    bool is_lenient() const { return m_lost != Container::none; }

    Container m_container = Container::none;
    Expect m_expect = Expect::value;
    Container m_lost = Container::none;  // what we were in at a syntax error
    std::uint64_t m_index = 0;           // of the next item
};

}  // namespace jobtally::wire
