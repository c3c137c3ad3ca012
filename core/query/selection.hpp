// Which reports a question is about, and by what they are grouped.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/reports/catalogue.hpp"
#include "core/table/result_table.hpp"
#include "core/time/buckets.hpp"
#include "core/time/zone.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jobtally::query {

struct Selection {
    time::TimeSpan span;
    store::WhichTime at = store::WhichTime::created;
    time::Zone zone;
    std::vector<std::string> definitions;  // id, name or glob, to the letter; `!x` excludes
    std::vector<std::string> types;        // without regard to case
    std::vector<std::string> statuses;     // without regard to case
    std::vector<std::string> sources;      // name or glob, to the letter; `!x` excludes
    std::int64_t min_runs =
        0;  // only definitions with so many finished reports within the rest of the selection
    // What must hold besides: that another time of the report lies within a span, or outside of it.
    struct Also {
        store::WhichTime at;
        time::TimeSpan span;
        bool is_within = true;

        bool holds(time::Instant time) const { return span.contains(time) == is_within; }
    };
    std::optional<Also> also{};
    // Only definitions whose keys are of this half-open range; for a question that is asked part by
    // part.
    std::optional<std::pair<store::DefinitionKey, store::DefinitionKey>> keys{};
    // When it is asked, where the present state is: what was created more than a minute after it,
    // or after the window's end, has a wrong clock, and neither begins nor ends a streak.
    std::optional<time::Instant> now{};

    // The last created_at, in microseconds, that is not of the future; and that was not when the
    // window began.
    std::int64_t last_created() const { return last_created_by(span.until); }
    std::int64_t last_created_before() const { return last_created_by(span.since); }

  private:
    std::int64_t last_created_by(const std::optional<time::Instant>& end) const;
};

table::Window window_of(const Selection& selection);

enum class By : std::uint8_t { definition, name, type, status, source, weekday, hour, none };
By by_named(std::string_view name);  // throws UsageError

// What a row is: a group, or with `every` a group in one bucket of time.
struct GroupBy {
    GroupBy(By what = By::definition, std::optional<time::Every> series = {})  // NOLINT
        : by(what), every(series) {}
    By by;
    std::optional<time::Every> every;

    bool is_definition() const { return by == By::definition && !every; }
};

// What Selection::definitions and Selection::sources say, taken apart.
class Patterns {
  public:
    explicit Patterns(const std::vector<std::string>& patterns);

    // True when what has this text (or a definition of this id and name) is selected: one of the
    // including patterns (if there are any) matches and no excluding one does. Unknown texts match
    // nothing.
    bool accept(const std::optional<std::string>& text,
                const std::optional<std::string>& name = {}) const;
    bool empty() const { return m_including.empty() && m_excluding.empty(); }

  private:
    std::vector<std::string> m_including;
    std::vector<std::string> m_excluding;
};

// A pattern that nothing matches, and the text that comes nearest to it (empty: none is near).
struct UnmatchedPattern {
    std::string pattern;
    std::string nearest;
};

std::vector<UnmatchedPattern> unmatched_patterns(const std::vector<std::string>& patterns,
                                                 const store::Catalogue& catalogue);
std::vector<UnmatchedPattern> unmatched_patterns(const std::vector<std::string>& patterns,
                                                 const std::vector<std::string_view>& texts);

}  // namespace jobtally::query
