// Incidents of several definitions.
#include "core/incidents/incidents.hpp"

#include "core/digest/sections.hpp"

#include <algorithm>

namespace jobtally::digest {

bool SummaryFacts::is_told(std::size_t definition, std::int64_t at, bool goes_on) const {
    return std::any_of(
        incidents.incidents.begin(), incidents.incidents.end(), [&](const auto& incident) {
            return incident.is_shared && !(goes_on && incident.is_mostly_over) &&
                   at >= incident.began_at && (!incident.ended_at || at <= incident.last_bad_at) &&
                   std::binary_search(incident.definitions.begin(), incident.definitions.end(),
                                      definition);
        });
}

table::Section incidents_section(const SummaryFacts& facts) {
    auto shared = facts.incidents;
    std::erase_if(shared.incidents, [](const auto& incident) { return !incident.is_shared; });
    table::Section section{"incidents", "Incidents", incidents::incidents_table(shared)};
    section.table.window.reset();
    for (const auto& incident : shared.incidents) {
        section.in_headline += (section.in_headline.empty() ? "" : "; ") +
                               incidents::when_text(shared, incident) + ": " +
                               incidents::what_happened(shared, incident);
    }
    return section;
}

}  // namespace jobtally::digest
