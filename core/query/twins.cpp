#include "core/query/twins.hpp"

#include "core/base/ascii.hpp"
#include "core/base/text.hpp"
#include "core/store/segments/segments.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace jobtally::query {

namespace {

using store::DefinitionKey;
using store::FactColumn;
using store::WordKey;
using Ids = std::vector<std::string>;

constexpr std::size_t shown_of_id = 8;
constexpr WordKey several = -1;

bool may_be_cut(const std::string& id) {
    return id.size() > shown_of_id + 1 && std::all_of(id.begin(), id.end(), [](char c) {
               return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
           });
}

bool all_differ(const Ids& texts) {
    return std::set<std::string>(texts.begin(), texts.end()).size() == texts.size();
}

// By key: the one source of all reports of a definition, or `several`; 0 where it is unknown.
std::vector<WordKey> sources_of(const Scope& scope) {
    constexpr WordKey unseen = -2;
    std::vector<WordKey> sources(static_cast<std::size_t>(scope.catalogue().max_definition()) + 1,
                                 unseen);
    const store::FactQuery all{FactColumn::definition | FactColumn::source, {}, {}};
    store::scan_facts(scope.store(), all, [&](const store::FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto key = static_cast<std::size_t>(batch.definition[i]);
            if (key >= sources.size() || sources[key] == batch.source[i]) continue;
            sources[key] = sources[key] == unseen ? batch.source[i] : several;
        }
    });
    return sources;
}

// Empty where the sources don't tell all of them apart.
Ids source_marks(const std::vector<const store::Definition*>& same, const Scope& scope,
                 const std::vector<WordKey>& sources) {
    Ids marks;
    for (const auto* definition : same) {
        const auto* word =
            scope.catalogue().word(sources[static_cast<std::size_t>(definition->key)]);
        if (word == nullptr) return {};
        marks.push_back(*word);
    }
    return all_differ(marks) ? marks : Ids{};
}

std::size_t place_of(const table::ResultTable& table, std::string_view key) {
    const auto& columns = table.columns;
    return static_cast<std::size_t>(
        std::find_if(columns.begin(), columns.end(),
                     [&](const table::Column& column) { return column.key == key; }) -
        columns.begin());
}

}  // namespace

Ids short_ids(const Ids& ids) {
    if (std::all_of(ids.begin(), ids.end(), may_be_cut)) {
        Ids fronts, backs;
        for (const auto& id : ids) {
            fronts.push_back(id.substr(0, shown_of_id) + "*");
            backs.push_back("*" + id.substr(id.size() - shown_of_id));
        }
        if (all_differ(fronts)) return fronts;
        if (all_differ(backs)) return backs;
    }
    return ids;
}

Twins::Twins(const Scope& scope) {
    std::unordered_map<std::string_view, std::vector<const store::Definition*>> bearers;
    for (const auto& definition : scope.catalogue().definitions()) {
        bearers[name_or_id(definition.label, definition.id)].push_back(&definition);
    }
    std::erase_if(bearers, [](const auto& of_label) { return of_label.second.size() < 2; });
    if (bearers.empty()) return;
    const auto sources = sources_of(scope);
    for (const auto& [label, same] : bearers) {
        auto marks = source_marks(same, scope, sources);
        Ids ids;
        for (const auto* definition : same) ids.push_back(definition->id);
        if (marks.empty()) marks = short_ids(ids);
        for (std::size_t i = 0; i < ids.size(); ++i) m_marks.emplace(ids[i], marks[i]);
    }
}

void Twins::tell_apart(table::ResultTable& table) const {
    const auto id_place = place_of(table, "definition_id");
    const auto name_place = place_of(table, "definition_name");
    if (std::max(id_place, name_place) >= table.columns.size()) return;
    auto marks = m_marks;
    std::map<std::string, std::set<std::string>> bearers;
    for (auto& row : table.rows) {
        const auto* id = std::get_if<std::string>(&row[id_place]);
        if (!id) continue;
        const auto* name = std::get_if<std::string>(&row[name_place]);
        if (!name || is_blank(*name)) row[name_place] = *id;
        bearers[std::get<std::string>(row[name_place])].insert(*id);
    }
    for (const auto& [name, same] : bearers) {
        if (same.size() < 2) continue;
        const Ids ids(same.begin(), same.end());
        const auto parts = short_ids(ids);
        for (std::size_t i = 0; i < ids.size(); ++i) marks.emplace(ids[i], parts[i]);
    }
    for (auto& row : table.rows) {
        const auto* id = std::get_if<std::string>(&row[id_place]);
        const auto mark = id ? marks.find(*id) : marks.end();
        if (mark != marks.end())
            std::get<std::string>(row[name_place]).append(" (").append(mark->second).append(")");
    }
}

}  // namespace jobtally::query
