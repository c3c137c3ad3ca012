#include "core/judge/unusual.hpp"

#include <algorithm>
#include <cmath>

namespace jobtally::judge {

using query::Run;

namespace {

constexpr double mostly = 2.0 / 3;  // see Cause

// Logarithms make little of a share that was often next to nothing and is now a whole: it is
// unusual as well where it is so many times what the greatest twentieth of the others, one at
// least, begins with.
constexpr std::int64_t far_greater = 3;
constexpr std::int64_t much_failed = 100'000;  // of a million

std::int64_t usually_at_most(std::vector<std::int64_t> values) {
    const auto place = values.end() - static_cast<std::ptrdiff_t>(values.size() / 20 + 2);
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

}  // namespace

std::string_view name_of(Unusual kind) {
    constexpr std::string_view names[] = {"slower", "faster", "more", "fewer", "empty"};
    return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Cause cause) {
    constexpr std::string_view names[] = {"", "records", "per_record", "both"};
    return names[static_cast<std::size_t>(cause)];
}

Cause cause_of(double duration_factor, std::optional<double> operations_factor) {
    const double longer = std::log(duration_factor);
    if (!operations_factor || longer == 0) return Cause::unknown;
    const double share = std::log(*operations_factor) / longer;
    if (share >= mostly) return Cause::records;
    return share <= 1 - mostly ? Cause::per_record : Cause::both;
}

RunJudge::RunJudge(std::span<const Run> runs, const time::Zone& zone, Budget budget)
    : m_budget(budget), m_durations(runs.size()), m_operations(runs.size()), m_failed(runs.size()) {
    for (const std::size_t nearly_all : {0, 2}) m_values[nearly_all].expect(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const Run& run = runs[i];
        if (!run.succeeded()) continue;
        const ClockPlace place = clock_place(run.created_at, zone);
        const auto put = [&](std::size_t values, std::int64_t value) {
            m_values[values].add(run.created_at, place, value, run.in_window);
            return Place{values, m_values[values].size() - 1};
        };
        // Of a failure that was started again under its id nobody knows how long it took.
        const auto duration = run.had_failed ? std::nullopt : run.duration();
        if (duration) m_durations[i] = put(run.operations == 0 ? 1 : 0, *duration);
        if (run.operations <= 0) continue;
        m_operations[i] = put(2, run.operations);
        const auto million =
            1e6 * static_cast<double>(run.failed) / static_cast<double>(run.operations);
        if (run.failed > 0) m_failed[i] = put(3, std::llround(million));
    }
    for (const std::size_t asked_for : {is_mostly_empty() ? 1 : 0, 2}) know(asked_for);
}

bool RunJudge::know(std::size_t values) {
    auto& known = m_known[values];
    if (!known) {
        known =
            m_values[values].learn(values < 2 ? m_budget.of_durations() : m_budget.of_operations());
        if (values == 3 && *known)
            m_most_failed = far_greater * usually_at_most(m_values[3].values());
    }
    return *known;
}

// Where too few runs had failed records to know what is usual.
bool RunJudge::has_far_more_failed(std::size_t place) const {
    const auto& shares = m_values[3].values();
    std::int64_t most = much_failed - 1;
    for (std::size_t i = 0; i < place; ++i) most = std::max(most, far_greater * shares[i]);
    return shares[place] > most;
}

Judgement RunJudge::judge(std::size_t place) {
    const auto compare = [&](const std::optional<Place>& at) -> std::optional<Comparison> {
        if (!at || !know(at->values)) return std::nullopt;
        return m_values[at->values].compare(at->place, m_budget.of_runs());
    };
    Judgement judgement{compare(m_durations[place]), compare(m_operations[place]), {}, {}, {}};
    const auto failed = compare(m_failed[place]);
    judgement.has_more_failed =
        failed ? failed->direction > 0 || failed->value > m_most_failed
               : m_failed[place] && has_far_more_failed(m_failed[place]->place);
    const auto& operations = judgement.operations;
    if (operations && operations->direction != 0) {
        judgement.volume = operations->direction > 0 ? Unusual::more : Unusual::fewer;
    }
    if (!judgement.duration || judgement.duration->direction == 0) return judgement;
    judgement.pace = judgement.duration->direction > 0 ? Unusual::slower : Unusual::faster;
    if (operations) judgement.cause = cause_of(judgement.duration->factor(), operations->factor());
    if (judgement.cause == Cause::records && judgement.volume) judgement.pace.reset();
    return judgement;
}

}  // namespace jobtally::judge
