#include "tests/simulator/moment.hpp"

#include <algorithm>

namespace jobtally::simulator {

namespace {

constexpr int attempts = 12;
constexpr Micros least_grace = 30 * second;

bool is_known(const SimulatedRun& run, const Moment& moment) {
    return !run.is_lost && run.created_at >= moment.from &&
           run.arrives_at <= std::min(moment.now, moment.died_at);
}

Micros distance_after(const Definition& definition, std::size_t slot) {
    const auto& slots = definition.slots;
    if (definition.kind->is_chain() || slot + 1 >= slots.size()) return definition.typical;
    return slots[slot + 1].at - slots[slot].at;
}

Micros grace_after(const Definition& definition, std::size_t slot) {
    return definition.normal_lag + std::max(distance_after(definition, slot) / 20, least_grace);
}

bool was_down(const Fleet& fleet, Micros from, Micros to) {
    return std::any_of(fleet.down.begin(), fleet.down.end(),
                       [&](const Span& span) { return span.overlaps(from, to); });
}

std::size_t first_slot_after(const std::vector<Slot>& slots, Micros at) {
    return static_cast<std::size_t>(
        std::upper_bound(slots.begin(), slots.end(), at,
                         [](Micros value, const Slot& slot) { return value < slot.at; }) -
        slots.begin());
}

const SimulatedRun* newest_of(const Definition& definition, const Moment& moment) {
    const SimulatedRun* newest = nullptr;
    for (const auto& run : definition.runs) {
        if (run.created_at > moment.now) break;
        if (is_known(run, moment) && (newest == nullptr || run.slot >= newest->slot)) newest = &run;
    }
    return newest;
}

Truth truth_of_chain(const Fleet& fleet, const Definition& definition, const Moment& moment,
                     Micros last) {
    const Micros due_by = last + definition.typical + definition.normal_lag;
    if (was_down(fleet, last, std::min(moment.now, due_by))) return Truth::unclear;
    if (moment.now <= due_by) return Truth::quiet;
    const Micros grace = std::max(definition.typical / 20, least_grace);
    return moment.now > due_by + grace ? Truth::overdue : Truth::unclear;
}

}  // namespace

std::vector<query::Run> known_at(const Definition& definition, const Moment& moment) {
    std::vector<query::Run> known;
    for (const auto& run : definition.runs) {
        if (run.created_at > moment.now) break;
        if (!is_known(run, moment)) continue;
        query::Run report{run.created_at, run.arrives_at};
        if (run.failed) report.status = model::Status::failure;
        known.push_back(report);
    }
    return known;
}

Truth truth_at(const Fleet& fleet, const Definition& definition, const Moment& moment) {
    const auto* newest = newest_of(definition, moment);
    if (newest == nullptr) return Truth::unclear;
    if (definition.kind->is_chain()) {
        return truth_of_chain(fleet, definition, moment, newest->created_at);
    }
    Truth truth = Truth::quiet;
    const auto& slots = definition.slots;
    for (auto i = first_slot_after(slots, newest->slot); i < slots.size(); ++i) {
        const Slot& slot = slots[i];
        const Micros due_by = slot.at + definition.normal_lag;
        if (due_by >= moment.now) break;
        const bool ran = slot.ran && slot.arrives_at <= moment.died_at;
        if (ran && slot.is_lost) continue;
        if (was_down(fleet, slot.at, due_by)) {
            truth = Truth::unclear;
        } else if (moment.now > slot.at + grace_after(definition, i)) {
            return Truth::overdue;
        } else {
            truth = Truth::unclear;
        }
    }
    return truth;
}

std::vector<Neighbours> neighbours_at(const Definition& definition, const Moment& moment) {
    std::vector<Neighbours> all;
    const SimulatedRun* last = nullptr;
    const auto& slots = definition.slots;
    for (const auto& run : definition.runs) {
        if (!is_known(run, moment)) continue;
        if (last != nullptr) {
            Truth gap = Truth::quiet;
            for (auto i = first_slot_after(slots, last->slot);
                 i < slots.size() && slots[i].at < run.slot && gap != Truth::overdue; ++i) {
                if (slots[i].is_lost) gap = Truth::unclear;
                if (!slots[i].ran && !slots[i].is_lost) gap = Truth::overdue;
            }
            all.push_back({last->created_at, run.created_at, gap});
        }
        last = &run;
    }
    return all;
}

bool Oracle::says_overdue(const std::vector<query::Run>& known, Micros now) const {
    if (known.empty() || !m_definition.kind->has_rhythm()) return false;
    const Micros last = known.back().created_at;
    if (now - last > m_definition.ends_after()) return false;
    const auto is_missed = [&](Micros slot) {
        const Micros due_by = slot + m_definition.normal_lag;
        return slot > last && due_by < now && !was_down(m_fleet, slot, due_by);
    };
    if (m_definition.kind->is_chain()) return is_missed(last + m_definition.typical);
    const Micros changed_at = m_definition.changed_at.value_or(INT64_MAX);
    const auto since_change = std::count_if(
        known.begin(), known.end(), [&](const auto& run) { return run.created_at >= changed_at; });
    const auto& slots = m_definition.slots;
    for (auto i = first_slot_after(slots, last); i < slots.size() && slots[i].at < now; ++i) {
        if (slots[i].at >= changed_at && since_change < 2) break;
        if (is_missed(slots[i].at)) return true;
    }
    const auto& abandoned = m_definition.abandoned;
    return since_change < 2 && std::any_of(abandoned.begin(), abandoned.end(), is_missed);
}

bool Oracle::says_gap(Micros from, Micros to) const {
    if (m_definition.kind->is_chain()) {
        return to - from > m_definition.typical + m_definition.normal_lag;
    }
    const auto& slots = m_definition.slots;
    return first_slot_after(slots, to) > first_slot_after(slots, from) + 1;
}

Moments::Moments(const Fleet& fleet, const Definition& definition, Random& random)
    : m_fleet(fleet), m_definition(definition), m_random(random) {
    std::vector<Micros> arrivals;
    for (const auto& run : definition.runs) {
        if (!run.is_lost) arrivals.push_back(run.arrives_at);
    }
    // Of several runs a slot there must be more, so that as many slots are known.
    const std::size_t slots = std::max<std::size_t>(definition.slots.size(), 1);
    const std::size_t enough = settled_runs * std::max<std::size_t>(1, arrivals.size() / slots);
    std::sort(arrivals.begin(), arrivals.end());
    if (arrivals.size() > enough) m_settled_at = arrivals[enough];
}

bool Moments::is_unsettled(Micros at) const {
    const auto& changed_at = m_definition.changed_at;
    return changed_at && at >= *changed_at && at < *changed_at + unsettled_for;
}

bool Moments::is_ended(const Moment& moment) const {
    const auto* newest = newest_of(m_definition, moment);
    // Not near the limit either.
    return newest == nullptr || moment.now - newest->created_at > m_definition.ends_after() * 3 / 4;
}

// Between a slot and twice its normal lag, when a report has not come or only just has.
Micros Moments::soon_after_slot(Micros from, Micros to) {
    const auto& slots = m_definition.slots;
    const auto next = first_slot_after(slots, anywhere(from, to));
    if (next >= slots.size()) return to;
    return std::min(to, slots[next].at + scaled(m_definition.normal_lag, 2 * chance(m_random)));
}

std::optional<Moment> Moments::quiet() {
    const Micros end = m_definition.retired_at.value_or(m_fleet.end);
    for (int i = 0; i < attempts && m_settled_at < end; ++i) {
        Moment moment;
        const bool is_near = happens(m_random, 0.4);
        moment.now = is_near ? soon_after_slot(m_settled_at, end) : anywhere(m_settled_at, end);
        const bool is_quiet = truth_at(m_fleet, m_definition, moment) == Truth::quiet;
        if (is_quiet && !is_unsettled(moment.now) && !is_ended(moment)) return moment;
    }
    return std::nullopt;
}

// As if no report had come after that of the slot `last`.
std::optional<Moment> Moments::death(std::size_t last) {
    const auto& slots = m_definition.slots;
    if (!slots[last].ran || slots[last].is_lost) return std::nullopt;
    Moment moment;
    moment.died_at = slots[last].settled_at;
    std::size_t next = last + 1;
    while (next < slots.size() && slots[next].is_lost) ++next;
    if (next >= slots.size()) return std::nullopt;
    const bool is_chain = m_definition.kind->is_chain();
    const Micros slot = is_chain ? slots[last].at + m_definition.typical : slots[next].at;
    moment.now = slot + grace_after(m_definition, next) +
                 scaled(distance_after(m_definition, next), chance(m_random)) + second;
    if (moment.now >= m_fleet.end) return std::nullopt;
    const bool is_overdue = truth_at(m_fleet, m_definition, moment) == Truth::overdue;
    return is_overdue && !is_ended(moment) ? std::optional(moment) : std::nullopt;
}

std::optional<Moment> Moments::skipped_slot() {
    const auto& slots = m_definition.slots;
    std::vector<std::size_t> skipped;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (!slots[i].ran && slots[i].at > m_settled_at) skipped.push_back(i);
    }
    if (skipped.empty()) return std::nullopt;
    const std::size_t slot = one_of(m_random, skipped);
    Moment moment;
    moment.now = slots[slot].at + grace_after(m_definition, slot) +
                 scaled(distance_after(m_definition, slot), chance(m_random)) + second;
    const bool is_overdue = truth_at(m_fleet, m_definition, moment) == Truth::overdue;
    return is_overdue && !is_ended(moment) ? std::optional(moment) : std::nullopt;
}

