// Invented durations and records whose truth is known: what is usual for a definition, and what has
// been done to it. Nothing here looks at how runs are judged.
#pragma once

#include "core/query/run_history.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace jobtally::simulator {

enum class Season : std::uint8_t { none, weekend, weekday, hour, hour_of_week, end_of_month };

// What the logarithms of a definition's values are made of.
struct Usual {
    std::int64_t every = 0;  // microseconds from run to run
    int days = 0;            // of history
    Season season = Season::none;
    double sigma = 0.1;                // of the noise
    bool heavy_tailed = false;         // Student's t with four degrees of freedom instead of normal
    double growth = 0;                 // a day, of durations and records alike
    double duration = 0, records = 0;  // medians: seconds, counts
    std::vector<double> profile;       // logarithms, by place in the season
    double empty = 0;                  // share of the runs
    bool empty_weekends = false;
    double failed = 0;  // share of the records

    // What the season adds to the logarithm at a time.
    double seasonal(std::int64_t micros) const;
};

class Chance {
  public:
    explicit Chance(std::uint64_t seed) : m_source(seed) {}
    double uniform() { return static_cast<double>(m_source() >> 11) * 0x1p-53; }
    double between(double low, double high) { return low + uniform() * (high - low); }
    bool happens(double share) { return uniform() < share; }
    double normal();
    std::int64_t poisson(double mean);
    std::size_t below(std::size_t count) {
        return static_cast<std::size_t>(uniform() * static_cast<double>(count));
    }

  private:
    std::mt19937_64 m_source;
};

Usual make_usual(Chance& chance, std::int64_t every, Season season, double sigma);
// Runs up to 2026-11-20 or, at random, some days later; the noise of their durations is put into
// `noise` if it is given, in units of sigma.
std::vector<query::Run> make_runs(const Usual& usual, Chance& chance,
                                  std::vector<double>* noise = nullptr);

// Multiplies the durations or the records of the runs from `first` on.
void scale_durations(std::vector<query::Run>& runs, std::size_t first, double factor);
void scale_records(std::vector<query::Run>& runs, std::size_t first, double factor);

}  // namespace jobtally::simulator
