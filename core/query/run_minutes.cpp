// Reads the store again only for runs that are older than the newest ones.
#include "core/query/run_minutes.hpp"

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

RunMinutes::RunMinutes(const Scope& scope, const RunHistory& newest, const time::TimeSpan& span,
                       std::size_t least)
    : m_first(time::micros(*span.since) / a_minute) {
    const std::int64_t since = time::micros(*span.since);
    std::vector<std::uint8_t> has_older;  // by definition; empty: none has
    for (const std::size_t definition : newest.definitions()) {
        const auto runs = newest.of(definition);
        if (runs.size() < least || runs[runs.size() - least].created_at < since) continue;
        m_found.resize(newest.definitions().back() + 1);
        if (newest.reports(definition) > std::ssize(runs)) {
            has_older.resize(m_found.size());
            has_older[definition] = 1;
            continue;
        }
        for (const Run& run : runs) {
            if (run.created_at >= since) add(definition, run.created_at);
        }
    }
    if (has_older.empty()) return;
    using store::FactColumn;
    scope.scan(FactColumn::definition | FactColumn::created_at, span, store::WhichTime::created,
               [&](const store::FactBatch& batch) {
                   for (std::size_t i = 0; i < batch.size; ++i) {
                       const auto definition = static_cast<std::size_t>(batch.definition[i]);
                       const bool is_wanted =
                           definition < has_older.size() && has_older[definition] != 0;
                       if (is_wanted) add(definition, batch.created_at[i]);
                   }
               });
}

std::vector<std::int64_t> RunMinutes::of(std::size_t definition) const {
    if (definition >= m_found.size()) return {};
    std::vector<std::int64_t> middles;
    std::int64_t minute = m_first;
    for (std::uint64_t bits : m_found[definition]) {
        for (; bits != 0; bits &= bits - 1) {
            middles.push_back(middle_of(minute + std::countr_zero(bits)));
        }
        minute += a_word;
    }
    return middles;
}

void RunMinutes::add(std::size_t definition, std::int64_t created_at) {
    auto& words = m_found[definition];
    const auto minute = static_cast<std::size_t>(created_at / a_minute - m_first);
    if (minute / a_word >= words.size()) words.resize(minute / a_word + 1);
    words[minute / a_word] |= std::uint64_t{1} << minute % a_word;
}

}  // namespace jobtally::query
