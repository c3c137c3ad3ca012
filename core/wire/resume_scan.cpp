// Finds the next line that can begin a report, in one pass over pieces of any size.
#include "core/wire/resume_scan.hpp"

#include <algorithm>

namespace jobtally::wire {

std::string_view without_blanks_behind(std::string_view bytes) {
    return bytes.substr(0, bytes.find_last_not_of(" \t\r\n") + 1);
}

void ResumeScan::begin(std::uint64_t indent, std::size_t kept_body, std::string_view seen) {
    m_limit = indent;
    m_at_indent = false;
    m_kept_body = kept_body;
    m_body.clear();
    keep(seen);
}

std::size_t ResumeScan::pass(std::string_view bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        const char byte = bytes[at];
        if (!m_at_indent) {
            at = std::min(bytes.find('\n', at), bytes.size() - 1) + 1;
            m_at_indent = bytes[at - 1] == '\n';
            m_indent = 0;
        } else if (byte == ' ' || byte == '\t') {
            ++m_indent;
            ++at;
        } else if (byte == '{' && m_indent <= m_limit) {
            break;
        } else {
            m_at_indent = false;
        }
    }
    keep(bytes.substr(0, at));
    return at;
}

std::string ResumeScan::take_body() {
    m_body.resize(without_blanks_behind(m_body).size());
    return std::move(m_body);
}

void ResumeScan::keep(std::string_view bytes) {
    m_body += bytes.substr(0, m_kept_body - std::min(m_kept_body, m_body.size()));
}

}  // namespace jobtally::wire