std::optional<Moment> Moments::overdue() {
    const auto& slots = m_definition.slots;
    for (int i = 0; i < attempts; ++i) {
        const bool by_chance = happens(m_random, 0.5);
        auto moment = by_chance ? skipped_slot() : std::nullopt;
        const auto last =
            static_cast<std::size_t>(between(m_random, 0, static_cast<Micros>(slots.size())));
        if (!moment && slots[last].at > m_settled_at) moment = death(last);
        if (moment && !is_unsettled(moment->now)) return moment;
    }
    return std::nullopt;
}

// The first and the last of some slots in a row of which 5 to 9 have run.
std::optional<std::pair<std::size_t, std::size_t>> Moments::early_slots() {
    const auto& slots = m_definition.slots;
    const auto first =
        static_cast<std::size_t>(between(m_random, 0, static_cast<Micros>(slots.size())));
    const Micros runs = between(m_random, 5, 10);
    Micros found = 0;
    for (auto i = first; i < slots.size(); ++i) {
        found += slots[i].ran && !slots[i].is_lost ? 1 : 0;
        if (found < runs) continue;
        const auto& changed_at = m_definition.changed_at;
        const bool spans_change =
            changed_at && slots[first].at < *changed_at && slots[i].at > *changed_at - 28 * day;
        if (spans_change) return std::nullopt;
        return std::pair(first, i);
    }
    return std::nullopt;
}

