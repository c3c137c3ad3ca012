// Judges simulated definitions at many moments and holds what `missed` says against the truth.
// Usage: rhythm_simulator [--seed N] [--definitions N] [--moments N] [--only-random] [--verbose]
// Prints a table a rhythm; fails where the bar is not reached.
#include "core/rhythm/expectation.hpp"
#include "core/store/reports/write_transaction.hpp"
#include "core/time/rfc3339.hpp"
#include "tests/simulator/fleet.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include <fmt/format.h>

namespace {

using namespace jobtally;
using namespace jobtally::simulator;

constexpr std::size_t runs_of_the_bar = 10;
constexpr double bar = 0.98;

struct Options {
    unsigned long long seed = 20261123;
    int definitions = 20;  // a kind
    int moments = 40;      // a definition
    bool verbose = false;
    bool only_random = false;
};

struct Score {
    std::int64_t cases = 0, positives = 0, found = 0, claimed = 0, unclaimed = 0;

    void add(bool truth, bool claim, bool has_rhythm) {
        ++cases;
        positives += truth ? 1 : 0;
        claimed += claim ? 1 : 0;
        found += truth && claim ? 1 : 0;
        unclaimed += has_rhythm ? 0 : 1;
    }
    void add(const Score& other) {
        cases += other.cases, positives += other.positives, found += other.found;
        claimed += other.claimed, unclaimed += other.unclaimed;
    }
    double recall() const { return share(found, positives); }
    double precision() const { return share(found, claimed); }
    static double share(std::int64_t part, std::int64_t whole) {
        return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
    }
    bool reaches_bar() const { return recall() >= bar && precision() >= bar; }
};

// What the store knows at a moment: the reports that have arrived and were not lost.
std::vector<query::Run> known_at(const Definition& definition, Micros now) {
    std::vector<query::Run> known;
    for (const auto& run : definition.runs) {
        if (!run.ran || run.is_lost || run.arrives_at > now) continue;
        known.push_back({run.created_at, run.arrives_at});
    }
    std::sort(known.begin(), known.end(),
              [](const auto& a, const auto& b) { return a.created_at < b.created_at; });
    if (known.size() > rhythm::runs_looked_at) {
        known.erase(known.begin(), known.end() - std::ptrdiff_t{rhythm::runs_looked_at});
    }
    return known;
}

// A planned report is overdue: its normal lag is over, no report of it or of a later one has come,
// and it was not the listener that was down when it would have come.
bool is_overdue(const Definition& definition, Micros now, const std::vector<Downtime>& down) {
    Micros newest = INT64_MIN;
    for (const auto& run : definition.runs) {
        if (run.ran && !run.is_lost && run.arrives_at <= now) newest = std::max(newest, run.slot);
    }
    const auto was_down = [&](const PlannedRun& run) {
        return std::any_of(down.begin(), down.end(), [&](const Downtime& span) {
            return run.arrives_at >= span.from && run.arrives_at < span.to;
        });
    };
    if (definition.kind == Kind::after_the_last) {
        return newest + definition.typical + definition.normal_lag < now;
    }
    return std::any_of(definition.runs.begin(), definition.runs.end(), [&](const PlannedRun& run) {
        return !run.is_extra && run.slot > newest && run.slot + definition.normal_lag < now &&
               !was_down(run);
    });
}

Micros moment_with(const Definition& definition, std::size_t runs) {
    std::vector<Micros> arrivals;
    for (const auto& run : definition.runs) {
        if (run.ran && !run.is_lost) arrivals.push_back(run.arrives_at);
    }
    std::sort(arrivals.begin(), arrivals.end());
    return arrivals.size() < runs ? INT64_MAX : arrivals[runs - 1];
}

std::vector<time::TimeSpan> spans_of(const std::vector<Downtime>& down, Micros now) {
    std::vector<time::TimeSpan> spans;
    for (const auto& span : down) {
        if (span.from >= now) break;
        spans.push_back({time::instant_from_micros(span.from), time::instant_from_micros(span.to)});
    }
    return spans;
}

class Simulation {
  public:
    explicit Simulation(const Options& options) : m_options(options), m_random(options.seed) {}

