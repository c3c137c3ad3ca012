// Work on many things at once, on all processors.
#pragma once

#include <cstddef>
#include <functional>

namespace jobtally {

// Calls act(begin, end) for parts that cover [0, count) once each, from the caller's thread and as
// many others as there are further processors; none where all is one part. Returns when all parts
// are done. A part has `part` things, the last may have fewer; `part` is at least 1. What act
// throws first is thrown when the others are through with their parts; further parts are left out
// then.
void for_parts(std::size_t count, std::size_t part,
               const std::function<void(std::size_t begin, std::size_t end)>& act);

}  // namespace jobtally
