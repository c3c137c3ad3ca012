#include "core/generate/history.hpp"

#include "core/base/error.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace jobtally::generate {
namespace {

using Millis = std::int64_t;  // since 1970, or a length
constexpr Millis hour = 3'600'000;
constexpr Millis day = 24 * hour;

// How often, and by how many definitions out of thirty: 91.4 runs a day, so that a million runs of
// 300 definitions are three years.
struct Cadence {
    int definitions;
    Millis period;
    bool weekdays_only;
    const char* name;
};
constexpr Cadence cadences[] = {
    {2, hour, false, "CRM contacts"},       {3, 4 * hour, false, "Newsletter opt-ins"},
    {10, day, false, "Loyalty members"},    {9, day, false, "Kundenübersicht"},
    {3, day, true, "Store staff"},          {1, 6 * hour, false, "Warehouse stock"},
    {2, 7 * day, false, "Partner profiles"}};

const Cadence& cadence_of(std::int64_t number) {
    auto place = number * 7 % 30;  // each of 30 once, mixed; the first is hourly
    const auto* cadence = cadences;
    while (place >= cadence->definitions) place -= (cadence++)->definitions;
    return *cadence;
}

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

class Source {
  public:
    // The numbers of one place: of a definition, of a run.
    Source(std::uint64_t seed, std::int64_t place)
        : m_state(mixed(seed + 0x9e3779b97f4a7c15) ^ mixed(static_cast<std::uint64_t>(place))) {}

    std::uint64_t next() { return mixed(m_state += 0x9e3779b97f4a7c15); }
    double share() { return static_cast<double>(next() >> 11) * 0x1p-53; }  // [0, 1)
    bool chance(double probability) { return share() < probability; }
    std::int64_t below(std::int64_t limit) {
        return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(limit));
    }
    // A hump around `middle`, within `middle` +- `spread` (a share of it).
    double around(double middle, double spread) {
        const double thirds = (share() + share() + share()) / 3;
        return middle * (1 + spread * (2 * thirds - 1));
    }
    // As many of each order of magnitude.
    double between(double low, double high) { return low * std::pow(high / low, share()); }
    // 20 URL-safe base64 characters: 6 bytes of milliseconds, 9 bytes of anything.
    std::string identifier(Millis at) {
        static const char digits[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        std::string text;
        for (int shift = 42; shift >= 0; shift -= 6) text += digits[at >> shift & 63];
        const std::uint64_t bits[] = {next(), next()};
        for (int i = 0; i < 12; ++i) text += digits[bits[i / 6] >> i % 6 * 6 & 63];
        return text;
    }

  private:
    std::uint64_t m_state;
};

time::Instant instant(Millis at) {
    return time::Instant(std::chrono::milliseconds(at));
}

struct Run {
    Millis created, updated;
    std::int64_t operations, failed_operations;
    bool is_failure;
    std::string id;
};

struct Definition {
    Definition(const HistoryOptions& options, std::int64_t number);
    // `slot`, or the nearest in which it runs, by steps of 1 or -1.
    std::int64_t with_run(std::int64_t slot, int step) const;
    Millis time_of(std::int64_t at) const { return at * cadence.period + phase; }
    Run run_in(std::int64_t slot) const;
    bool fails_in(std::int64_t slot) const;

