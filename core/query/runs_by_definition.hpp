// Runs as several threads find them, and as they are put in order.
#pragma once

#include "core/query/run.hpp"
#include "core/store/file/store.hpp"

#include <cstddef>
#include <vector>

namespace jobtally::query {

using RunsByDefinition = std::vector<std::vector<Run>>;

// How many threads are worth it, where each has room for the runs of each definition.
std::size_t workers_for(std::size_t definitions);

// Adds what each thread has found, on all processors. All have room for the same definitions.
void add_found(std::vector<FoundRuns>& all, std::vector<RunsByDefinition> found);

void sort_by_time_and_id(std::vector<Run>& runs, const store::Store& store);
// Sorts the runs of each definition, on all processors; the store is asked by one.
void put_in_order(std::vector<FoundRuns>& all, const store::Store& store);

}  // namespace jobtally::query