    void run() {
        const auto kinds = [&](auto& list) {
            for (const Kind kind : list) {
                for (int i = 0; i < m_options.definitions; ++i) judge(kind);
            }
        };
        if (!m_options.only_random) kinds(rhythms);
        if (!m_options.only_random) kinds(hard_rhythms);
        kinds(random_kinds);
    }

    bool print() {
        fmt::print("{:20} {:>7} {:>9} {:>8} {:>10} {:>10}\n", "rhythm", "cases", "overdue",
                   "recall", "precision", "no rhythm");
        Score all;
        bool good = true;
        for (const Kind kind : rhythms) {
            const Score& score = m_by_kind[kind];
            print_line(name_of(kind), score);
            all.add(score);
            good = good && score.reaches_bar();
        }
        for (const Kind kind : hard_rhythms) {
            print_line(name_of(kind), m_by_kind[kind]);
            all.add(m_by_kind[kind]);
        }
        print_line("all", all);
        for (const auto& [jitter, score] : m_by_jitter) {
            print_line(fmt::format("jitter: {}", name_of(jitter)), score);
        }
        fmt::print("\n{:20} {:>7} {:>9}\n", "random", "cases", "claims");
        for (const auto& [kind, claims] : m_random_claims) {
            fmt::print("{:20} {:>7} {:>9}\n", name_of(kind), claims.first, claims.second);
            good = good && claims.second == 0;
        }
        fmt::print("\nthrough a store: {} definitions, {} judged otherwise\n", m_stored,
                   m_otherwise);
        good = good && m_otherwise == 0;
        fmt::print("{:.2f} ms a judgement\n", m_seconds * 1000 / static_cast<double>(m_judged));
        return good && all.reaches_bar();
    }

  private:
    static void print_line(std::string_view name, const Score& score) {
        fmt::print("{:20} {:>7} {:>9} {:>8.4f} {:>10.4f} {:>9.1f}%{}\n", name, score.cases,
                   score.positives, score.recall(), score.precision(),
                   100 * Score::share(score.unclaimed, score.cases),
                   score.reaches_bar() ? "" : "  below the bar");
    }

    void judge(Kind kind) {
        constexpr const char* zones[] = {"Europe/Paris", "America/New_York", "Europe/London"};
        const auto zone = time::Zone::named(zones[m_random() % 3]);
        // A chain goes on from runs that we did not hear of: what it owes then is not defined.
        const bool is_down = m_random() % 2 == 0 && kind != Kind::after_the_last;
        const auto down = is_down ? make_downtimes(m_random) : std::vector<Downtime>{};
        const auto definition = make_definition(kind, m_random, zone, down);
        const Micros from = moment_with(definition, runs_of_the_bar);
        const Micros to =
            definition.runs.empty() ? 0 : definition.runs.back().slot + definition.typical;
        if (from < to) judge_stored(definition, to, zone);
        for (int i = 0; i < m_options.moments && from < to; ++i) {
            const double share = std::uniform_real_distribution<double>(0, 1)(m_random);
            judge_at(definition, from + static_cast<Micros>(share * static_cast<double>(to - from)),
                     zone, down);
        }
    }

    void judge_at(const Definition& definition, Micros now, const time::Zone& zone,
                  const std::vector<Downtime>& down) {
        rhythm::MissedOptions options;
        options.now = time::instant_from_micros(now);
        options.down = spans_of(down, now);
        const auto known = known_at(definition, now);
        const auto begun = std::chrono::steady_clock::now();
        const auto said = rhythm::expectation_of(known, nullptr, options, zone);
        m_seconds +=
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        ++m_judged;
        if (definition.normal_lag == 0) {
            auto& claims = m_random_claims[definition.kind];
            ++claims.first;
            claims.second += said.rhythm ? 1 : 0;
            if (said.rhythm) tell(definition, now, zone, said, false);
            return;
        }
        const bool truth = is_overdue(definition, now, down);
        const bool claim =
            said.state == rhythm::Punctuality::late || said.state == rhythm::Punctuality::missed;
        m_by_kind[definition.kind].add(truth, claim, said.rhythm.has_value());
        m_by_jitter[definition.jitter].add(truth, claim, said.rhythm.has_value());
        if (truth != claim) tell(definition, now, zone, said, truth);
    }

