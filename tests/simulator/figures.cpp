#include "tests/simulator/figures.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::simulator {

void Score::add(bool truth, bool claim) {
    ++cases;
    positives += truth ? 1 : 0;
    claimed += claim ? 1 : 0;
    found += truth && claim ? 1 : 0;
}

void Score::add(const Score& other) {
    cases += other.cases, positives += other.positives;
    found += other.found, claimed += other.claimed;
}

double Score::share(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

namespace {

constexpr std::array scores{&Tally::late,    &Tally::early, &Tally::unseen, &Tally::gaps,
                            &Tally::changed, &Tally::ended, &Tally::rhythms};

}  // namespace

void Tally::add(const Tally& other) {
    for (const auto score : scores) (this->*score).add(other.*score);
}

void Tallies::count(const Definition& definition, Judge judge, Score Tally::*score, bool truth,
                    bool claim) {
    const auto i = static_cast<std::size_t>(judge);
    (by_kind[definition.kind][i].*score).add(truth, claim);
    if (definition.kind->has_rhythm()) (by_jitter[definition.jitter][i].*score).add(truth, claim);
}

void Tallies::add(const Tallies& other) {
    for (std::size_t i = 0; i < judges; ++i) {
        for (const auto& [kind, tallies] : other.by_kind) by_kind[kind][i].add(tallies[i]);
        for (const auto& [jitter, tallies] : other.by_jitter) by_jitter[jitter][i].add(tallies[i]);
    }
}

std::vector<Figure> figures_of(const Tallies& tallies) {
    std::vector<Figure> figures{{"late or missed: recall", 0.97, 0.97},
                                {"late or missed: precision", 0.98, 0.98},
                                {"with 5 to 9 runs: recall", 0.93, 0.93},
                                {"with 5 to 9 runs: precision", 0.95, 0.95},
                                {"the same, exact to seconds: recall", 0.93, 0.93},
                                {"the same, exact to seconds: precision", 0.95, 0.95},
                                {"the worst kind: recall", 0.90, 0.90},
                                {"the worst kind: precision", 0.90, 0.90},
                                {"kinds below 0.90 in one of the two", 1, 0, false},
                                {"a rhythm that is there and not seen", 0.02, 0.03, false},
                                {"a rhythm claimed where there is none", 0.01, 0.01, false},
                                {"gaps in the past: recall", 0.95, 0.97},
                                {"gaps in the past: precision", 0.90, 0.90},
                                {"false alarms in the 4 weeks after a change", 0.08, 0.08, false},
                                {"retired long ago and told as missed", 0.05, 0.05, false}};
    for (std::size_t judge = 0; judge < judges; ++judge) {
        Tally all;
        double worst_recall = 1, worst_precision = 1, weak = 0;
        for (const auto& [kind, of_judges] : tallies.by_kind) {
            all.add(of_judges[judge]);
            worst_recall = std::min(worst_recall, of_judges[judge].late.recall());
            worst_precision = std::min(worst_precision, of_judges[judge].late.precision());
            weak +=
                std::min(of_judges[judge].late.recall(), of_judges[judge].late.precision()) < 0.9;
        }
        const auto of_seconds = tallies.by_jitter.find(Jitter::seconds);
        const Score exact =
            of_seconds == tallies.by_jitter.end() ? Score{} : of_seconds->second[judge].early;
        const double values[] = {all.late.recall(),
                                 all.late.precision(),
                                 all.early.recall(),
                                 all.early.precision(),
                                 exact.recall(),
                                 exact.precision(),
                                 worst_recall,
                                 worst_precision,
                                 weak,
                                 all.unseen.recall(),
                                 all.rhythms.false_alarms(),
                                 all.gaps.recall(),
                                 all.gaps.precision(),
                                 all.changed.false_alarms(),
                                 all.ended.false_alarms()};
        for (std::size_t i = 0; i < figures.size(); ++i) figures[i].value[judge] = values[i];
    }
    return figures;
}

bool print_figures(const std::vector<std::vector<Figure>>& by_seed, bool as_json) {
    bool all_hold = true;
    if (!as_json) {
        fmt::print("{:42} {:>7} {:>16} {:>11} {:>7}\n", "figure", "mean", "least, greatest",
                   "must reach", "oracle");
    }
    for (std::size_t i = 0; i < by_seed.front().size(); ++i) {
        double sum = 0, oracle = 0, least = 1e9, greatest = 0;
        for (const auto& figures : by_seed) {
            sum += figures[i].value[0], oracle += figures[i].value[1];
            least = std::min(least, figures[i].value[0]);
            greatest = std::max(greatest, figures[i].value[0]);
        }
        const double count = static_cast<double>(by_seed.size());
        const Figure& figure = by_seed.front()[i];
        const double mean = sum / count;
        // Where the oracle does not reach the bar, it is the simulator that is wrong.
        const bool holds = figure.is_as_good_as(figure.held, mean) &&
                           figure.is_as_good_as(figure.must_reach, oracle / count);
        const bool is_reached = figure.is_as_good_as(figure.must_reach, mean);
        all_hold = all_hold && holds;
        if (as_json) {
            fmt::print(
                "{{\"figure\": \"{}\", \"mean\": {:.4f}, \"least\": {:.4f}, \"greatest\": "
                "{:.4f}, \"must_reach\": {:.2f}, \"oracle\": {:.4f}}}\n",
                figure.name, mean, least, greatest, figure.must_reach, oracle / count);
        } else {
            fmt::print("{:42} {:7.3f}    {:.3f} .. {:.3f} {:>11.2f} {:7.3f}{}\n", figure.name, mean,
                       least, greatest, figure.must_reach, oracle / count,
                       !holds       ? "  FELL"
                       : is_reached ? ""
                                    : "  not yet");
        }
    }
    return all_hold;
}

namespace {

std::string cell(double value, std::int64_t cases) {
    return cases == 0 ? "-" : fmt::format("{:.3f}", value);
}

void print_kind(std::string_view name, const Tally& said, const Tally& oracle, bool as_json) {
    const auto recall = [](const Score& score) { return cell(score.recall(), score.positives); };
    const auto precision = [](const Score& score) {
        return cell(score.precision(), score.claimed);
    };
    const auto false_alarms = [](const Score& score) {
        return cell(score.false_alarms(), score.cases - score.positives);
    };
    const std::array<std::pair<std::string_view, std::string>, 14> cells{
        {{"cases", fmt::format("{}", said.late.cases)},
         {"recall", recall(said.late)},
         {"prec.", precision(said.late)},
         {"(oracle", recall(oracle.late)},
         {"prec.)", precision(oracle.late)},
         {"early r", recall(said.early)},
         {"prec.", precision(said.early)},
         {"unseen", recall(said.unseen)},
         {"gaps r", recall(said.gaps)},
         {"prec.", precision(said.gaps)},
         {"(oracle)", precision(oracle.gaps)},
         {"change", false_alarms(said.changed)},
         {"ended", false_alarms(said.ended)},
         {"claims", false_alarms(said.rhythms)}}};
    constexpr std::string_view keys[] = {"cases",
                                         "recall",
                                         "precision",
                                         "oracle_recall",
                                         "oracle_precision",
                                         "early_recall",
                                         "early_precision",
                                         "unseen",
                                         "gaps_recall",
                                         "gaps_precision",
                                         "oracle_gaps_precision",
                                         "false_alarms_after_change",
                                         "told_when_ended",
                                         "rhythms_claimed"};
    std::string line =
        as_json ? fmt::format("{{\"kind\": \"{}\"", name) : fmt::format("{:26}", name);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto& value = name.empty() ? std::string(cells[i].first) : cells[i].second;
        line += as_json ? fmt::format(", \"{}\": {}", keys[i], value == "-" ? "null" : value)
                        : fmt::format(" {:>8}", value);
    }
    fmt::print("{}{}\n", line, as_json ? "}" : "");
}

}  // namespace

void print_kinds(const Tallies& tallies, bool as_json) {
    std::array<Tally, judges> all;
    if (!as_json) print_kind("", {}, {}, false);
    for (const auto& [kind, of_judges] : tallies.by_kind) {
        print_kind(kind->name, of_judges[0], of_judges[1], as_json);
        for (std::size_t i = 0; i < judges; ++i) all[i].add(of_judges[i]);
    }
    print_kind("all", all[0], all[1], as_json);
    for (const auto& [jitter, of_judges] : tallies.by_jitter) {
        const auto name = fmt::format("jitter: {}", name_of(jitter));
        print_kind(name, of_judges[0], of_judges[1], as_json);
    }
}

}  // namespace jobtally::simulator
