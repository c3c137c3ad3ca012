#include "core/time/instant.hpp"

namespace jobtally::time {

Instant system_now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

}  // namespace jobtally::time
