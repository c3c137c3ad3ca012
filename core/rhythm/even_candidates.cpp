// Proposes schedules that no clock rules: each so many minutes, whatever it shows.
#include "core/rhythm/candidates.hpp"

#include <cmath>

namespace jobtally::rhythm {

namespace {

// Even slots through all runs: the interval and the phase by a least-squares fit of the runs' times
// to their numbers.
EvenSlots even_slots(std::span<const std::int64_t> runs, std::int64_t gap) {
    double interval = static_cast<double>(gap), start = 0;
    for (int round = 0; round < 2; ++round) {
        double n = 0, sum_k = 0, sum_t = 0, sum_kk = 0, sum_kt = 0, k = 0;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const double t = static_cast<double>(runs[i] - runs.front());
            if (round == 0 && i > 0) {
                k += std::round(static_cast<double>(runs[i] - runs[i - 1]) / interval);
            } else if (round > 0) {
                k = std::round((t - start) / interval);
            }
            n += 1, sum_k += k, sum_t += t, sum_kk += k * k, sum_kt += k * t;
        }
        const double spread = n * sum_kk - sum_k * sum_k;
        if (spread <= 0) break;
        const double slope = (n * sum_kt - sum_k * sum_t) / spread;
        if (slope < 1 || slope > 1e17) break;
        interval = slope;
        start = (sum_t - slope * sum_k) / n;
    }
    return {std::llround(interval), runs.front() + std::llround(start)};
}

}  // namespace

std::vector<Candidate> even_candidates(const Times& runs) {
    const std::int64_t gap = median_gap(runs.instants);
    std::vector<Candidate> found;
    found.push_back({LearnedSchedule(even_slots(runs.instants, gap), {}), 2, cost_of_interval});
    found.push_back({LearnedSchedule(SinceLast{gap}, {}), 1, cost_of_interval});
    return found;
}

}  // namespace jobtally::rhythm
