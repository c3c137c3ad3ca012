#include "core/base/prometheus_text.hpp"

namespace jobtally {

void PrometheusText::family(std::string_view name, std::string_view type, std::string_view help) {
    m_name = name;
    for (const auto part :
         {std::string_view("# HELP "), name, std::string_view(" "), help,
          std::string_view("\n# TYPE "), name, std::string_view(" "), type, std::string_view("\n")})
        m_text += part;
}

void PrometheusText::sample(const Labels& labels, std::string_view value, std::string_view suffix) {
    m_text.append(m_name).append(suffix);
    char before = '{';
    for (const auto& [name, text] : labels) {
        m_text.append(1, before).append(name).append("=\"");
        for (const char c : text) {
            if (c == '\\' || c == '"') m_text += '\\';
            c == '\n' ? m_text += "\\n" : m_text += c;
        }
        m_text += '"';
        before = ',';
    }
    if (!labels.empty()) m_text += '}';
    m_text.append(" ").append(value).append("\n");
}

}  // namespace jobtally
