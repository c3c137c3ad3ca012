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
constexpr std::size_t most_cells = 2'000'000;  // of a series
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

std::vector<table::Column> whole_columns(By by) {
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

store::FactColumns whole_column(By by, store::WhichTime at) {
    switch (by) {
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
            return static_cast<store::FactColumns>(store::column_of(at));
        case By::none:
            break;
    }
    return 0;
}

template <class Text>
Cell text_or_unknown(const Text* text) {
    return text ? Cell{std::string(*text)} : Cell{};
}

}  // namespace

std::vector<table::Column> grouping_columns(const GroupBy& by) {
    auto columns = whole_columns(by.by);
    if (by.every) columns.push_back({"bucket", "from", table::Audience::everyone, true});
    return columns;
}

Grouping::Grouping(const GroupBy& by, const Scope& scope)
    : m_by(by),
      m_scope(scope),
      m_zone(scope.selection().zone),
      m_size(group_count(by.by, scope.catalogue())) {
    if (m_by.every) lay_out_series();
}

store::FactColumns Grouping::columns() const {
    const auto column = whole_column(m_by.by, m_scope.selection().at);
    return m_by.every ? column | store::column_of(m_scope.selection().at) : column;
}

std::span<const std::int32_t> Grouping::groups_of(const store::FactBatch& batch) {
    const auto wholes = whole_groups_of(batch);
    if (!m_buckets) return wholes;
    find_buckets(batch, wholes);
    return {m_found_buckets.data(), batch.size};
}

std::span<const std::int32_t> Grouping::whole_groups_of(const store::FactBatch& batch) {
    switch (m_by.by) {
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

// Which wholes have reports, and from when to when.
void Grouping::lay_out_series() {
    std::vector<std::uint8_t> present(m_size, m_by.by == By::none ? 1 : 0);
    std::int64_t first = INT64_MAX;
    std::int64_t last = INT64_MIN;
    m_scope.scan(columns(), [&](const store::FactBatch& batch) {
        for (const std::int32_t whole : whole_groups_of(batch)) {
            present[static_cast<std::size_t>(whole)] = 1;
        }
        for (const std::int64_t at : store::times_of(batch, m_scope.selection().at)) {
            if (at == store::unknown_value) continue;
            first = std::min(first, at);
            last = std::max(last, at);
        }
    });
    m_place.assign(m_size, -1);
    for (std::size_t whole = 0; whole < m_size; ++whole) {
        if (present[whole] == 0) continue;
        m_place[whole] = static_cast<std::int32_t>(m_wholes.size());
        m_wholes.push_back(whole);
    }
    time::TimeSpan seen;
    if (first <= last) {
        seen = {time::instant_from_micros(first), time::instant_from_micros(last)};
    }
    const std::size_t most = most_cells / std::max<std::size_t>(1, m_wholes.size());
    m_buckets.emplace(*m_by.every, m_scope.selection().span, seen, m_zone, most);
    // Each whole has one more for unknown times; the last group of all is for what came since.
    m_size = m_wholes.size() * (m_buckets->size() + 1) + 1;
}

void Grouping::find_buckets(const store::FactBatch& batch, std::span<const std::int32_t> wholes) {
    const auto& times = store::times_of(batch, m_scope.selection().at);
    const std::size_t width = m_buckets->size() + 1;
    const auto nowhere = static_cast<std::int32_t>(m_size - 1);
    m_found_buckets.resize(batch.size);
    for (std::size_t i = 0; i < batch.size; ++i) {
        const auto whole = static_cast<std::size_t>(wholes[i]);
        const std::int32_t place = whole < m_place.size() ? m_place[whole] : -1;
        const std::size_t bucket = m_buckets->bucket_of(times[i]);
        const bool late = bucket == m_buckets->size() && times[i] != store::unknown_value;
        m_found_buckets[i] =
            place < 0 || late
                ? nowhere
                : static_cast<std::int32_t>(static_cast<std::size_t>(place) * width + bucket);
    }
}

std::size_t Grouping::whole_of(std::size_t group) const {
    return m_buckets ? m_wholes[group / (m_buckets->size() + 1)] : group;
}

store::DefinitionKey Grouping::definition_of(std::size_t group) const {
    return m_by.by == By::definition ? static_cast<store::DefinitionKey>(whole_of(group)) : 0;
}

void Grouping::find_clock_groups(const store::FactBatch& batch) {
    const auto& times = store::times_of(batch, m_scope.selection().at);
    m_found.resize(batch.size);
    for (std::size_t i = 0; i < batch.size; ++i) {
        if (times[i] == store::unknown_value) {
            m_found[i] = m_by.by == By::weekday ? no_weekday : no_hour;
            continue;
        }
        const auto offset = m_zone.offset_at(time::instant_from_micros(times[i]));
        const std::int64_t local =
            times[i] + time::Duration(offset).count() + days_before_1970 * micros_a_day;
        m_found[i] = static_cast<std::int32_t>(m_by.by == By::weekday
                                                   ? (local / micros_a_day + thursday) % 7
                                                   : local % micros_a_day / micros_an_hour);
    }
}

GroupKey Grouping::key(std::size_t group, store::WordKey type) const {
    GroupKey key = whole_key(whole_of(group), type);
    if (!m_buckets) return key;
    const std::size_t bucket = group % (m_buckets->size() + 1);
    key.push_back(bucket < m_buckets->size() ? Cell{m_buckets->cell(bucket)} : Cell{});
    return key;
}

GroupKey Grouping::whole_key(std::size_t group, store::WordKey type) const {
    const auto number = static_cast<std::int32_t>(group);
    const auto& catalogue = m_scope.catalogue();
    switch (m_by.by) {
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
    if (!m_buckets) {
        for (std::size_t group = 0; group < m_size; ++group) {
            if (holds(group)) groups.push_back(group);
        }
        return ordered(std::move(groups));
    }
    const std::size_t width = m_buckets->size() + 1;
    for (const std::size_t whole : ordered(m_wholes)) {
        const auto first = static_cast<std::size_t>(m_place[whole]) * width;
        for (std::size_t i = 0; i + 1 < width; ++i) groups.push_back(first + i);
        if (holds(first + width - 1)) groups.push_back(first + width - 1);
    }
    return groups;
}

std::vector<std::size_t> Grouping::ordered(std::vector<std::size_t> wholes) const {
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
    const By by = m_by.by;
    if (by == By::definition) std::sort(wholes.begin(), wholes.end(), definition_before);
    if (by == By::name || by == By::type || by == By::status) {
        std::sort(wholes.begin(), wholes.end(), word_before);
    }
    return wholes;
}

}  // namespace jobtally::query