    Cadence cadence;
    std::uint64_t seed;
    std::string id, name, type;
    Millis phase;
    double operations_per_second, usual_operations;
    double empty, partial, failures;  // shares
    std::int64_t slot = 0, last = 0;  // the next to run in, and the last one of all
    Run run{};                        // in `slot`
};

Definition::Definition(const HistoryOptions& options, std::int64_t number)
    : cadence(cadence_of(number)) {
    static constexpr std::array own_failures{0.0, 0.002, 0.005, 0.01, 0.02, 0.2};
    constexpr Millis first_made = 1'559'520'000'000;  // 2019-06-03
    constexpr Millis monday = 4 * day;                // of 1970
    constexpr Millis minutes = 300'000;
    Source source(options.seed, number);
    seed = source.next();
    id = source.identifier(first_made + number * hour);
    type = source.chance(0.25) ? "export" : "import";
    name = fmt::format("{} {}", cadence.name, number + 1);
    phase = monday + source.below(std::min(day, cadence.period) / minutes) * minutes;
    operations_per_second = source.between(40, 1000);
    // The next run begins no sooner than this one has ended.
    const double most = operations_per_second * static_cast<double>(cadence.period / 4000);
    usual_operations = std::min(source.between(1, 250'000), most);
    empty = source.chance(0.1) ? 0.15 : 0.002;
    partial = source.chance(0.2) ? 0.2 : 0.02;
    const auto own = own_failures[source.next() % own_failures.size()];
    failures = options.failure_rate.value_or(own);
}

std::int64_t Definition::with_run(std::int64_t at, int step) const {
    const auto is_free = [this](std::int64_t candidate) {
        const auto days = std::chrono::floor<std::chrono::days>(instant(time_of(candidate)));
        return cadence.weekdays_only && std::chrono::weekday(days).iso_encoding() > 5;
    };
    while (is_free(at)) at += step;
    return at;
}

// Half of the failures are of four runs in a row, as when a server is down.
bool Definition::fails_in(std::int64_t at) const {
    const double half = failures / 2;
    return Source(seed + 1, at >> 2).chance(half) || Source(seed + 2, at).chance(half / (1 - half));
}

Run Definition::run_in(std::int64_t at) const {
    Source source(seed, at);
    Run made{};
    made.created = time_of(at) + 50 + source.below(4000);
    made.id = source.identifier(made.created);
    made.is_failure = fails_in(at);
    made.operations = std::llround(source.around(usual_operations, 0.4));
    double seconds = source.around(3, 0.6);
    if (made.is_failure) {
        // Most failures end before the first record, the others on the way.
        made.operations = source.chance(0.6) ? 0 : made.operations / 3;
        made.failed_operations = made.operations - source.below(made.operations / 2 + 1);
    } else {
        if (source.chance(empty)) made.operations = 0;
        if (source.chance(partial))
            made.failed_operations =
                std::min(made.operations, 1 + source.below(made.operations / 20 + 1));
        seconds +=
            static_cast<double>(made.operations) / source.around(operations_per_second, 0.25);
    }
    made.updated = made.created + std::llround(seconds * 1000);
    return made;
}

using Queue = std::priority_queue<std::pair<Millis, Definition*>>;

// Goes back over all slots from the last ones whose runs have ended.
void find_beginning(std::vector<Definition>& definitions, const HistoryOptions& options) {
    const auto end =
        std::chrono::floor<std::chrono::milliseconds>(options.end).time_since_epoch().count();
    Queue latest;
    for (auto& one : definitions) {
        one.last = (end - one.phase) / one.cadence.period + 2;
        do one.last = one.with_run(one.last - 1, -1);
        while (one.run_in(one.last).updated > end);
        one.slot = one.last + 1;
        latest.emplace(one.time_of(one.last), &one);
    }
    for (std::int64_t count = 0; count < options.count; ++count) {
        const auto [at, one] = latest.top();
        if (instant(at) < time::earliest + std::chrono::days(7))
            throw UsageError("so many reports would reach back before the year 1",
                             "spread them over more with --definitions");
        latest.pop();
        one->slot = one->with_run(one->slot - 1, -1);
        latest.emplace(one->time_of(one->with_run(one->slot - 1, -1)), one);
    }
}

void fill(model::JobReport& report, const Definition& one) {
    report.id = one.run.id;
    report.status = one.run.is_failure ? "FAILURE" : "SUCCESS";
    report.type = one.type;
    report.created_at = instant(one.run.created);
    report.updated_at = instant(one.run.updated);
    report.total_operations = one.run.operations;
    report.total_succeeded = one.run.operations - one.run.failed_operations;
    report.total_failed = one.run.failed_operations;
    report.definition_id = one.id;
    report.definition_name = one.name;
}

}  // namespace

void make_history(const HistoryOptions& options,
                  const std::function<bool(const model::JobReport&)>& take) {
    std::vector<Definition> definitions;
    definitions.reserve(static_cast<std::size_t>(options.definitions));
    for (std::int64_t number = 0; number < options.definitions; ++number)
        definitions.emplace_back(options, number);
    find_beginning(definitions, options);
    Queue next;  // by the end of the run, the earliest first
    const auto queue = [&next](Definition& one) {
        one.slot = one.with_run(one.slot, 1);
        if (one.slot > one.last) return;
        one.run = one.run_in(one.slot);
        next.emplace(-one.run.updated, &one);
    };
    for (auto& one : definitions) queue(one);
    model::JobReport report;
    while (!next.empty()) {
        auto& one = *next.top().second;
        next.pop();
        fill(report, one);
        if (!take(report)) return;
        ++one.slot;
        queue(one);
    }
}

}  // namespace jobtally::generate
