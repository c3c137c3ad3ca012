#include "core/base/result.hpp"

#include <stdexcept>

namespace jobtally {

void throw_exception_from_error(const Problem& problem, const boost::source_location& where) {
    throw std::logic_error("a problem nobody looked at, at " + where.to_string() + ": " +
                           problem.reason);
}

}  // namespace jobtally
