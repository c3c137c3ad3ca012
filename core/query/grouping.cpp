// Group numbers: the store's own keys where there are some, else weekdays and hours of the local
// clock.
#include "core/query/grouping.hpp"

#include "core/base/parallel.hpp"
#include "core/time/calendar.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

namespace jobtally::query {

namespace {

using store::FactColumn;
using table::Cell;

constexpr std::int64_t micros_an_hour = 3'600'000'000;
constexpr std::int64_t micros_a_day = 24 * micros_an_hour;
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
        case By::source:
            return static_cast<std::size_t>(catalogue.max_word()) + 1;
        case By::weekday:
            return 7;
        case By::hour:
            return 24;
        case By::none:
            break;
    }
    return 1;
}

std::vector<table::Column> whole_columns(By by) {
    const auto column = [](const char* key, const char* title,
                           table::Audience audience = table::Audience::everyone,
                           std::uint8_t gives_way = 0) {
        return table::Column{key, title, audience, true, gives_way};
    };
    switch (by) {
        case By::definition:
            return {column("definition_id", "id", table::Audience::machines),
                    column("definition_name", "definition"),
                    column("type", "type", table::Audience::everyone, 8)};
        case By::name:
            return {column("name", "name")};
        case By::type:
            return {column("type", "type")};
        case By::status:
            return {column("status", "status")};
        case By::source:
            return {column("source", "source")};
        case By::weekday:
            return {column("weekday", "weekday")};
        case By::hour:
            return {column("hour", "hour")};
        case By::none:
            break;
    }
    return {};
}

store::FactColumns column_of_wholes(By by, store::WhichTime at) {
    const auto only = [](FactColumn column) { return static_cast<store::FactColumns>(column); };
    switch (by) {
        case By::definition:
            return only(FactColumn::definition);
        case By::name:
            return only(FactColumn::name);
        case By::type:
            return only(FactColumn::type);
        case By::status:
            return only(FactColumn::status);
        case By::source:
            return only(FactColumn::source);
        case By::weekday:
        case By::hour:
            return only(column_of(at));
        case By::none:
            break;
    }
    return 0;
}

}  // namespace

std::vector<table::Column> grouping_columns(const GroupBy& by, std::vector<table::Column> figures) {
    auto columns = whole_columns(by.by);
    if (by.every) columns.push_back({"bucket", "from", table::Audience::everyone, true, 0});
    columns.insert(columns.end(), figures.begin(), figures.end());
    return columns;
}

Grouping::Grouping(const GroupBy& by, const Scope& scope)
    : m_by(by),
      m_scope(scope),
      m_at(scope.selection().at),
      m_wholes(group_count(by.by, scope.catalogue())),
      m_types(by.by == By::definition ? m_wholes : 0) {
    if (m_by.every) lay_out_series();
}

std::size_t Grouping::workers() const {
    constexpr std::size_t many = 65'536;
    return m_series || size() > many ? 1 : thread_limit();
}

void Grouping::scan(store::FactColumns columns, const TakeAt& take) {
    std::vector<Finder> finders(workers(), {m_scope.selection().zone, {}, {}});
    m_scope.scan(columns | this->columns(), finders.size(),
                 [&](std::size_t worker, const store::FactBatch& batch) {
                     take(worker, batch, groups_of(batch, finders[worker]));
                 });
}

void Grouping::scan_types(store::FactColumns columns, const TakeAt& take) {
    if (m_by.by != By::definition) return scan(columns, take);
    std::vector<Latest> types(workers(), m_types);
    scan(columns | FactColumn::type | Latest::columns,
         [&](std::size_t worker, const store::FactBatch& batch,
             std::span<const std::int32_t> groups) {
             types[worker].take(batch, batch.definition, batch.type);
             take(worker, batch, groups);
         });
    for (const auto& own : types) m_types.merge(own);
    m_types.settle(m_scope.store());
}

store::FactColumns Grouping::columns() const {
    const auto columns = column_of_wholes(m_by.by, m_at);
    return m_by.every ? columns | store::column_of(m_at) : columns;
}

