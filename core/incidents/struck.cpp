// Keeps the logarithms of the runs that come most often.
#include "core/incidents/struck.hpp"

#include <cmath>

namespace jobtally::incidents {

namespace {

constexpr double bad_when_struck = 0.9;

Logs logs_of(double before, double after) {
    Logs logs;
    for (std::size_t k = 0; k < shares.size(); ++k) {
        logs[k] =
            std::log((1 - shares[k] + shares[k] * after) / (1 - shares[k] + shares[k] * before));
    }
    return logs;
}

}  // namespace

Struck::Struck(const Rates& rates) : m_rates(rates) {
    double before = 1;
    for (GoodRun& run : m_good_runs) {
        const double after = with_run(before, false, false);
        run = {before, after, logs_of(before, after)};
        before = after;
    }
}

double Struck::with_run(double likelier, bool is_bad, bool follows_a_bad_one) const {
    const double rate = follows_a_bad_one ? m_rates.after_bad : m_rates.after_good;
    return likelier * (is_bad ? bad_when_struck / rate : (1 - bad_when_struck) / (1 - rate));
}

Logs Struck::logs(double before, double after) const {
    for (const GoodRun& run : m_good_runs) {
        if (run.before == before && run.after == after) return run.logs;
    }
    return logs_of(before, after);
}

}  // namespace jobtally::incidents
