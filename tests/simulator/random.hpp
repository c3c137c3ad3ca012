// Draws from chance that are the same with every compiler: one call a statement.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace jobtally::simulator {

using Random = std::mt19937_64;
using Micros = std::int64_t;
inline constexpr Micros second = 1'000'000, minute = 60 * second, hour = 60 * minute,
                        day = 24 * hour;

// Within [0, 1).
inline double chance(Random& random) {
    return static_cast<double>(random() >> 11) * 0x1p-53;
}
inline bool happens(Random& random, double probability) {
    return chance(random) < probability;
}
// Within [low, high).
inline Micros between(Random& random, Micros low, Micros high) {
    return low + static_cast<Micros>(chance(random) * static_cast<double>(high - low));
}
template <class Value>
const Value& one_of(Random& random, const std::vector<Value>& values) {
    return values[static_cast<std::size_t>(between(random, 0, static_cast<Micros>(values.size())))];
}
inline Micros scaled(Micros length, double by) {
    return static_cast<Micros>(static_cast<double>(length) * by);
}
inline double exponential(Random& random) {
    return -std::log(1 - chance(random));
}
// By Box and Muller, "A note on the generation of random normal deviates", 1958.
inline double normal(Random& random) {
    const double size = std::sqrt(2 * exponential(random));
    return size * std::cos(6.283185307179586 * chance(random));
}

// The next gap of jobs without a rhythm, in means.
inline double poisson_gap(Random& random) {
    return exponential(random);
}
inline double heavy_gap(Random& random) {
    return std::exp(-1 + 1.4 * normal(random));
}
inline double uniform_gap(Random& random) {
    return 2 * chance(random);
}
inline double burst_gap(Random& random) {
    return happens(random, 0.75) ? exponential(random) / 50 : 3 * exponential(random);
}
// People ask for a thing, look, and ask again.
inline double demand_gap(Random& random) {
    if (happens(random, 0.5)) return 0.05 * std::exp(normal(random));
    return 2 * std::exp(-0.5 + normal(random));
}

}  // namespace jobtally::simulator
