// Ids are read of those runs only that have the time of another one.
#include "core/query/runs_by_definition.hpp"

#include "core/base/parallel.hpp"
#include "core/query/id_order.hpp"

#include <algorithm>
#include <cstdint>

namespace jobtally::query {

namespace {

constexpr std::size_t taken_at_once = 64;  // definitions, by a thread

// Whether some have the same time.
bool sort_by_time(std::vector<Run>& runs) {
    const auto before = [](const Run& a, const Run& b) { return a.created_at < b.created_at; };
    if (!std::is_sorted(runs.begin(), runs.end(), before))
        std::sort(runs.begin(), runs.end(), before);
    const auto same = [](const Run& a, const Run& b) { return a.created_at == b.created_at; };
    return std::adjacent_find(runs.begin(), runs.end(), same) != runs.end();
}

}  // namespace

std::size_t workers_for(std::size_t definitions) {
    constexpr std::size_t many = 65'536;
    return definitions > many ? 1 : thread_limit();
}

void add_found(std::vector<FoundRuns>& all, std::vector<RunsByDefinition> found) {
    for_parts(all.size(), taken_at_once, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            std::vector<Run>& runs = all[i].runs;
            std::size_t count = runs.size();
            for (const auto& more : found) count += more[i].size();
            runs.reserve(count);
            for (auto& more : found) {
                runs.insert(runs.end(), more[i].begin(), more[i].end());
                std::vector<Run>().swap(more[i]);
            }
        }
    });
}

void sort_by_time_and_id(std::vector<Run>& runs, const store::Store& store) {
    sort_by_place_and_id(
        runs, store, [](const Run& run) { return run.created_at; },
        [](const Run& run) { return run.sequence; });
}

void put_in_order(std::vector<FoundRuns>& all, const store::Store& store) {
    std::vector<std::uint8_t> has_equal(all.size());
    for_parts(all.size(), taken_at_once, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) has_equal[i] = sort_by_time(all[i].runs) ? 1 : 0;
    });
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (has_equal[i] != 0) sort_by_time_and_id(all[i].runs, store);
    }
}

}  // namespace jobtally::query
