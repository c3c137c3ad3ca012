// Work on many things at once, on all processors.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

namespace jobtally {

// JOBTALLY_THREADS of the environment, at most 8; nothing where it is not set or empty. Throws
// UsageError where it is no such number.
std::optional<std::size_t> threads_wanted();
// How many threads are worth it: what is wanted, else one a processor; at most 8.
std::size_t thread_limit();

// Calls act(worker) for each worker below `count`, 0 in the caller's thread and the others in
// threads of their own; where the system gives no more threads the last ones are left out. Returns
// when all are done, and throws what was thrown first.
void for_workers(std::size_t count, const std::function<void(std::size_t worker)>& act);

// Calls act(begin, end) for parts that cover [0, count) once each, on up to thread_limit() threads;
// none but the caller's where all is one part. Returns when all parts are done. A part has `part`
// things, the last may have fewer; `part` is at least 1. What act throws first is thrown when the
// others are through with their parts; further parts are left out then.
void for_parts(std::size_t count, std::size_t part,
               const std::function<void(std::size_t begin, std::size_t end)>& act);

}  // namespace jobtally
