#include "core/base/parallel.hpp"

#include "core/base/error.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <cstdlib>
#include <initializer_list>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

using jobtally::for_parts;

TEST_CASE("parts cover all things once, whatever their size", "[parallel]") {
    for (const std::size_t count : {0U, 1U, 31U, 32U, 33U, 1000U}) {
        for (const std::size_t part : {1U, 32U, 5000U}) {
            std::vector<std::atomic<int>> seen(count);
            for_parts(count, part, [&](std::size_t begin, std::size_t end) {
                for (std::size_t i = begin; i < end; ++i) ++seen[i];
            });
            for (const auto& times : seen) CHECK(times == 1);
        }
    }
}

TEST_CASE("what a part throws comes to the caller", "[parallel]") {
    const auto act = [](std::size_t begin, std::size_t) {
        if (begin == 500) throw std::runtime_error("part");
    };
    CHECK_THROWS_WITH(for_parts(1000, 10, act), "part");
}

TEST_CASE("the environment says how many threads there are", "[parallel]") {
    const auto processors = jobtally::thread_limit();
    CHECK(processors >= 1);
    for (const auto& [text, threads] : std::initializer_list<std::pair<const char*, std::size_t>>{
             {"1", 1}, {"3", 3}, {"500", 8}, {"", processors}}) {
        ::setenv("JOBTALLY_THREADS", text, 1);
        CHECK(jobtally::thread_limit() == threads);
    }
    for (const char* const text : {"0", "x", "2x", "-1"}) {
        ::setenv("JOBTALLY_THREADS", text, 1);
        CHECK_THROWS_AS(jobtally::thread_limit(), jobtally::UsageError);
    }
    ::unsetenv("JOBTALLY_THREADS");
}

}  // namespace