    void tell(const Definition& definition, Micros now, const time::Zone& zone,
              const rhythm::Expectation& said, bool truth) const {
        if (!m_options.verbose) return;
        const auto known = known_at(definition, now);
        fmt::print(
            "{} [{}, {}, {} of {}] {} at {} ({} runs, last {}): \"{}\" of {} says {}, by {}\n",
            truth ? "not found:" : "false:", name_of(definition.kind), name_of(definition.jitter),
            definition.clock.name(), zone.name(), definition.name,
            time::format_utc(time::instant_from_micros(now)), known.size(),
            time::format_utc(time::instant_from_micros(known.back().created_at)),
            said.rhythm ? said.rhythm->schedule->text(zone) : "-",
            said.rhythm ? said.rhythm->lags.size() : 0, rhythm::name_of(said.state),
            said.expected_by ? time::format_utc(*said.expected_by) : "-");
    }

    // The same by the whole way, with the definition's two names: through a store, by id.
    void judge_stored(const Definition& definition, Micros now, const time::Zone& zone) {
        auto store = store::Store::in_memory();
        store::WriteTransaction transaction(store);
        std::size_t number = 0;
        for (const auto& run : definition.runs) {
            if (!run.ran || run.is_lost || run.arrives_at > now) continue;
            const bool is_late_half = ++number * 2 > definition.runs.size();
            model::JobReport report;
            report.id = fmt::format("report-{}", number);
            report.status = number % 20 == 0 ? "FAILURE" : "SUCCESS";
            report.definition_id = "definition";
            report.definition_name = is_late_half ? definition.later_name : definition.name;
            report.created_at = time::instant_from_micros(run.created_at);
            report.updated_at = time::instant_from_micros(run.arrives_at);
            transaction.put(report, *report.updated_at);
        }
        transaction.commit();
        query::Selection selection;
        selection.zone = zone;
        rhythm::MissedOptions options;
        options.now = time::instant_from_micros(now);
        const auto stored = rhythm::missed(query::Scope(store, selection), options);
        const auto direct =
            rhythm::expectation_of(known_at(definition, now), nullptr, options, zone);
        ++m_stored;
        const bool same = stored.rows.size() == 1 && stored.rows[0].state == direct.state &&
                          stored.rows[0].expected_by == direct.expected_by;
        m_otherwise += same ? 0 : 1;
    }

    const Options m_options;
    Random m_random;
    std::int64_t m_stored = 0, m_otherwise = 0;
    std::map<Kind, Score> m_by_kind;
    std::map<Jitter, Score> m_by_jitter;
    std::map<Kind, std::pair<std::int64_t, std::int64_t>> m_random_claims;
    double m_seconds = 0;
    std::int64_t m_judged = 0;
};

Options parse(int argc, char* argv[]) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        const auto number = [&] { return i + 1 < argc ? std::atoll(argv[++i]) : 0; };
        if (name == "--seed") options.seed = static_cast<unsigned long long>(number());
        if (name == "--definitions") options.definitions = static_cast<int>(number());
        if (name == "--moments") options.moments = static_cast<int>(number());
        if (name == "--only-random") options.only_random = true;
        if (name == "--verbose") options.verbose = true;
    }
    return options;
}

}  // namespace

int main(int argc, char* argv[]) {
    Simulation simulation(parse(argc, argv));
    simulation.run();
    return simulation.print() ? 0 : 1;
}
