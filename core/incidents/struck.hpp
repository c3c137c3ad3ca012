// How much likelier the runs of a definition are if something has struck it, together with a share
// of the others.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace jobtally::incidents {

// Of the definitions that are struck.
inline constexpr std::array shares{1.0 / 2, 1.0 / 8, 1.0 / 32};
using Logs = std::array<double, shares.size()>;

// How likely a definition is to be bad after a good run, and after a bad one.
struct Rates {
    double after_good = 0, after_bad = 0;
};

class Struck {
  public:
    Struck() = default;
    explicit Struck(const Rates& rates);

    // How many times likelier its runs are, with a further one.
    double with_run(double likelier, bool is_bad, bool follows_a_bad_one) const;
    // What a run that makes `after` of `before` adds to the evidence for each share. Most runs are
    // good ones after good ones, of which only the first few say something.
    Logs logs(double before, double after) const;

  private:
    struct GoodRun {
        double before = 0, after = 0;
        Logs logs{};
    };
    // What a run makes of it: good or bad ones, after a good one or a bad one.
    std::array<std::array<double, 2>, 2> m_factors{};
    std::array<GoodRun, 5> m_good_runs{};
};

// What the runs since one beginning say of each definition.
struct Scan {
    explicit Scan(std::size_t definitions) : of(definitions) {}

    struct Seen {
        double evidence = 0;   // below 0: it was bad before
        std::size_t scan = 0;  // that saw it last
    };
    std::vector<Seen> of;  // by definition
    std::size_t number = 0;
};

}  // namespace jobtally::incidents
