#include "core/judge/level.hpp"

#include "core/judge/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace jobtally::judge {

namespace {

constexpr double day_micros = 24 * 3600 * 1e6;
constexpr std::size_t least_before = 10, least_since = 5;
constexpr std::size_t news_values = 10;
constexpr double news_days = 21;
constexpr double a_lot = 0.6931;         // ln 2
constexpr double still_there = 1.0 / 3;  // of the step, in the last five
constexpr double bins_of_a_drift = 30;
constexpr double as_steep = 0.8;  // else the longer time has days before the drift

double days_between(Timed series, std::size_t first, std::size_t last) {
    return static_cast<double>(series.at[last] - series.at[first]) / day_micros;
}

// On to the first value that is nearer to the new level than to the old one.
std::size_t sharpened(std::span<const double> values, std::size_t split) {
    const double between = (middle_of(values.first(split)) + middle_of(values.subspan(split))) / 2;
    const bool up = middle_of(values.subspan(split)) > between;
    while (values.size() - split > least_since && (values[split] > between) != up) ++split;
    return split;
}

// The first place at which a step is news.
std::size_t oldest_news(Timed series) {
    const std::size_t last = series.values.size() - 1;
    const std::size_t least = std::max(least_before, series.values.size() * 2 / 5);
    std::size_t oldest = last + 1 - least_since;
    while (oldest > least && (last + 1 - oldest < news_values ||
                              days_between(series, oldest - 1, last) <= news_days)) {
        --oldest;
    }
    return oldest;
}

// By how much a day the values before `end` grew, or fell, as far as that is normal: what the
// later half of them has over the earlier one.
double growth_before(Timed series, std::size_t end) {
    const auto values = series.values.first(end);
    const std::size_t half = end / 2;
    const double days = days_between(series, 0, end - 1) / 2;
    if (days == 0) return 0;
    const double by = middle_of(values.subspan(half)) - middle_of(values.first(half));
    return std::clamp(by / days, -normal_growth, normal_growth);
}

// The place in [begin, end) that parts the values best, and by more than `least` standard errors.
std::optional<std::size_t> best_split(const WinsorisedMeans& means, std::size_t begin,
                                      std::size_t end, double growth = 0, double least = 0,
                                      std::size_t stride = 1) {
    std::optional<std::size_t> found;
    for (std::size_t split = begin; split < end; split += stride) {
        const double here = std::abs(means.z(split, growth));
        if (here > least) found = split, least = here;
    }
    return found;
}

std::optional<Change> find_step(Timed series, const Chances& chances);

// What was usual before a step that is none any more does not count.
std::optional<Change> step_since(Timed series, std::size_t old_step, const Chances& chances) {
    const std::size_t first = sharpened(series.values, old_step);
    if (series.values.size() - first < least_before + least_since) return std::nullopt;
    auto found = find_step({series.values.subspan(first), series.at.subspan(first)}, chances);
    if (found) found->move_by(first);
    return found;
}

std::optional<Change> find_step(Timed series, const Chances& chances) {
    const auto values = series.values;
    const std::size_t count = values.size();
    const WinsorisedMeans means(values);
    const std::size_t oldest = oldest_news(series);
    const double growth = growth_before(series, oldest) * days_between(series, 0, count - 1) / 2;
    const auto strength = [&](std::size_t split) { return std::abs(means.z(split, growth)); };
    std::size_t best = count, next = least_since;
    bool is_seen = false;
    // Few values know their spread badly.
    const double width = 1 + 1 / static_cast<double>(count);
    const double rise = width * one_sided_z(chances.rise), fall = width * one_sided_z(chances.fall);
    for (std::size_t since = least_since; since <= count - oldest; ++since) {
        const std::size_t split = count - since;
        const double z = means.z(split, growth);
        if (best == count || std::abs(z) > strength(best)) best = split;
        if (since == next) is_seen = is_seen || z >= rise || z <= -fall, next *= 2;
    }
    if (!is_seen) return std::nullopt;
    if (const auto old = best_split(means, least_before, oldest, growth, strength(best)))
        return step_since(series, *old, chances);
    const std::size_t split = sharpened(values, best);
    const double before = middle_of(values.first(split));
    const double by = middle_of(values.subspan(split)) - before;
    const double last = middle_of(values.last(least_since)) - before;
    const double least = days_between(series, 0, split - 1) >= 7 ? least_change : a_lot;
    // Where the last few alone are elsewhere, it is not yet known where a step is.
    const bool agree = last / by >= still_there && by / last >= still_there;
    if (std::abs(by) < least || !agree) return std::nullopt;
    return Change{split, 0, split, split, means.z(split), 0};
}

// Whether the values before the step had left this level only for a time in which they were news.
bool comes_back(Timed series, const Change& step) {
    const auto left = best_split(WinsorisedMeans(series.values.first(step.first)), least_before,
                                 step.first - least_since + 1);
    if (!left) return false;
    const auto before = series.values.first(*left);
    const auto between = series.values.subspan(*left, step.first - *left);
    if (between.size() > news_values && days_between(series, *left, step.first) > news_days)
        return false;
    const double now = middle_of(series.values.subspan(step.now_from));
    return std::abs(now - middle_of(before)) < still_there * std::abs(now - middle_of(between));
}

// Medians of bins of equal time.
struct Binned {
    std::vector<double> values, at;  // days
    std::size_t first = 0;           // the first value of the series within
};

Binned binned(Timed series, double days) {
    Binned found;
    const std::size_t last = series.values.size() - 1;
    const auto bin_of = [&](std::size_t i) {
        return std::floor(days_between(series, i, last) * bins_of_a_drift / days);
    };
    while (found.first < last && bin_of(found.first) >= bins_of_a_drift) ++found.first;
    double bin = bin_of(found.first);
    for (std::size_t begin = found.first, end = begin; begin <= last; begin = end) {
        double next = bin;
        while (end <= last && next == bin) next = ++end <= last ? bin_of(end) : bin;
        found.values.push_back(middle_of(series.values.subspan(begin, end - begin)));
        found.at.push_back(-bin * days / bins_of_a_drift);
        bin = next;
    }
    return found;
}

std::vector<double> without_slope(const Binned& bins, double a_day) {
    std::vector<double> left = bins.values;
    for (std::size_t i = 0; i < left.size(); ++i) left[i] -= a_day * bins.at[i];
    return left;
}

double sum_of_squares(std::span<const double> values) {
    double sum = 0, squares = 0;
    for (const double value : values) sum += value, squares += value * value;
    return squares - sum * sum / static_cast<double>(values.size());
}

// Whether a line leaves no more unexplained than the best step does, but for a tenth.
bool is_a_line(const Binned& bins, double slope) {
    double least = HUGE_VAL;
    const std::span<const double> values = bins.values;
    for (std::size_t split = 1; split < values.size(); ++split) {
        least = std::min(
            least, sum_of_squares(values.first(split)) + sum_of_squares(values.subspan(split)));
    }
    return sum_of_squares(without_slope(bins, slope)) <= 1.1 * least;
}

std::optional<Change> find_drift(Timed series, const Chances& chances) {
    std::optional<Change> found;
    for (const double days : {30.0, 60.0, 90.0}) {
        const Binned bins = binned(series, days);
        if (bins.values.size() < bins_of_a_drift / 2 || bins.at.front() > -0.8 * days) break;
        if (!may_be_steep(bins.values, bins.at, least_change / days + normal_growth)) continue;
        const double slope = median_slope(bins.values, bins.at);
        if ((std::abs(slope) - normal_growth) * days < least_change) continue;
        const double z = mann_kendall_z(without_slope(bins, std::copysign(normal_growth, slope)));
        const double least = found ? std::abs(found->z) : one_sided_z(chances.of(z) / 3);
        if (std::abs(z) < least || !is_a_line(bins, slope)) continue;
        if (found && std::abs(slope) < as_steep * std::abs(found->a_day)) continue;
        const std::size_t count = series.values.size();
        const std::size_t sixth = std::max<std::size_t>(1, (count - bins.first) / 6);
        found = Change{bins.first, 0, bins.first + sixth, count - sixth, z, slope};
    }
    return found;
}

}  // namespace

