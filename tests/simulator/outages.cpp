// How many of the outages done to invented fleets are found, which definitions are told of each,
// and how much is told of fleets to which nothing was done.
#include "core/incidents/coincidence.hpp"
#include "core/judge/usual.hpp"
#include "tests/simulator/values.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include <fmt/format.h>

namespace {

using namespace jobtally;
using incidents::Incident;
using incidents::Kind;
using incidents::Moment;
using simulator::Chance;

constexpr std::int64_t a_minute = 60'000'000, an_hour = 60 * a_minute, a_day = 24 * an_hour;
constexpr int days = 30;

struct Outage {
    std::int64_t begin, end;
    std::set<std::size_t> stricken;  // with a run that failed because of it
};

struct Fleet {
    std::vector<Moment> moments;
    std::vector<Outage> outages;
};

// 41 definitions that run hourly to daily. Each outage strikes all of them or a third; with
// `staggered` each recovers some time after its end.
Fleet make_fleet(Chance& chance, int outages, bool of_a_third, bool staggered, double failing) {
    Fleet fleet;
    for (int i = 0; i < outages; ++i) {
        const std::int64_t begin = (5 + 7 * i) * a_day + std::llround(chance.uniform() * a_day);
        fleet.outages.push_back(
            {begin, begin + std::llround(chance.between(1.5, 6) * an_hour), {}});
    }
    for (std::uint32_t definition = 1; definition <= 41; ++definition) {
        constexpr std::int64_t paces[] = {an_hour, an_hour, 2 * an_hour, 4 * an_hour, a_day};
        const std::int64_t every = paces[chance.below(5)];
        const bool is_struck = !of_a_third || definition % 3 == 0;
        const std::int64_t longer =
            staggered ? std::llround(chance.uniform() * 3 * an_hour) : std::int64_t{0};
        const std::int64_t length = std::llround(chance.between(.2, 5) * a_minute);
        for (std::int64_t at = std::llround(chance.uniform() * static_cast<double>(every));
             at < days * a_day; at += every) {
            Kind kind = chance.happens(failing) ? Kind::failed : Kind::good;
            for (Outage& outage : fleet.outages) {
                if (!is_struck || at < outage.begin || at >= outage.end + longer) continue;
                kind = chance.happens(.9) ? Kind::failed : Kind::missed;
                outage.stricken.insert(definition);
            }
            fleet.moments.push_back(
                {definition, kind, at, at + length, kind == Kind::failed ? 0 : 1});
        }
    }
    return fleet;
}

double jaccard(const Incident& incident, const Outage& outage) {
    const auto both =
        std::count_if(incident.definitions.begin(), incident.definitions.end(),
                      [&](std::size_t definition) { return outage.stricken.contains(definition); });
    const auto all = std::ssize(incident.definitions) + std::ssize(outage.stricken) - both;
    return static_cast<double>(both) / static_cast<double>(all);
}

class Outages {
  public:
    Outages(std::uint64_t seed, int fleets) : m_chance(seed), m_fleets(fleets) {}

    bool print() {
        fmt::print("{:52} {:>7} {:>10} {:>8}\n", "outages", "recall", "precision", "Jaccard");
        for (const double failing : {.0, .05}) {
            for (const bool of_a_third : {false, true}) {
                for (const bool staggered : {false, true}) line(of_a_third, staggered, failing);
            }
        }
        fmt::print("{:52} {:>7} {:>10}\n", "told of nothing", "told", "at most");
        for (const double failing : {.005, .05, .2}) quiet(failing);
        return m_good;
    }

  private:
    static std::vector<Incident> shared(const Fleet& fleet) {
        auto found = incidents::find_incidents(fleet.moments, judge::Budget{}.of_incidents());
        std::erase_if(found, [](const Incident& incident) { return !incident.is_shared; });
        return found;
    }

    void line(bool of_a_third, bool staggered, double failing) {
        int injected = 0, found = 0, told = 0, right = 0;
        double likeness = 0;
        for (int i = 0; i < m_fleets; ++i) {
            const Fleet fleet = make_fleet(m_chance, 3, of_a_third, staggered, failing);
            const auto incidents = shared(fleet);
            told += static_cast<int>(incidents.size());
            for (const Outage& outage : fleet.outages) {
                ++injected;
                double best = 0;
                for (const Incident& incident : incidents) {
                    const bool overlaps =
                        incident.began_at < outage.end && incident.last_bad_at > outage.begin;
                    if (overlaps) best = std::max(best, jaccard(incident, outage));
                }
                if (best < .5) continue;
                ++found, ++right;
                likeness += best;
            }
        }
        const double recall = static_cast<double>(found) / injected;
        const double precision = static_cast<double>(right) / std::max(told, 1);
        const double mean = likeness / std::max(found, 1);
        const bool is_good = recall >= .95 && precision >= .95 && mean >= .9;
        const auto what =
            fmt::format("of {}{}, {:.0f} % fail anyway", of_a_third ? "a third" : "all",
                        staggered ? ", each recovers by itself" : "", 100 * failing);
        fmt::print("{:52} {:7.3f} {:10.3f} {:8.3f}{}\n", what, recall, precision, mean,
                   is_good ? "" : "  below");
        m_good = m_good && is_good;
    }

    void quiet(double failing) {
        std::size_t told = 0;
        for (int i = 0; i < m_fleets; ++i) {
            told += shared(make_fleet(m_chance, 0, false, false, failing)).size();
        }
        const double most = judge::Budget{}.a_day * 41 * days * m_fleets;
        const auto what = fmt::format("{} days, {:.1f} % fail", m_fleets * days, 100 * failing);
        fmt::print("{:52} {:7} {:10.1f}\n", what, told, most);
        m_good = m_good && static_cast<double>(told) <= most;
    }

    Chance m_chance;
    int m_fleets;
    bool m_good = true;
};

}  // namespace

int main(int argc, char* argv[]) {
    const auto number = [&](int place, long long otherwise) {
        return argc > place ? std::atoll(argv[place]) : otherwise;
    };
    Outages outages(static_cast<std::uint64_t>(number(1, 1)), static_cast<int>(number(2, 40)));
    return outages.print() ? 0 : 1;
}
