// Window and grouping names, and definition patterns held against ids and names.
#include "core/query/selection.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"
#include "core/base/glob.hpp"
#include "core/base/nearest.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace jobtally::query {

namespace {

bool pattern_matches(const std::string& pattern, std::string_view text) {
    if (pattern == text) return true;
    const bool quoted = pattern.find('\\') != std::string::npos;
    return (quoted || is_glob(pattern)) && glob_match(pattern, text);
}

bool pattern_matches(const std::string& pattern, const std::optional<std::string>& id,
                     const std::optional<std::string>& name) {
    return (id && pattern_matches(pattern, *id)) || (name && pattern_matches(pattern, *name));
}

bool excludes(const std::string& pattern) {
    return !pattern.empty() && pattern.front() == '!';
}

constexpr std::size_t most_compared = 20'000;  // a hint is not worth more work
constexpr std::size_t longest_compared = 200;

std::string nearest_to(const std::string& pattern, const std::vector<std::string_view>& texts) {
    if (texts.size() > most_compared || pattern.size() > longest_compared) return {};
    std::vector<std::string> names;
    for (const auto text : texts)
        if (text.size() <= longest_compared) names.emplace_back(text);
    return nearest(pattern, names);
}

}  // namespace

std::int64_t Selection::last_created_by(const std::optional<time::Instant>& end) const {
    constexpr std::chrono::minutes wrong_clock{1};
    if (!now) return INT64_MAX;
    return time::micros(std::min(*now, end.value_or(*now)) + wrong_clock);
}

table::Window window_of(const Selection& selection) {
    constexpr const char* names[] = {"created", "updated", "received"};
    table::Window window;
    window.span = selection.span;
    window.timezone = selection.zone.name();
    window.at = names[static_cast<std::size_t>(selection.at)];
    return window;
}

By by_named(std::string_view name) {
    constexpr std::string_view names[] = {"definition", "name",    "type", "status",
                                          "source",     "weekday", "hour", "none"};
    const auto* found = std::find(std::begin(names), std::end(names), name);
    if (found == std::end(names)) {
        throw UsageError(fmt::format("can't group by \"{}\"", name),
                         fmt::format("it is one of {}", fmt::join(names, ", ")));
    }
    return static_cast<By>(found - std::begin(names));
}

Patterns::Patterns(const std::vector<std::string>& patterns) {
    for (const auto& pattern : patterns) {
        if (excludes(pattern)) {
            m_excluding.push_back(pattern.substr(1));
        } else {
            m_including.push_back(pattern);
        }
    }
}

bool Patterns::accept(const std::optional<std::string>& text,
                      const std::optional<std::string>& name) const {
    const auto matches = [&](const std::string& pattern) {
        return pattern_matches(pattern, text, name);
    };
    return (m_including.empty() || std::any_of(m_including.begin(), m_including.end(), matches)) &&
           std::none_of(m_excluding.begin(), m_excluding.end(), matches);
}

std::vector<UnmatchedPattern> unmatched_patterns(const std::vector<std::string>& patterns,
                                                 const std::vector<std::string_view>& texts) {
    std::vector<UnmatchedPattern> unmatched;
    for (const auto& pattern : patterns) {
        const std::string wanted = excludes(pattern) ? pattern.substr(1) : pattern;
        const bool matched = std::any_of(texts.begin(), texts.end(), [&](const auto text) {
            return pattern_matches(wanted, text);
        });
        if (!matched) unmatched.push_back({pattern, nearest_to(wanted, texts)});
    }
    return unmatched;
}

std::vector<UnmatchedPattern> unmatched_patterns(const std::vector<std::string>& patterns,
                                                 const store::Catalogue& catalogue) {
    std::vector<std::string_view> texts;
    if (patterns.empty()) return {};
    for (const auto& definition : catalogue.definitions()) {
        if (definition.label) texts.emplace_back(*definition.label);
        texts.emplace_back(definition.id);
    }
    return unmatched_patterns(patterns, texts);
}

}  // namespace jobtally::query
