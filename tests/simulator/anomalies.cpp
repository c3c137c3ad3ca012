// How much of what was done to invented definitions is found, and how much is told of those to
// which nothing was done. Prints a table, with the limit: what someone finds who knows what is
// usual. It fails where a figure misses its bar by more than two standard errors of so many cases.
#include "core/judge/findings.hpp"
#include "tests/simulator/values.hpp"

#include <cmath>
#include <cstdlib>
#include <functional>
#include <string_view>

#include <fmt/format.h>

namespace {

using namespace jobtally;
using namespace jobtally::simulator;
using Runs = std::vector<query::Run>;

constexpr std::int64_t an_hour = 3600LL * 1'000'000, a_day = 24 * an_hour;

// Rows of each section of the summary of a window.
struct Told {
    int slower = 0, faster = 0, more = 0, fewer = 0;
    int spikes_up = 0, spikes_down = 0, more_once = 0, fewer_once = 0;
    int empty = 0, partial = 0;
    int unusual() const { return spikes_up + spikes_down + more_once + fewer_once; }
};

Told told(const Runs& runs) {
    const auto findings = judge::find_unusual(1, runs, {});
    Told told;
    for (const auto& shift : findings.shifts) {
        if (shift.kind == judge::Unusual::slower) ++told.slower;
        if (shift.kind == judge::Unusual::faster) ++told.faster;
        if (shift.kind == judge::Unusual::more) ++told.more;
        if (shift.kind == judge::Unusual::fewer) ++told.fewer;
    }
    for (const auto& unusual : findings.unusual) {
        if (unusual.kind == judge::Unusual::slower) ++told.spikes_up;
        if (unusual.kind == judge::Unusual::faster) ++told.spikes_down;
        if (unusual.kind == judge::Unusual::more) ++told.more_once;
        if (unusual.kind == judge::Unusual::fewer) ++told.fewer_once;
    }
    told.empty = findings.empty.count > 0 && findings.empty.judgement.is_problem() ? 1 : 0;
    told.partial = findings.partial.count > 0 && findings.partial.judgement.is_problem() ? 1 : 0;
    return told;
}

// The window is the day that ends with the last run.
Told told_of_last_day(Runs& runs) {
    for (auto& run : runs) run.in_window = run.created_at > runs.back().created_at - a_day;
    return told(runs);
}

struct Score {
    int cases = 0, found = 0, possible = 0;
    double recall() const { return static_cast<double>(found) / cases; }
    double limit() const { return static_cast<double>(possible) / cases; }
};

constexpr double limit_z = 3.29;  // once in a thousand, either way

class Anomalies {
  public:
    Anomalies(std::uint64_t seed, int cases) : m_chance(seed), m_cases(cases) {}

    void print() {
        fmt::print("{:52} {:>7} {:>7} {:>7}\n", "found", "recall", "limit", "bar");
        line("x3 or :3 in one run, noise 5 to 20 %", spike({Season::none}), .93);
        line("the same where weekdays or hours differ",
             spike({Season::weekday, Season::weekend, Season::hour, Season::hour_of_week}), .90);
        line("+20 % for 10 runs, noise 5 %", step(std::log(1.2), 10, {.05}, {Season::none}), .90);
        line("+50 % for 5 runs, noise 5 to 25 %",
             step(std::log(1.5), 5, {.05, .1, .15, .2, .25}, {Season::none}), .75);
        line("+50 % for 10 runs, all noises", step(std::log(1.5), 10, all_noises, {Season::none}),
             .68);
        line("+50 % for 10 runs where weekdays differ",
             step(std::log(1.5), 10, {.05, .1, .15}, {Season::weekday, Season::weekend}), .90);
        line("-33 % for 10 runs, noise 5 to 20 %",
             step(-std::log(1.5), 10, {.05, .1, .15, .2}, {Season::none}), .68);
        line("drift of 1 % a day over 30 and 60 days", drift(), .70);
        line("records doubled or halved since 10 runs", volume(), .80);
        line("empty runs that are unusual", empty(), .95);
        clean();
    }

