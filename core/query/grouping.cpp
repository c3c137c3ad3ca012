// Group numbers: the store's own keys where there are some, else weekdays and hours of the local
// clock.
#include "core/query/grouping.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

namespace jobtally::query {

namespace {

using store::FactColumn;
using table::Cell;

constexpr const char* weekday_names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                         "Friday", "Saturday", "Sunday"};
constexpr std::int64_t micros_an_hour = 3'600'000'000;
constexpr std::int64_t micros_a_day = 24 * micros_an_hour;
constexpr std::int32_t no_weekday = 7;
constexpr std::int32_t no_hour = 24;
// 1970-01-01 was a Thursday. Days are counted from a Monday well before the year 1, so none is
// negative.
constexpr std::int64_t days_before_1970 = 7 * 110'000;
constexpr std::int64_t thursday = 3;

std::size_t group_count(By by, const store::Catalogue& catalogue) {
    switch (by) {
        case By::definition:
            return static_cast<std::size_t>(catalogue.max_definition()) + 1;
        case By::name:
        case By::type:
        case By::status:
            return static_cast<std::size_t>(catalogue.max_word()) + 1;
        case By::weekday:
            return no_weekday + 1;
        case By::hour:
            return no_hour + 1;
        case By::none:
            break;
    }
    return 1;
}

template <class Text>
Cell text_or_unknown(const Text* text) {
    return text ? Cell{std::string(*text)} : Cell{};
}

}  // namespace

std::vector<table::Column> grouping_columns(By by) {
    const auto column = [](const char* key, const char* title,
                           table::Audience audience = table::Audience::everyone) {
        return table::Column{key, title, audience, true};
    };
    switch (by) {
        case By::definition:
            return {column("definition_id", "id", table::Audience::machines),
                    column("definition_name", "definition"), column("type", "type")};
        case By::name:
            return {column("name", "name")};
        case By::type:
            return {column("type", "type")};
        case By::status:
            return {column("status", "status")};
        case By::weekday:
            return {column("weekday", "weekday")};
        case By::hour:
            return {column("hour", "hour")};
        case By::none:
            break;
    }
    return {};
}

Grouping::Grouping(By by, const Scope& scope)
    : m_by(by),
      m_scope(scope),
      m_zone(scope.selection().zone),
      m_size(group_count(by, scope.catalogue())) {}

store::FactColumns Grouping::columns() const {
    switch (m_by) {
        case By::definition:
            return static_cast<store::FactColumns>(FactColumn::definition);
        case By::name:
            return static_cast<store::FactColumns>(FactColumn::name);
        case By::type:
            return static_cast<store::FactColumns>(FactColumn::type);
        case By::status:
            return static_cast<store::FactColumns>(FactColumn::status);
        case By::weekday:
        case By::hour:
            return static_cast<store::FactColumns>(column_of(m_scope.selection().at));
        case By::none:
            break;
    }
    return 0;
}

std::span<const std::int32_t> Grouping::groups_of(const store::FactBatch& batch) {
    switch (m_by) {
        case By::definition:
            return batch.definition;
        case By::name:
            return batch.name;
        case By::type:
            return batch.type;
        case By::status:
            return batch.status_word;
        case By::weekday:
        case By::hour:
            find_clock_groups(batch);
            break;
        case By::none:
            if (m_found.size() < batch.size) m_found.resize(batch.size, 0);
            break;
    }
    return {m_found.data(), batch.size};
}

void Grouping::find_clock_groups(const store::FactBatch& batch) {
    const auto& times = times_of(batch, m_scope.selection().at);
    m_found.resize(batch.size);
    for (std::size_t i = 0; i < batch.size; ++i) {
        if (times[i] == store::unknown_value) {
            m_found[i] = m_by == By::weekday ? no_weekday : no_hour;
            continue;
        }
        const auto offset = m_zone.offset_at(time::instant_from_micros(times[i]));
        const std::int64_t local =
            times[i] + time::Duration(offset).count() + days_before_1970 * micros_a_day;
        m_found[i] =
            static_cast<std::int32_t>(m_by == By::weekday ? (local / micros_a_day + thursday) % 7
                                                          : local % micros_a_day / micros_an_hour);
    }
}

GroupKey Grouping::key(std::size_t group, store::WordKey type) const {
    const auto number = static_cast<std::int32_t>(group);
    const auto& catalogue = m_scope.catalogue();
    switch (m_by) {
        case By::definition: {
            const auto* definition = catalogue.definition(number);
            if (!definition) return {Cell{}, Cell{}, text_or_unknown(catalogue.word(type))};
            return {definition->id, table::cell_or_unknown(definition->label),
                    text_or_unknown(catalogue.word(type))};
        }
        case By::name:
        case By::type:
        case By::status:
            return {text_or_unknown(catalogue.word(number))};
        case By::weekday:
            return {number == no_weekday ? Cell{} : Cell{std::string(weekday_names[group])}};
        case By::hour:
            return {number == no_hour ? Cell{} : Cell{std::int64_t{number}}};
        case By::none:
            break;
    }
    return {};
}

std::vector<std::size_t> Grouping::in_order(const std::function<bool(std::size_t)>& holds) const {
    std::vector<std::size_t> groups;
    for (std::size_t group = 0; group < m_size; ++group) {
        if (holds(group)) groups.push_back(group);
    }
    const auto& catalogue = m_scope.catalogue();
    const auto definition_before = [&](std::size_t a, std::size_t b) {
        const auto* left = catalogue.definition(static_cast<std::int32_t>(a));
        const auto* right = catalogue.definition(static_cast<std::int32_t>(b));
        if (!left || !right) return left && !right;
        const auto rank = [](const store::Definition& definition) {
            return std::tuple(
                !definition.label,
                definition.label ? std::string_view(*definition.label) : std::string_view(),
                std::string_view(definition.id));
        };
        return rank(*left) < rank(*right);
    };
    const auto word_before = [&](std::size_t a, std::size_t b) {
        const auto* left = catalogue.word(static_cast<std::int32_t>(a));
        const auto* right = catalogue.word(static_cast<std::int32_t>(b));
        if (!left || !right) return left && !right;
        return *left < *right;
    };
    if (m_by == By::definition) std::sort(groups.begin(), groups.end(), definition_before);
    if (m_by == By::name || m_by == By::type || m_by == By::status) {
        std::sort(groups.begin(), groups.end(), word_before);
    }
    return groups;
}

}  // namespace jobtally::query
