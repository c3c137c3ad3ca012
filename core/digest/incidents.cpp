// Incidents of several definitions.
#include "core/incidents/incidents.hpp"

#include "core/digest/sections.hpp"

namespace jobtally::digest {

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
