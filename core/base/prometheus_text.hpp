// The text format of Prometheus, 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jobtally {

// Families one after the other, each with its help, its type and its samples. Names are given
// whole; label values are any texts in UTF-8.
class PrometheusText {
  public:
    using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

    void family(std::string_view name, std::string_view type, std::string_view help);
    // Of the last family. `value` is a number as Prometheus reads it.
    void sample(const Labels& labels, std::string_view value, std::string_view suffix = {});
    void sample(const Labels& labels, std::int64_t value) {
        sample(labels, std::string_view(std::to_string(value)));
    }
    void counter(std::string_view name, std::int64_t value, std::string_view help) {
        family(name, "counter", help);
        sample({}, value);
    }
    void gauge(std::string_view name, std::int64_t value, std::string_view help) {
        family(name, "gauge", help);
        sample({}, value);
    }
    std::string take() { return std::move(m_text); }

  private:
    std::string m_text;
    std::string m_name;
};

}  // namespace jobtally
