#include "core/time/posix_rule.hpp"

#include <algorithm>
#include <tuple>

namespace jobtally::time {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit_char(char c) {
    return c >= '0' && c <= '9';
}

// Reads the rule from its beginning to its end; each step is false where the text does not fit.
class RuleReader {
  public:
    explicit RuleReader(std::string_view text) : m_rest(text) {}

    bool at_end() const { return m_rest.empty(); }
    bool next_is(char c) const { return !m_rest.empty() && m_rest.front() == c; }

    bool skip(char c) {
        if (!next_is(c)) return false;
        m_rest.remove_prefix(1);
        return true;
    }

    // `CET` or `<+01>`.
    bool abbreviation(std::string& out) {
        const bool quoted = skip('<');
        while (!m_rest.empty() && belongs_to_name(m_rest.front(), quoted)) {
            out += m_rest.front();
            m_rest.remove_prefix(1);
        }
        return out.size() >= 3 && out.size() <= 32 && (!quoted || skip('>'));
    }

    // `-1`, `+5:30`, `2:00:00`.
    bool length(seconds& out, int most_hours) {
        const bool negative = skip('-');
        if (!negative) skip('+');
        int h = 0, m = 0, s = 0;
        if (!number(h, most_hours)) return false;
        if (skip(':') && !number(m, 59)) return false;
        if (skip(':') && !number(s, 59)) return false;
        out = hours{h} + minutes{m} + seconds{s};
        if (negative) out = -out;
        return true;
    }

    // `M3.5.0/3`, `J60`, `59`.
    bool change(YearlyChange& out) {
        if (skip('M')) {
            out.kind = YearlyChange::Kind::month_week_weekday;
            if (!number(out.month, 12) || !skip('.') || !number(out.week, 5) || !skip('.') ||
                !number(out.weekday, 6) || out.month == 0 || out.week == 0)
                return false;
        } else {
            const bool without_leap_day = skip('J');
            out.kind = without_leap_day ? YearlyChange::Kind::julian_without_leap_day
                                        : YearlyChange::Kind::day_of_year;
            if (!number(out.day, 365) || (without_leap_day && out.day == 0)) return false;
        }
        return !skip('/') || length(out.time, 167);
    }

  private:
    static bool belongs_to_name(char c, bool quoted) {
        return is_letter(c) || (quoted && (is_digit_char(c) || c == '+' || c == '-'));
    }

    bool number(int& out, int most) {
        if (m_rest.empty() || !is_digit_char(m_rest.front())) return false;
        out = 0;
        while (!m_rest.empty() && is_digit_char(m_rest.front()) && out <= most) {
            out = out * 10 + (m_rest.front() - '0');
            m_rest.remove_prefix(1);
        }
        return out <= most;
    }

    std::string_view m_rest;
};

}  // namespace

sys_seconds YearlyChange::in_year(int year) const {
    const std::chrono::year y{year};
    if (kind == Kind::month_week_weekday) {
        const std::chrono::month m{static_cast<unsigned>(month)};
        const std::chrono::weekday d{static_cast<unsigned>(weekday)};
        if (week == 5) return sys_days{y / m / d[std::chrono::last]} + time;
        return sys_days{y / m / d[static_cast<unsigned>(week)]} + time;
    }
    const sys_days first{y / 1 / 1};
    if (kind == Kind::day_of_year) return first + days{day} + time;
    return first + days{day - 1 + (y.is_leap() && day >= 60 ? 1 : 0)} + time;
}

std::optional<PosixRule> PosixRule::parse(std::string_view text) {
    RuleReader reader{text};
    PosixRule rule;
    seconds west{0};
    if (!reader.abbreviation(rule.standard.abbreviation) || !reader.length(west, 24))
        return std::nullopt;
    rule.standard.offset = -west;
    if (reader.at_end()) return rule;

    rule.summer.offset = rule.standard.offset + hours{1};
    if (!reader.abbreviation(rule.summer.abbreviation)) return std::nullopt;
    if (!reader.at_end() && !reader.next_is(',')) {
        if (!reader.length(west, 24)) return std::nullopt;
        rule.summer.offset = -west;
    }
    RuleReader changes = reader.at_end() ? RuleReader{",M3.2.0,M11.1.0"} : reader;
    rule.changes.emplace();
    if (!changes.skip(',') || !changes.change(rule.changes->to_summer) || !changes.skip(',') ||
        !changes.change(rule.changes->to_standard) || !changes.at_end())
        return std::nullopt;
    return rule;
}

PosixRule::Era PosixRule::era_at(sys_seconds at) const {
    if (!changes) return {sys_seconds::min(), sys_seconds::max(), &standard};
    // Years are told in UTC here and by the wall clock in the rule: the neighbours settle it.
    const int year =
        static_cast<int>(std::chrono::year_month_day{std::chrono::floor<days>(at)}.year());
    struct Change {
        sys_seconds at;
        bool to_summer;
    };
    std::array<Change, 6> around;
    for (int i = 0; i < 3; ++i) {
        around[2 * i] = {changes->to_summer.in_year(year - 1 + i) - standard.offset, true};
        around[2 * i + 1] = {changes->to_standard.in_year(year - 1 + i) - summer.offset, false};
    }
    // Of two at the same instant the one to summer time counts: so zones spell summer all year.
    std::sort(around.begin(), around.end(), [](const Change& a, const Change& b) {
        return std::tie(a.at, a.to_summer) < std::tie(b.at, b.to_summer);
    });
    auto next = std::find_if(around.begin(), around.end(),
                             [at](const Change& change) { return change.at > at; });
    if (next == around.begin()) ++next;
    const sys_seconds to = next == around.end() ? at + days{1} : next->at;
    const Change& last = *(next - 1);
    return {last.at, to, last.to_summer ? &summer : &standard};
}

}  // namespace jobtally::time
