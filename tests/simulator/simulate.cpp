// Judges simulated definitions at many moments and holds what the program says against the truth.
// Usage: rhythm_simulator [--seed N] [--seeds N] [--definitions N] [--moments N] [--long] [--json]
//                         [--kind PART_OF_NAME] [--verbose] [--time N]
// A seed is two fleets. Prints a line a kind, then a line a figure, then how long it takes; fails
// where a figure falls below what is held. --long is 5 seeds, no seeds judge nothing, --time the
// number of definitions of which the time is taken.
#include "core/time/rfc3339.hpp"
#include "tests/simulator/figures.hpp"
#include "tests/simulator/moment.hpp"
#include "tests/simulator/program.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

namespace {

using namespace jobtally;
using namespace jobtally::simulator;

struct Options {
    std::uint64_t seed = 1;
    int seeds = 1;
    int definitions = 4;  // a kind in each of the two fleets
    int moments = 12;     // a definition: half of them overdue, half quiet
    int timed = 200;      // definitions of which the time is taken
    std::string kind;     // only those whose name holds it
    bool verbose = false;
    bool as_json = false;
};

class Simulation {
  public:
    Simulation(const Options& options, std::uint64_t seed)
        : m_options(options),
          m_fleet(make_fleet(seed, options.definitions, options.kind)),
          m_program(m_fleet),
          m_random(seed) {}

    void run() {
        for (const auto& definition : m_fleet.definitions) {
            Moments moments(m_fleet, definition, m_random);
            if (definition.kind->has_rhythm()) {
                judge_rhythm(definition, moments);
            } else {
                judge_chance(definition, moments);
            }
        }
        judge_stored();
    }

    const Tallies& tallies() const { return m_tallies; }
    const Program& program() const { return m_program; }
    std::int64_t otherwise() const { return m_otherwise; }

  private:
    void judge_rhythm(const Definition& definition, Moments& moments) {
        const bool is_retired = definition.kind->life == Life::retired;
        for (int i = 0; i < m_options.moments / 2; ++i) {
            if (!is_retired) {
                judge_at(definition, moments.quiet(), false, &Tally::late);
                judge_at(definition, moments.overdue(), true, &Tally::late);
                judge_at(definition, moments.quiet_early(), false, &Tally::early);
                judge_at(definition, moments.overdue_early(), true, &Tally::early);
            }
            judge_at(definition, moments.quiet_after_change(), false, &Tally::changed);
            judge_at(definition, moments.long_retired(), false, &Tally::ended);
        }
    }

    void judge_at(const Definition& definition, const std::optional<Moment>& moment, bool truth,
                  Score Tally::*score) {
        if (!moment) return;
        const auto known = known_at(definition, *moment);
        const auto said = m_program.judge(known, moment->now);
        const bool oracle_says = Oracle(m_fleet, definition).says_overdue(known, moment->now);
        m_tallies.count(definition, Judge::program, score, truth, said.is_overdue());
        m_tallies.count(definition, Judge::oracle, score, truth, oracle_says);
        if (score == &Tally::late) {
            m_tallies.count(definition, Judge::program, &Tally::unseen, true, !said.has_rhythm());
            m_tallies.count(definition, Judge::oracle, &Tally::unseen, true, false);
        }
        if (truth != said.is_overdue()) tell(definition, *moment, known, said, oracle_says);
    }

    void judge_chance(const Definition& definition, Moments& moments) {
        for (int i = 0; i < m_options.moments; ++i) {
            const bool is_early = i % 3 == 0;
            const auto moment = is_early ? moments.any(5, 9) : moments.any(10, 400);
            if (!moment) continue;
            const auto known = known_at(definition, *moment);
            const auto said = m_program.judge(known, moment->now);
            m_tallies.count(definition, Judge::program, &Tally::rhythms, false, said.has_rhythm());
            m_tallies.count(definition, Judge::oracle, &Tally::rhythms, false, false);
            if (said.has_rhythm()) tell(definition, *moment, known, said, false);
        }
    }

    void judge_stored() {
        const auto answers = ask_through_store(m_fleet);
        for (const auto& definition : m_fleet.definitions) {
            Moment at_end;
            at_end.now = m_fleet.end;
            const auto known = known_at(definition, at_end);
            const auto direct = m_program.judge(known, at_end.now);
            const auto stored = answers.verdicts.find(definition.id);
            const bool same = stored != answers.verdicts.end() &&
                              stored->second.state == direct.state &&
                              stored->second.expected_by == direct.expected_by;
            m_otherwise += same ? 0 : 1;
            const auto gaps = answers.gaps.find(definition.id);
            judge_gaps(definition, at_end,
                       gaps == answers.gaps.end() ? std::vector<Span>{} : gaps->second);
        }
    }

