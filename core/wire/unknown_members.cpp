#include "core/wire/unknown_members.hpp"

#include "core/base/json_text.hpp"

namespace jobtally::wire {

void UnknownMembers::key(std::string_view name) {
    if (m_text.back() != '{') m_text += ',';
    append_json_string(m_text, name);
    m_text += ':';
}

void UnknownMembers::text(std::string_view value) {
    separate();
    append_json_string(m_text, value);
}

void UnknownMembers::literal(std::string_view value) {
    separate();
    m_text += value;
}

void UnknownMembers::open_definition() {
    m_definition_start = m_text.size();
    key("definition");
    m_text += '{';
}

void UnknownMembers::close_definition() {
    if (m_text.back() == '{') {
        m_text.resize(m_definition_start);
    } else {
        m_text += '}';
    }
}

void UnknownMembers::take(std::string& out) {
    if (m_text.size() == 1) {
        out.clear();
    } else {
        m_text += '}';
        out.swap(m_text);
    }
}

// A value within an array needs a comma unless it is the first; one of a member stands behind its
// colon.
void UnknownMembers::separate() {
    const char last = m_text.back();
    if (last != '{' && last != '[' && last != ':') m_text += ',';
}

}  // namespace jobtally::wire
