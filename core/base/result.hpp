// Bad input from outside is a value, not an exception: Result<T> holds a T, or the Problem that
// prevented it.
#pragma once

#include <stdexcept>
#include <string>

#include <boost/system/result.hpp>

namespace jobtally {

// Why a piece of input can't be used. `reason` is one sentence part in lower case, without a
// full stop, that names the place itself where there is one: `items[2].created_at: not a time`.
struct Problem {
    std::string reason;
};

template <class T>
using Result = boost::system::result<T, Problem>;

// Makes Result<T>::value() throw on a Problem that nobody checked for, which is a defect of the
// program.
[[noreturn]] inline void throw_exception_from_error(const Problem& problem,
                                                    const boost::source_location& where) {
    throw std::logic_error("a problem nobody looked at, at " + where.to_string() + ": " +
                           problem.reason);
}

}  // namespace jobtally
