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

Struck::Struck(const Rates& rates) {
    for (const bool is_after_bad : {false, true}) {
        const double rate = is_after_bad ? rates.after_bad : rates.after_good;
        m_factors[0][is_after_bad] = (1 - bad_when_struck) / (1 - rate);
        m_factors[1][is_after_bad] = bad_when_struck / rate;
    }
    double before = 1;
    for (GoodRun& run : m_good_runs) {
        const double after = with_run(before, false, false);
        run = {before, after, logs_of(before, after)};
        before = after;
    }
}

double Struck::with_run(double likelier, bool is_bad, bool follows_a_bad_one) const {
    return likelier * m_factors[is_bad][follows_a_bad_one];
}

Logs Struck::logs(double before, double after) const {
    for (const GoodRun& run : m_good_runs) {
        if (run.before == before && run.after == after) return run.logs;
    }
    return logs_of(before, after);
}

}  // namespace jobtally::incidents