std::optional<Moment> Moments::quiet_early() {
    const auto& slots = m_definition.slots;
    for (int i = 0; i < attempts; ++i) {
        const auto early = early_slots();
        if (!early || early->second + 1 >= slots.size()) continue;
        Moment moment;
        moment.from = slots[early->first].at;
        moment.now = anywhere(slots[early->second].settled_at,
                              slots[early->second + 1].at + m_definition.normal_lag);
        const bool is_quiet = truth_at(m_fleet, m_definition, moment) == Truth::quiet;
        if (is_quiet && moment.now < m_fleet.end && !is_ended(moment)) return moment;
    }
    return std::nullopt;
}

std::optional<Moment> Moments::overdue_early() {
    for (int i = 0; i < attempts; ++i) {
        const auto early = early_slots();
        if (!early) continue;
        auto moment = death(early->second);
        if (!moment) continue;
        moment->from = m_definition.slots[early->first].at;
        return moment;
    }
    return std::nullopt;
}

std::optional<Moment> Moments::quiet_after_change() {
    if (!m_definition.changed_at) return std::nullopt;
    const Micros from = *m_definition.changed_at;
    for (int i = 0; i < attempts; ++i) {
        Moment moment;
        moment.now = anywhere(from, from + unsettled_for);
        if (truth_at(m_fleet, m_definition, moment) == Truth::quiet) return moment;
    }
    return std::nullopt;
}

std::optional<Moment> Moments::long_retired() {
    if (!m_definition.retired_at) return std::nullopt;
    const Micros from = *m_definition.retired_at + m_definition.ends_after() * 5 / 4;
    return from < m_fleet.end
               ? std::optional(Moment{INT64_MIN, INT64_MAX, anywhere(from, m_fleet.end)})
               : std::nullopt;
}

std::optional<Moment> Moments::any(std::size_t least, std::size_t most) {
    const auto& runs = m_definition.runs;
    if (runs.size() <= most) return std::nullopt;
    const auto count = static_cast<std::size_t>(
        between(m_random, static_cast<Micros>(least), static_cast<Micros>(most) + 1));
    const auto first =
        static_cast<std::size_t>(between(m_random, 0, static_cast<Micros>(runs.size() - count)));
    const auto& last = runs[first + count - 1];
    return Moment{runs[first].created_at, INT64_MAX, last.arrives_at};
}

}  // namespace jobtally::simulator
