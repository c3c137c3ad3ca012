// Reads the store again only for runs that are older than the newest ones.
#include "core/query/run_minutes.hpp"

#include "core/query/percentile.hpp"

#include <algorithm>
#include <bit>

namespace jobtally::query {

namespace {

constexpr std::int64_t a_minute = 60LL * 1'000'000;
constexpr std::size_t a_word = 64;

std::int64_t middle_of(std::int64_t minute) {
    return minute * a_minute + a_minute / 2;
}

}  // namespace

std::vector<std::int64_t> minutes_of(std::span<const Run> runs) {
    std::vector<std::int64_t> middles;
    for (const Run& run : runs) {
        const std::int64_t middle = middle_of(run.created_at / a_minute);
        if (middles.empty() || middle > middles.back()) middles.push_back(middle);
    }
    return middles;
}

std::int64_t long_by(std::span<const Run> newest) {
    std::vector<std::int64_t> durations;
    for (const Run& run : newest) durations.push_back(run.duration().value_or(0));
    const std::int64_t span = newest.back().created_at - newest.front().created_at;
    return std::max(span / std::ssize(newest), 2 * upper_median(std::move(durations)));
}

std::vector<LongRun> long_runs_of(std::span<const Run> runs, std::int64_t least) {
    std::vector<LongRun> found;
    for (const Run& run : runs) {
        const auto duration = run.duration().value_or(0);
        if (duration > least) found.push_back({run.created_at, duration});
    }
    return found;
}

RunMinutes::RunMinutes(const Scope& scope, const RunHistory& newest, const time::TimeSpan& span,
                       std::size_t least)
    : m_first(time::micros(*span.since) / a_minute) {
    const std::int64_t since = time::micros(*span.since);
    std::vector<std::uint8_t> has_older;  // by definition; empty: none has
    for (const std::size_t definition : newest.definitions()) {
        const auto runs = newest.of(definition);
        if (runs.size() < least || runs[runs.size() - least].created_at < since) continue;
        m_found.resize(newest.definitions().back() + 1);
        m_found[definition].long_by = query::long_by(runs.last(least));
        if (newest.reports(definition) > std::ssize(runs)) {
            has_older.resize(m_found.size());
            has_older[definition] = 1;
            continue;
        }
        for (const Run& run : runs) {
            if (run.created_at >= since) add(m_found[definition], run.created_at, run.duration());
        }
    }
    if (has_older.empty()) return;
    using store::FactColumn;
    scope.scan(FactColumn::definition | FactColumn::status | FactColumn::created_at |
                   FactColumn::updated_at,
               span, store::WhichTime::created, [&](const store::FactBatch& batch) {
                   for (std::size_t i = 0; i < batch.size; ++i) {
                       const auto definition = static_cast<std::size_t>(batch.definition[i]);
                       const bool is_wanted =
                           definition < has_older.size() && has_older[definition] != 0;
                       if (!is_wanted) continue;
                       Run run;
                       run.created_at = batch.created_at[i];
                       run.updated_at = batch.updated_at[i];
                       run.status = batch.status[i];
                       add(m_found[definition], run.created_at, run.duration());
                   }
               });
    for (auto& kept : m_found)
        std::sort(kept.long_runs.begin(), kept.long_runs.end(),
                  [](const auto& a, const auto& b) { return a.created_at < b.created_at; });
}

std::vector<std::int64_t> RunMinutes::of(std::size_t definition) const {
    if (definition >= m_found.size()) return {};
    std::vector<std::int64_t> middles;
    std::int64_t minute = m_first;
    for (std::uint64_t bits : m_found[definition].minutes) {
        for (; bits != 0; bits &= bits - 1) {
            middles.push_back(middle_of(minute + std::countr_zero(bits)));
        }
        minute += a_word;
    }
    return middles;
}

std::span<const LongRun> RunMinutes::long_runs(std::size_t definition) const {
    if (definition >= m_found.size()) return {};
    return m_found[definition].long_runs;
}

void RunMinutes::add(Kept& kept, std::int64_t created_at,
                     std::optional<std::int64_t> duration) const {
    if (duration && *duration > kept.long_by) kept.long_runs.push_back({created_at, *duration});
    auto& words = kept.minutes;
    const auto minute = static_cast<std::size_t>(created_at / a_minute - m_first);
    if (minute / a_word >= words.size()) words.resize(minute / a_word + 1);
    words[minute / a_word] |= std::uint64_t{1} << minute % a_word;
}

}  // namespace jobtally::query