std::span<const std::int32_t> Grouping::groups_of(const store::FactBatch& batch, Finder& finder) {
    const auto wholes = wholes_of(batch, finder);
    if (!m_series) return wholes;
    m_series->find_groups(wholes, store::times_of(batch, m_at), finder.in_series);
    return finder.in_series;
}

std::span<const std::int32_t> Grouping::wholes_of(const store::FactBatch& batch,
                                                  Finder& finder) const {
    switch (m_by.by) {
        case By::definition:
            return batch.definition;
        case By::name:
            return batch.name;
        case By::type:
            return batch.type;
        case By::status:
            return batch.status_word;
        case By::source:
            return batch.source;
        case By::weekday:
        case By::hour:
            find_clock_groups(batch, finder);
            break;
        case By::none:
            if (finder.wholes.size() < batch.size) finder.wholes.resize(batch.size, 0);
            break;
    }
    return {finder.wholes.data(), batch.size};
}

// Finds out which wholes have reports, and the time that these span.
void Grouping::lay_out_series() {
    std::vector<std::uint8_t> has_reports(m_wholes, m_by.by == By::none ? 1 : 0);
    std::int64_t first = INT64_MAX;
    std::int64_t last = INT64_MIN;
    Finder finder{m_scope.selection().zone, {}, {}};
    m_scope.scan(columns(), [&](const store::FactBatch& batch) {
        for (const std::int32_t whole : wholes_of(batch, finder)) {
            has_reports[static_cast<std::size_t>(whole)] = 1;
        }
        for (const std::int64_t at : store::times_of(batch, m_at)) {
            first = std::min(first, at);
            last = std::max(last, at);
        }
    });
    time::TimeSpan seen;
    if (first <= last) {
        seen = {time::instant_from_micros(first), time::instant_from_micros(last)};
    }
    m_series.emplace(*m_by.every, m_scope.selection(), has_reports, seen);
}

void Grouping::find_clock_groups(const store::FactBatch& batch, Finder& finder) const {
    const auto& times = store::times_of(batch, m_at);
    finder.wholes.resize(batch.size);
    for (std::size_t i = 0; i < batch.size; ++i) {
        const auto offset = finder.zone.offset_at(time::instant_from_micros(times[i]));
        const std::int64_t local =
            times[i] + time::Duration(offset).count() + days_before_1970 * micros_a_day;
        finder.wholes[i] = static_cast<std::int32_t>(m_by.by == By::weekday
                                                         ? (local / micros_a_day + thursday) % 7
                                                         : local % micros_a_day / micros_an_hour);
    }
}

GroupKey Grouping::key(std::size_t group) const {
    if (!m_series) return whole_key(group);
    GroupKey key = whole_key(m_series->whole_of(group));
    key.push_back(m_series->bucket_of(group));
    return key;
}

GroupKey Grouping::whole_key(std::size_t whole) const {
    const auto number = static_cast<std::int32_t>(whole);
    switch (m_by.by) {
        case By::definition:
            return definition_key(whole);
        case By::name:
        case By::type:
        case By::status:
        case By::source:
            return {table::text_or_unknown(m_scope.catalogue().word(number))};
        case By::weekday:
            return {table::Weekday{number}};
        case By::hour:
            return {std::int64_t{number}};
        case By::none:
            break;
    }
    return {};
}

GroupKey Grouping::definition_key(std::size_t definition) const {
    const auto& catalogue = m_scope.catalogue();
    const auto* known = catalogue.definition(static_cast<store::DefinitionKey>(definition));
    return {known ? Cell{known->id} : Cell{}, known ? table::cell_or_unknown(known->label) : Cell{},
            table::text_or_unknown(catalogue.word(m_types.of(definition).word))};
}

std::vector<std::size_t> Grouping::in_order(const std::function<bool(std::size_t)>& holds) const {
    if (m_series) return m_series->groups_of(ordered(m_series->wholes()));
    std::vector<std::size_t> groups;
    for (std::size_t group = 0; group < m_wholes; ++group) {
        if (holds(group)) groups.push_back(group);
    }
    return ordered(std::move(groups));
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
    if (by == By::name || by == By::type || by == By::status || by == By::source) {
        std::sort(wholes.begin(), wholes.end(), word_before);
    }
    return wholes;
}

}  // namespace jobtally::query
