// Hand-made runs of one definition, and numbers that depend on a seed alone.
#pragma once

#include "core/query/run_history.hpp"
#include "tests/unit/query/made_store.hpp"

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace jobtally::query_test {

inline constexpr std::int64_t second = 1'000'000;
inline constexpr std::int64_t hour = 3600 * second;
inline constexpr std::int64_t day = 24 * hour;

// One after another, a day apart unless `every` says otherwise, from Monday 2026-06-01 at 03:00.
// Durations are seconds; all runs are in the window and news.
class Runs {
  public:
    explicit Runs(std::int64_t every = day) : m_every(every) {}

    Runs& add(double seconds, std::int64_t operations,
              model::Status status = model::Status::success) {
        query::Run run;
        run.created_at = m_at;
        run.updated_at = m_at + std::llround(seconds * static_cast<double>(second));
        run.operations = operations;
        run.sequence = static_cast<store::Sequence>(m_runs.size()) + 1;
        run.status = status;
        run.in_window = run.is_news = true;
        m_runs.push_back(run);
        m_at += m_every;
        return *this;
    }
    // `count` runs of `seconds`, one second more and one less in turn.
    Runs& usual(int count, double seconds, std::int64_t operations) {
        for (int i = 0; i < count; ++i) add(seconds + (i % 3 - 1), operations);
        return *this;
    }
    Runs& fail(int count = 1) {
        for (int i = 0; i < count; ++i) add(2, 0, model::Status::failure);
        return *this;
    }
    Runs& pause(std::int64_t length) {
        m_at += length;
        return *this;
    }

    std::vector<query::Run>& all() { return m_runs; }
    const std::vector<query::Run>& all() const { return m_runs; }
    std::size_t last() const { return m_runs.size() - 1; }

  private:
    std::int64_t m_every;
    std::int64_t m_at = time::micros(instant("2026-06-01T03:00:00Z"));
    std::vector<query::Run> m_runs;
};

// Normally distributed numbers by Box and Muller: the library's distributions differ.
class Noise {
  public:
    explicit Noise(std::uint64_t seed) : m_source(seed) {}

    double normal() {
        const double radius = std::sqrt(-2 * std::log(1 - uniform()));
        return radius * std::cos(2 * 3.14159265358979323846 * uniform());
    }
    double log_normal(double middle, double sigma) { return middle * std::exp(sigma * normal()); }

  private:
    double uniform() { return static_cast<double>(m_source() >> 11) * 0x1p-53; }

    std::mt19937_64 m_source;
};

}  // namespace jobtally::query_test
