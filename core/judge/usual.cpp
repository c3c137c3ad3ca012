#include "core/judge/usual.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>

namespace jobtally::judge {

namespace {

constexpr double usual_day = 24 * 3600 * 1e6;
constexpr std::size_t last_few = 10;
constexpr std::size_t maybe_a_step = 4;  // too few for find_change
constexpr double level_days = 100, change_days = 121;
constexpr std::size_t level_runs = 30, change_runs = 40;
constexpr double least_unusual = 0.405465;  // ln 1.5
constexpr double nearly_as_far = 2.0 / 3;

double logarithm(std::int64_t value) {
    return std::log(static_cast<double>(std::max<std::int64_t>(value, 1)));
}
std::int64_t rounded(double logarithm) {
    return std::llround(std::exp(logarithm));
}

// The residuals, those of the other side being no more than twice as far out as those of this one,
// whose very greatest don't count: great loads now and then say nothing of small ones.
std::vector<double> as_far_as(std::span<const double> residuals, bool above) {
    std::vector<double> found, here;
    for (const double each : residuals) found.push_back(above ? each : -each);
    std::copy_if(found.begin(), found.end(), std::back_inserter(here),
                 [](double x) { return x > 0; });
    const std::size_t spared = spared_of(residuals.size());
    if (here.size() <= spared) return found;
    const auto last = here.begin() + static_cast<std::ptrdiff_t>(spared);
    std::nth_element(here.begin(), last, here.end(), std::greater<>());
    for (double& each : found) each = std::max(each, -2 * *last);
    return found;
}

// Of far ones in a row, which have one cause, the farthest.
void keep_farthest_of_rows(std::vector<double>& residuals) {
    std::size_t kept = 0;
    for (const double each : residuals) {
        const bool is_far = std::abs(each) >= least_unusual;
        if (kept > 0 && is_far && each * residuals[kept - 1] > 0 &&
            std::abs(residuals[kept - 1]) >= least_unusual) {
            if (std::abs(each) > std::abs(residuals[kept - 1])) residuals[kept - 1] = each;
        } else {
            residuals[kept++] = each;
        }
    }
    residuals.resize(kept);
}

}  // namespace

double Comparison::factor() const {
    const auto known = [](std::int64_t one) {
        return static_cast<double>(std::max<std::int64_t>(one, 1));
    };
    return known(value) / known(usual);
}

double UsualValues::Levels::by() const {
    return logarithm(now) - logarithm(usual);
}

void UsualValues::expect(std::size_t values) {
    m_at.reserve(values);
    m_places.reserve(values);
    m_values.reserve(values);
    m_logarithms.reserve(values);
}

void UsualValues::add(std::int64_t at, ClockPlace place, std::int64_t value, bool is_judged) {
    if (is_judged && !m_first_judged) m_first_judged = size();
    m_at.push_back(at);
    m_places.push_back(place);
    m_values.push_back(value);
    m_logarithms.push_back(logarithm(value));
}

// The first of the values that are no older than `days`, or of the last `least`.
std::size_t UsualValues::recent(double days, std::size_t least) const {
    const auto since = m_at.back() - static_cast<std::int64_t>(days * usual_day);
    const auto first = std::lower_bound(m_at.begin(), m_at.end(), since) - m_at.begin();
    return std::min(static_cast<std::size_t>(first), size() > least ? size() - least : 0);
}

// Values of two levels pass for a season, so lasting changes are taken out where there seems to be
// one. Returns the first value of the last level.
std::size_t UsualValues::fit_season() {
    m_fitted = fit_profile(m_logarithms, m_places);
    if (m_fitted.profile.season == Season::none) return 0;
    const auto levels = lasting_levels({m_logarithms, m_at});
    if (levels.empty()) return 0;
    std::vector<double> level(size());
    std::transform(m_logarithms.begin(), m_logarithms.end(), levels.begin(), level.begin(),
                   std::minus<>());
    m_fitted = fit_profile(level, m_places);
    for (std::size_t i = 0; i < size(); ++i) m_fitted.residuals[i] += levels[i];
    const auto last = std::find_if(levels.rbegin(), levels.rend(),
                                   [&](double one) { return one != levels.back(); });
    return static_cast<std::size_t>(levels.rend() - last);
}

bool UsualValues::learn(const Chances& chances) {
    if (size() <= enough_runs) return false;
    const std::size_t settled = fit_season();
    m_residuals.resize(size());
    for (std::size_t i = 0; i < size(); ++i) {
        m_residuals[i] = m_logarithms[i] - m_fitted.profile.at(m_places[i]).level;
    }
    const std::size_t first = recent(change_days, change_runs);
    m_change = find_change({std::span(m_residuals).subspan(first), std::span(m_at).subspan(first)},
                           chances);
    m_recent = recent(level_days, level_runs);
    std::size_t usual_end = size();
    if (m_change) {
        m_change->move_by(first);
        m_recent = std::min(std::max(m_recent, m_change->usual_from), m_change->first);
        usual_end = m_change->usual_until;
    }
    if (settled + enough_runs <= usual_end) m_recent = std::max(m_recent, settled);
    m_level = level_of(m_recent, usual_end);
    m_now = m_change ? level_of(m_change->now_from, size()) : m_level;
    m_left.resize(size() - m_recent);
    for (std::size_t i = m_recent; i < size(); ++i) {
        const bool is_now = m_change && i >= m_change->now_from;
        m_left[i - m_recent] = m_fitted.residuals[i] - (is_now ? m_now : m_level);
    }
    m_scale = std::max(least_scale, median_scale(m_left));
    const std::size_t newest = std::max(maybe_a_step, size() - m_first_judged.value_or(size()));
    m_left.resize(m_left.size() - std::min(newest, m_left.size() / 5));
    keep_farthest_of_rows(m_left);
    return true;
}

// Most values never ask for it.
const Tail& UsualValues::tail(bool above) {
    auto& tail = m_tails[above ? 1 : 0];
    if (!tail) tail = tail_of(as_far_as(m_left, above), m_scale);
    return *tail;
}

double UsualValues::level_of(std::size_t first, std::size_t end) const {
    return middle_of(std::span(m_residuals).subspan(first, end - first));
}

// Of the levels that are usual the nearest one, where they differ.
double UsualValues::level_for(std::size_t place, double residual) const {
    double nearest = m_level;
    const auto consider = [&](double level) {
        const bool differs = std::abs(level - m_level) > least_change;
        if (differs && std::abs(residual - level) < std::abs(residual - nearest)) nearest = level;
    };
    // Where the value is nearer than half of that, a level that differs is farther from it.
    const bool is_near = std::abs(residual - m_level) < 0.49 * least_change;
    if (place >= last_few && !is_near) consider(level_of(place - last_few, place));
    if (m_change && place >= m_change->first) consider(m_now);
    return nearest;
}

bool UsualValues::comes_each_week(std::size_t place, double off) const {
    constexpr int most_weeks = 3;
    const ClockPlace here = m_places[place];
    int weeks = 0;
    for (int week = 1; week <= most_weeks && m_places.front().day < here.day - 7 * week; ++week) {
        const auto is_it = [&, week](std::size_t i) {
            return m_places[i].day == here.day - 7 * week && m_places[i].hour == here.hour &&
                   (m_fitted.residuals[i] - m_level) / off >= nearly_as_far;
        };
        // The hour before and after: summer time.
        const auto at = m_at[place] - static_cast<std::int64_t>(7 * week * usual_day);
        const auto around = static_cast<std::int64_t>(usual_day / 12);
        auto i = static_cast<std::size_t>(std::lower_bound(m_at.begin(), m_at.end(), at - around) -
                                          m_at.begin());
        while (i < size() && m_at[i] <= at + around && !is_it(i)) ++i;
        if (i == size() || m_at[i] > at + around) return false;
        ++weeks;
    }
    return weeks > 0;
}

Comparison UsualValues::compare(std::size_t place, double chance) {
    const double residual = m_fitted.residuals[place];
    const double off = residual - level_for(place, residual);
    const double usual = m_logarithms[place] - off, value = std::exp(usual);
    const double scale = std::max(m_scale, m_unit > 0 ? m_unit / value : 1 / std::sqrt(value));
    const Profile& profile = m_fitted.profile;
    const std::size_t of =
        profile.season == Season::none ? size() - m_recent : profile.at(m_places[place]).count;
    Comparison found{m_values[place],
                     rounded(usual),
                     static_cast<std::int64_t>(of) - 1,
                     profile.season,
                     m_places[place],
                     off / scale,
                     0};
    if (std::abs(off) < least_unusual) return found;
    const double others = static_cast<double>(size() - m_recent - 1);
    const double days = static_cast<double>(m_at.back() - m_at[m_recent]) / usual_day;
    const double of_a_run = std::clamp(chance * days / others, 1e-12, 0.003);
    const double normal = one_sided_z(of_a_run / 2) * (1 + 4 / others) * scale;
    if (std::abs(off) >= std::max(normal, tail(off > 0).reach(of_a_run)) &&
        !comes_each_week(place, off)) {
        found.direction = off > 0 ? 1 : -1;
    }
    return found;
}

std::optional<UsualValues::Levels> UsualValues::levels(const Period& period) const {
    std::vector<double> usual, now, season;
    for (std::size_t i = m_residuals.empty() ? size() : recent(change_days, change_runs);
         i < size(); ++i) {
        if (m_at[i] >= period.usual_from && m_at[i] < period.usual_until)
            usual.push_back(m_residuals[i]);
        if (m_at[i] < period.now_from) continue;
        now.push_back(m_residuals[i]);
        season.push_back(m_fitted.profile.at(m_places[i]).level);
    }
    if (usual.empty() || now.empty()) return std::nullopt;
    const double place = middle_of(season);
    return Levels{rounded(place + middle_of(usual)), rounded(place + middle_of(now))};
}

}  // namespace jobtally::judge