std::optional<Change> find_change(Timed series, const Chances& chances) {
    if (series.values.size() < least_before + least_since) return std::nullopt;
    if (const auto drift = find_drift(series, chances)) return drift;
    const auto step = find_step(series, chances);
    return step && comes_back(series, *step) ? std::nullopt : step;
}

void Change::move_by(std::size_t places) {
    for (auto* place : {&first, &usual_from, &usual_until, &now_from}) *place += places;
}

namespace {

constexpr double lasting_days = 7;
constexpr std::size_t lasting_values = 10;
constexpr double surely = 8;  // standard errors
constexpr std::size_t splits_tried = 50;

std::optional<std::size_t> lasting_step(Timed series) {
    const std::size_t count = series.values.size();
    if (count < 2 * lasting_values || days_between(series, 0, count - 1) < 2 * lasting_days)
        return std::nullopt;
    const auto days = static_cast<std::int64_t>(lasting_days * day_micros);
    const auto place_of = [&](std::int64_t at) {
        const auto found = std::lower_bound(series.at.begin(), series.at.end(), at);
        return static_cast<std::size_t>(found - series.at.begin());
    };
    const std::size_t begin = std::max(lasting_values, place_of(series.at.front() + days));
    const std::size_t end = std::min(count - lasting_values, place_of(series.at.back() - days)) + 1;
    if (begin >= end) return std::nullopt;
    const WinsorisedMeans means(series.values);
    const std::size_t stride = 1 + count / splits_tried;
    const auto about = best_split(means, begin, end, 0, 0, stride);
    if (!about || std::abs(means.z(*about)) < surely / 2) return std::nullopt;
    const auto split = best_split(means, std::max(begin, *about - std::min(*about, stride)),
                                  std::min(end, *about + stride));
    const double by =
        middle_mean(series.values.subspan(*split)) - middle_mean(series.values.first(*split));
    if (std::abs(means.z(*split)) < surely || std::abs(by) < least_change) return std::nullopt;
    return split;
}

void put_levels(Timed series, std::span<double> levels) {
    const auto split = lasting_step(series);
    if (!split) {
        std::fill(levels.begin(), levels.end(), middle_mean(series.values));
        return;
    }
    put_levels({series.values.first(*split), series.at.first(*split)}, levels.first(*split));
    put_levels({series.values.subspan(*split), series.at.subspan(*split)}, levels.subspan(*split));
}

}  // namespace

std::vector<double> lasting_levels(Timed series) {
    if (!lasting_step(series)) return {};
    std::vector<double> levels(series.values.size());
    put_levels(series, levels);
    return levels;
}

}  // namespace jobtally::judge
