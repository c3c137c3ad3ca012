// The members of the platform's list that stand behind its items: its total, and what has no
// business to be there.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jobtally::wire {

class BehindItems {
  public:
    BehindItems() = default;
    // At most `limit` bytes are kept. `total` is that of a list that names it before its items.
    BehindItems(std::size_t limit, std::optional<std::int64_t> total)
        : m_limit(limit), m_total(total) {}

    // The next name or value, as it stands in the text; `scalar` is what it means where it is one.
    void take(bool is_name, std::string_view text, std::string_view scalar);

    std::optional<std::int64_t> total() const { return m_total; }
    // The object is a report, or has items once more.
    bool is_odd() const { return m_is_odd; }
    // The members as an object of their own, cut at the limit. Once.
    std::string take_members();

  private:
    void keep(std::string_view text);

    std::size_t m_limit = 0;
    std::optional<std::int64_t> m_total;
    std::string m_name, m_members;
    std::array<bool, 3> m_has{};  // of what a report requires: id, status, created_at
    bool m_is_odd = false;
};

}  // namespace jobtally::wire
