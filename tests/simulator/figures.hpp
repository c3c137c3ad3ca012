// What was counted, by kind and in all, and the tables of it.
#pragma once

#include "tests/simulator/fleet.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::simulator {

// Of cases that are true or not, and claimed or not.
struct Score {
    std::int64_t cases = 0, positives = 0, found = 0, claimed = 0;

    void add(bool truth, bool claim);
    void add(const Score& other);
    double recall() const { return share(found, positives); }
    double precision() const { return share(found, claimed); }
    // Of those that are not true, how many were claimed.
    double false_alarms() const { return share(claimed - found, cases - positives); }
    static double share(std::int64_t part, std::int64_t whole);
};

struct Tally {
    Score late;     // overdue and told so, with settled_runs or more
    Score early;    // the same with fewer
    Score unseen;   // all true: claimed where the rhythm was not seen
    Score gaps;     // in the past
    Score changed;  // none true: quiet moments in the weeks after a change
    Score ended;    // none true: retired long ago
    Score rhythms;  // none true: rhythms claimed for jobs that have none
    void add(const Tally& other);
};

enum class Judge : std::uint8_t { program, oracle };
inline constexpr std::size_t judges = 2;

struct Tallies {
    using OfJudges = std::array<Tally, judges>;
    std::map<const Kind*, OfJudges> by_kind;  // in the order of all_kinds()
    std::map<Jitter, OfJudges> by_jitter;

    void count(const Definition& definition, Judge judge, Score Tally::*score, bool truth,
               bool claim);
    void add(const Tallies& other);
};

struct Figure {
    std::string name;
    double held = 0;        // what the program reaches; less is a failure
    double must_reach = 0;  // what it is to reach; 0: it is not known what can be reached
    bool more_is_better = true;
    std::array<double, judges> value{};

    bool is_as_good_as(double bar, double measured) const {
        return more_is_better ? measured >= bar : measured <= bar;
    }
};

std::vector<Figure> figures_of(const Tallies& tallies);

// The figures of several seeds: their mean, the least and the greatest. True where all means hold.
bool print_figures(const std::vector<std::vector<Figure>>& by_seed, bool as_json);
void print_kinds(const Tallies& tallies, bool as_json);

}  // namespace jobtally::simulator
