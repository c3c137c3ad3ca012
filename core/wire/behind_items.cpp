#include "core/wire/behind_items.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace jobtally::wire {

void BehindItems::take(bool is_name, std::string_view text, std::string_view scalar) {
    keep(!is_name ? "" : m_members.empty() ? "{" : ",");
    keep(text);
    if (is_name) {
        keep(":");
        m_name = scalar;
        m_has[0] |= scalar == "id";
        m_has[1] |= scalar == "status";
        m_has[2] |= scalar == "created_at";
        m_is_odd |= scalar == "items" || m_has == std::array{true, true, true};
    } else if (m_name == "total" && !scalar.empty()) {
        std::int64_t total = 0;
        const char* const end = scalar.data() + scalar.size();
        const auto [stop, error] = std::from_chars(scalar.data(), end, total);
        if (error == std::errc{} && stop == end && total >= 0) m_total = total;
    }
}

std::string BehindItems::take_members() {
    m_is_odd = false;
    keep("}");
    return std::exchange(m_members, {});
}

void BehindItems::keep(std::string_view text) {
    m_members += text.substr(0, m_limit - std::min(m_limit, m_members.size()));
}

}  // namespace jobtally::wire