  private:
    inline static const std::vector<double> all_noises{.05, .1, .2, .35, .8};

    void line(std::string_view what, const Score& score, double bar) {
        fmt::print("{:52} {:7.2f} {:7.2f} {:7.2f}{}\n", what, score.recall(), score.limit(), bar,
                   score.recall() < bar ? "  below" : "");
        const double error = std::sqrt(bar * (1 - bar) / score.cases);
        m_good = m_good && score.recall() >= bar - 2 * error;
    }
    template <class List>
    auto one_of(const List& list) {
        return std::data(list)[m_chance.below(std::size(list))];
    }
    std::int64_t some_pace() {
        return one_of(std::initializer_list<std::int64_t>{a_day, a_day, 4 * an_hour, an_hour});
    }

    Score spike(const std::vector<Season>& seasons) {
        Score score;
        for (; score.cases < m_cases; ++score.cases) {
            const auto usual =
                make_usual(m_chance, some_pace(), one_of(seasons), m_chance.between(.05, .2));
            std::vector<double> noise;
            Runs runs = make_runs(usual, m_chance, &noise);
            const bool up = m_chance.happens(.5), records = m_chance.happens(.5);
            const double by = up ? 3 : 1.0 / 3;
            (records ? scale_records : scale_durations)(runs, runs.size() - 1, by);
            const Told said = told_of_last_day(runs);
            score.found += (records ? (up ? said.more_once : said.fewer_once)
                                    : (up ? said.spikes_up : said.spikes_down)) > 0;
            const double off = std::log(by) + usual.sigma * noise.back();
            score.possible += std::abs(off) > (limit_z + 1) * usual.sigma;
        }
        return score;
    }

    Score step(double by, std::size_t count, const std::vector<double>& noises,
               const std::vector<Season>& seasons) {
        Score score;
        for (; score.cases < m_cases; ++score.cases) {
            const auto usual = make_usual(m_chance, some_pace(), one_of(seasons), one_of(noises));
            std::vector<double> noise;
            Runs runs = make_runs(usual, m_chance, &noise);
            scale_durations(runs, runs.size() - count, std::exp(by));
            const Told said = told_of_last_day(runs);
            score.found += (by > 0 ? said.slower : said.faster) > 0;
            double sum = 0;
            for (std::size_t i = runs.size() - count; i < runs.size(); ++i) sum += noise[i];
            const double z = std::abs(sum + static_cast<double>(count) * by / usual.sigma) /
                             std::sqrt(static_cast<double>(count));
            score.possible += z > limit_z;
        }
        return score;
    }
    Score drift() {
        Score score;
        for (; score.cases < m_cases; ++score.cases) {
            auto usual = make_usual(m_chance, m_chance.happens(.7) ? a_day : 4 * an_hour,
                                    Season::none, m_chance.between(.05, .2));
            usual.days = std::max(usual.days, 80);
            std::vector<double> noise;
            Runs runs = make_runs(usual, m_chance, &noise);
            const double length = m_chance.happens(.5) ? 30 : 60;
            const std::int64_t end = runs.back().created_at;
            double xx = 0, xy = 0, x_sum = 0, y_sum = 0, count = 0;
            for (std::size_t i = 0; i < runs.size(); ++i) {
                const double since = length - static_cast<double>(end - runs[i].created_at) / a_day;
                if (since < 0) continue;
                runs[i].updated_at =
                    runs[i].created_at +
                    std::llround(static_cast<double>(runs[i].updated_at - runs[i].created_at) *
                                 std::exp(std::log(1.01) * since));
                const double y = usual.sigma * noise[i] + .0095 * since;
                xx += since * since, xy += since * y, x_sum += since, y_sum += y, ++count;
            }
            score.found += told_of_last_day(runs).slower > 0;
            const double spread = xx - x_sum * x_sum / count;
            const double slope = (xy - x_sum * y_sum / count) / spread;
            score.possible += (slope - .02 / 30) / (usual.sigma / std::sqrt(spread)) > limit_z;
        }
        return score;
    }

