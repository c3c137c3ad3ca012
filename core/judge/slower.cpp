// Finds the split by ranks; then the rise must be as great as a person would demand.
#include "core/judge/slower.hpp"

#include "core/judge/rank_test.hpp"
#include "core/query/percentile.hpp"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <vector>

namespace jobtally::judge {

using query::Run;

namespace {

constexpr std::int64_t day_micros = 24LL * 3600 * 1'000'000;
constexpr std::int64_t span_looked_at = 42 * day_micros;
constexpr std::size_t least_looked_at = 30;  // runs
constexpr std::size_t least_before = 10;
constexpr std::size_t least_since = 5;
constexpr double least_z = 3.5;
constexpr Floors floors{1.25, 5'000'000};
constexpr std::int64_t news_span = 21 * day_micros;
constexpr std::size_t news_runs = 10;

std::vector<Run> comparable_runs(std::span<const Run> runs) {
    std::vector<Run> found;
    for (std::size_t i = runs.size(); i-- > 0 && found.size() < history_reach.runs;) {
        const Run& run = runs[i];
        const std::int64_t age = runs.back().created_at - run.created_at;
        if (age > history_reach.micros) break;
        if (age > span_looked_at && found.size() >= least_looked_at) break;
        if (run.succeeded() && run.operations != 0 && run.duration()) found.push_back(run);
    }
    std::reverse(found.begin(), found.end());
    return found;
}

std::int64_t median_duration(std::span<const Run> runs) {
    std::vector<std::int64_t> values;
    for (const Run& run : runs) values.push_back(*run.duration());
    return query::median(std::move(values));
}

std::optional<std::int64_t> median_operations(std::span<const Run> runs) {
    std::vector<std::int64_t> values;
    for (const Run& run : runs) {
        if (run.operations > 0) values.push_back(run.operations);
    }
    if (values.empty()) return std::nullopt;
    return query::median(std::move(values));
}

// The runs of `before` on weekdays and at hours on which some of `since` ran; where those are too
// few, only the hours count, or only the weekdays.
std::vector<Run> peers_before(std::span<const Run> before, std::span<const Run> since,
                              const time::Zone& zone) {
    std::bitset<24> hours;
    std::bitset<7> weekdays;
    for (const Run& run : since) {
        const auto place = clock_place(run.created_at, zone);
        hours.set(place.hour);
        weekdays.set(place.weekday);
    }
    struct Wanted {
        bool hour, weekday;
    };
    std::vector<Run> found;
    for (const auto [hour, weekday] : {Wanted{true, true}, {true, false}, {false, true}}) {
        found.clear();
        for (const Run& run : before) {
            const auto place = clock_place(run.created_at, zone);
            if ((!hour || hours[place.hour]) && (!weekday || weekdays[place.weekday])) {
                found.push_back(run);
            }
        }
        if (found.size() >= least_since) return found;
    }
    return {before.begin(), before.end()};
}

// Moves the split on to the first run that is nearer to the new level than to the old one, by their
// ratio. Ranks alone would count the last quick runs as slow ones if they are a little above the
// usual.
std::size_t sharpened(std::span<const Run> series, std::size_t split) {
    const double before = static_cast<double>(median_duration(series.first(split)));
    const double now = static_cast<double>(median_duration(series.subspan(split)));
    const double middle = std::sqrt(before * now);
    while (series.size() - split > least_since &&
           static_cast<double>(*series[split].duration()) < middle) {
        ++split;
    }
    return split;
}

bool is_above(std::int64_t value, std::int64_t usual) {
    return static_cast<double>(value) >= floors.factor * static_cast<double>(usual) &&
           value - usual >= floors.difference;
}

bool is_news(std::span<const Run> since) {
    return since.size() <= news_runs ||
           since.back().created_at - since.front().created_at <= news_span;
}

}  // namespace

double Slower::factor() const {
    return static_cast<double>(now) / static_cast<double>(std::max<std::int64_t>(usual, 1));
}

std::optional<Slower> find_slower(std::span<const Run> runs, const time::Zone& zone) {
    const auto series = comparable_runs(runs);
    std::vector<std::int64_t> durations;
    for (const Run& run : series) durations.push_back(*run.duration());
    const auto rise = greatest_rise(durations, least_before, least_since);
    if (!rise || rise->z < least_z) return std::nullopt;
    const std::size_t split = sharpened(series, rise->split);
    const auto before = std::span(series).first(split);
    const auto since = std::span(series).subspan(split);
    const auto peers = peers_before(before, since, zone);

    Slower slower;
    slower.usual = median_duration(peers);
    slower.now = median_duration(since);
    const std::int64_t last = median_duration(since.last(least_since));
    if (!is_above(slower.now, std::max(slower.usual, median_duration(before))) ||
        !is_above(last, slower.usual) || !is_news(since)) {
        return std::nullopt;
    }
    slower.since = since.front().created_at;
    slower.runs = static_cast<std::int64_t>(since.size());
    slower.last = since.back().sequence;
    slower.z = mann_whitney_z(durations, split);
    slower.usual_operations = median_operations(peers);
    slower.now_operations = median_operations(since);
    if (slower.usual_operations && slower.now_operations) {
        slower.cause = cause_of(slower.factor(), static_cast<double>(*slower.now_operations) /
                                                     static_cast<double>(*slower.usual_operations));
    }
    return slower;
}

}  // namespace jobtally::judge