    // Of each two neighbours: whether a slot between them had no run. Where the report of one was
    // lost, that is not asked.
    void judge_gaps(const Definition& definition, const Moment& at_end,
                    const std::vector<Span>& said) {
        if (!definition.kind->has_rhythm()) return;
        const Oracle oracle(m_fleet, definition);
        for (const auto& [from, to, gap] : neighbours_at(definition, at_end)) {
            if (gap == Truth::unclear) continue;
            const bool truth = gap == Truth::overdue;
            const bool claim =
                std::any_of(said.begin(), said.end(),
                            [from = from](const Span& one) { return one.from == from; });
            m_tallies.count(definition, Judge::program, &Tally::gaps, truth, claim);
            m_tallies.count(definition, Judge::oracle, &Tally::gaps, truth,
                            oracle.says_gap(from, to));
            if (m_options.verbose && claim != truth) {
                fmt::print("{} gap of {} from {} to {}\n", claim ? "false" : "unseen",
                           definition.name, utc(from), utc(to));
            }
        }
    }

    static std::string utc(Micros at) { return time::format_utc(time::instant_from_micros(at)); }

    void tell(const Definition& definition, const Moment& moment,
              const std::vector<query::Run>& known, const Verdict& said, bool oracle_says) const {
        if (!m_options.verbose) return;
        fmt::print("{} {} [{}, {}] at {} ({} runs, last {}): \"{}\" {}, by {}; oracle: {}\n",
                   said.is_overdue() ? "false:" : "not found:", definition.name,
                   name_of(definition.jitter), definition.clock.name(), utc(moment.now),
                   known.size(), known.empty() ? "-" : utc(known.back().created_at), said.text,
                   said.state, said.expected_by ? utc(*said.expected_by) : "-", oracle_says);
        constexpr std::size_t most_told = 12;
        for (std::size_t i = known.size() - std::min(known.size(), most_told); i < known.size();
             ++i) {
            fmt::print("    {}\n", utc(known[i].created_at));
        }
    }

    const Options& m_options;
    const Fleet m_fleet;
    Program m_program;
    Random m_random;
    Tallies m_tallies;
    std::int64_t m_otherwise = 0;
};

// Definitions of the kinds that have 400 runs, each judged once.
void time_judgements(const Options& options) {
    constexpr int a_kind = 1;
    constexpr std::uint64_t most_fleets = 2000;  // of chosen kinds none may have so many runs
    double seconds = 0;
    std::int64_t judged = 0;
    for (std::uint64_t seed = options.seed;
         judged < options.timed && seed < options.seed + most_fleets; ++seed) {
        const auto fleet = make_fleet(seed, a_kind, options.kind);
        Program program(fleet);
        for (const auto& definition : fleet.definitions) {
            Moment at_end;
            at_end.now = fleet.end;
            const auto known = known_at(definition, at_end);
            if (known.size() >= 400 && judged + program.judged() < options.timed) {
                program.judge(known, at_end.now);
            }
        }
        seconds += program.seconds();
        judged += program.judged();
    }
    fmt::print("{} definitions with 400 runs each: {:.2f} s of the processor; 10,000: {:.1f} s\n",
               judged, seconds,
               seconds * 10'000 / static_cast<double>(std::max<std::int64_t>(judged, 1)));
}

// Two fleets a seed. True where all figures hold and the store changes nothing.
bool judge_all(const Options& options) {
    Tallies all;
    std::vector<std::vector<Figure>> figures;
    double seconds = 0;
    std::int64_t judged = 0, otherwise = 0;
    for (int i = 0; i < options.seeds; ++i) {
        Tallies of_seed;
        for (std::uint64_t fleet = 0; fleet < 2; ++fleet) {
            const std::uint64_t seed = (options.seed + static_cast<std::uint64_t>(i)) * 2 + fleet;
            Simulation simulation(options, seed);
            simulation.run();
            of_seed.add(simulation.tallies());
            seconds += simulation.program().seconds();
            judged += simulation.program().judged();
            otherwise += simulation.otherwise();
        }
        figures.push_back(figures_of(of_seed));
        all.add(of_seed);
    }
    print_kinds(all, options.as_json);
    // A part of the kinds has figures of its own.
    const bool all_hold = print_figures(figures, options.as_json) || !options.kind.empty();
    if (!options.as_json) {
        fmt::print("\n{} judgements, {:.2f} ms each; {} judged otherwise through a store\n", judged,
                   seconds * 1000 / static_cast<double>(std::max<std::int64_t>(judged, 1)),
                   otherwise);
    }
    return all_hold && otherwise == 0;
}

Options parse(int argc, char* argv[]) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        const auto text = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
        const auto number = [&] { return std::atoi(text().c_str()); };
        if (name == "--long")
            options.seeds = 5, options.definitions = 10, options.moments = 20,
            options.timed = 10'000;
        if (name == "--seed") options.seed = static_cast<std::uint64_t>(number());
        if (name == "--seeds") options.seeds = number();
        if (name == "--definitions") options.definitions = number();
        if (name == "--moments") options.moments = number();
        if (name == "--time") options.timed = number();
        if (name == "--kind") options.kind = text();
        if (name == "--json") options.as_json = true;
        if (name == "--verbose") options.verbose = true;
    }
    return options;
}

}  // namespace

int main(int argc, char* argv[]) {
    const Options options = parse(argc, argv);
    bool good = true;
    if (options.seeds > 0) good = judge_all(options);
    if (options.timed > 0 && !options.as_json) time_judgements(options);
    return good ? 0 : 1;
}
