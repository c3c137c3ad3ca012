#include "core/wire/surroundings.hpp"

#include <fmt/format.h>

namespace jobtally::wire {

Surroundings::Mark Surroundings::take(char byte) {
    if (byte == ',' || byte == ':') return separator(byte);
    if (byte == ']' || byte == '}') return closer(byte);
    const bool may_begin = m_expect <= Expect::value_or_end || m_expect == Expect::tail_value ||
                           (m_expect == Expect::tail_key && byte == '"');
    if (!may_begin) return byte == '{' ? Mark::stray : Mark::garbage;
    if (byte != '[' || m_container != Container::none) return Mark::value;
    m_container = Container::array;
    m_expect = Expect::value_or_end;
    m_lost = Container::none;
    m_index = 0;
    return Mark::array;
}

Surroundings::Mark Surroundings::separator(char byte) {
    if (byte == ',' && m_expect == Expect::comma_or_end) {
        m_expect = Expect::value;
    } else if (byte == ',' && m_expect == Expect::tail) {
        m_expect = Expect::tail_key;
    } else if (byte == ':' && m_expect == Expect::tail_colon) {
        m_expect = Expect::tail_value;
    } else if (byte == ':') {
        return Mark::garbage;
    } else if (!is_damaged()) {
        return Mark::stray;
    }
    return Mark::passed;
}

Surroundings::Mark Surroundings::closer(char byte) {
    const bool ends_items =
        byte == ']' && (m_expect == Expect::comma_or_end || m_expect == Expect::value_or_end);
    if (ends_items && m_container == Container::list) {
        m_expect = Expect::tail;
    } else if (ends_items || (byte == '}' && m_expect == Expect::tail)) {
        close();
    } else if (!is_damaged()) {
        return Mark::stray;
    } else if (byte == ']' && m_lost == Container::list && m_container == Container::none) {
        m_container = Container::list;
        m_expect = Expect::tail;
    }
    return Mark::passed;
}

void Surroundings::value_ended() {
    if (m_expect == Expect::tail_key) {
        m_expect = Expect::tail_colon;
    } else if (m_expect == Expect::tail_value) {
        m_expect = Expect::tail;
    } else if (m_container != Container::none) {
        m_expect = Expect::comma_or_end;
        ++m_index;
    }
}

void Surroundings::enter_list() {
    m_container = Container::list;
    m_expect = Expect::value_or_end;
    m_lost = Container::none;
    m_index = 0;
}

void Surroundings::lose() {
    if (m_container != Container::none) m_lost = m_container;
    close();
}

void Surroundings::stray_told() {
    m_lost = m_container == Container::none ? Container::array : m_container;
    close();
}

void Surroundings::close() {
    m_container = Container::none;
    m_expect = Expect::value;
}

std::string_view Surroundings::unclosed() const {
    if (m_container == Container::none || is_damaged()) return {};
    return m_container == Container::array ? "an array" : "a list of reports";
}

std::string Surroundings::place() const {
    switch (m_container) {
        case Container::array:
            return fmt::format("[{}]", m_index);
        case Container::list:
            return fmt::format("items[{}]", m_index);
        case Container::none:
            break;
    }
    return {};
}

}  // namespace jobtally::wire