    Score volume() {
        Score score;
        for (; score.cases < m_cases; ++score.cases) {
            const auto usual =
                make_usual(m_chance, some_pace(), Season::none, m_chance.between(.05, .4));
            Runs runs = make_runs(usual, m_chance);
            const bool up = m_chance.happens(.5);
            scale_records(runs, runs.size() - 10, up ? 2 : .5);
            const Told said = told_of_last_day(runs);
            score.found += (up ? said.more : said.fewer) > 0;
            score.possible += std::log(2) * std::sqrt(10) / usual.sigma > limit_z;
        }
        return score;
    }

    Score empty() {
        Score score;
        for (; score.cases < m_cases; ++score.cases) {
            auto usual = make_usual(m_chance, some_pace(), Season::none, .1);
            const std::size_t count = 1 + m_chance.below(3);
            const bool seldom = count == 3 && m_chance.happens(.5);
            if (seldom) usual.empty = .02;
            Runs runs = make_runs(usual, m_chance);
            scale_records(runs, runs.size() - count, 0);
            score.found += told_of_last_day(runs).empty > 0;
            ++score.possible;
        }
        return score;
    }

    // Definitions to which nothing was done, day by day.
    void clean() {
        Told sum;
        int judged = 0, level = 0;
        for (int i = 0; i < m_cases; ++i) {
            auto usual = make_usual(m_chance, some_pace(), static_cast<Season>(m_chance.below(6)),
                                    m_chance.between(.05, .2));
            usual.heavy_tailed = m_chance.happens(.2);
            if (m_chance.happens(.3)) usual.growth = .02 / 30;
            if (m_chance.happens(.15)) usual.empty = m_chance.between(.005, .2);
            usual.empty_weekends = m_chance.happens(.1);
            each_day(usual, [&](const Told& said) {
                ++judged;
                sum.slower += said.slower;
                level += said.faster + said.more + said.fewer;
                sum.spikes_up += said.unusual();
                sum.empty += said.empty;
            });
        }
        int partial = 0, judged_partial = 0;
        for (int i = 0; i < m_cases / 4; ++i) {
            auto usual = make_usual(m_chance, some_pace(), Season::none, .1);
            usual.failed = .005;
            each_day(usual, [&](const Told& said) {
                ++judged_partial;
                partial += said.partial;
            });
        }
        fmt::print("{:52} {:>7} {:>7} {:>7}\n", "told of nothing, a 1,000 definition-days", "told",
                   "", "bar");
        clean_line("slower", sum.slower, judged, 1);
        clean_line("faster, more records, fewer records", level, judged, 3);
        clean_line("unusual", sum.spikes_up, judged, 5);
        clean_line("empty", sum.empty, judged, 1);
        clean_line("partial, where half a per cent always fails", partial, judged_partial, 20);
    }

    void each_day(const Usual& usual, const std::function<void(const Told&)>& take) {
        Runs runs = make_runs(usual, m_chance);
        for (auto& run : runs) {
            run.failed =
                std::min(run.operations,
                         m_chance.poisson(usual.failed * static_cast<double>(run.operations)));
        }
        for (int day = 0; day < 10; ++day) {
            const std::int64_t end = runs.back().created_at - a_day;
            take(told_of_last_day(runs));
            while (!runs.empty() && runs.back().created_at > end) runs.pop_back();
        }
    }

    void clean_line(std::string_view what, int count, int judged, double bar) {
        const double share = 1000.0 * count / judged;
        fmt::print("{:52} {:7.2f} {:7} {:7}{}\n", what, share, "", bar,
                   share > bar ? "  above" : "");
        const double expected = bar * judged / 1000;
        m_good = m_good && count <= expected + 2 * std::sqrt(expected);
    }

    Chance m_chance;
    int m_cases;

  public:
    bool m_good = true;
};

}  // namespace

int main(int argc, char* argv[]) {
    const auto number = [&](int place, long long otherwise) {
        return argc > place ? std::atoll(argv[place]) : otherwise;
    };
    Anomalies anomalies(static_cast<std::uint64_t>(number(1, 1)), static_cast<int>(number(2, 300)));
    anomalies.print();
    return anomalies.m_good ? 0 : 1;
}
