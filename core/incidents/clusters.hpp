// Weighs the runs that end from a beginning on: how much likelier they are if something has struck
// a share of all definitions.
#pragma once

#include "core/incidents/episodes.hpp"
#include "core/incidents/moment.hpp"
#include "core/incidents/struck.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace jobtally::incidents {

// What begins at a place in the order of ends, where it is clearest.
struct Cluster {
    double score = 0;     // the logarithm of the evidence
    std::size_t end = 0;  // in the order
    double share = 0;     // of all definitions
};

// Looks at what it is given, which must outlive this; what is used of the episodes belongs to an
// incident already and counts no more. Several threads may ask, each with a Scan of its own.
class Clusters {
  public:
    Clusters(std::span<const Moment> moments, const MomentsByEnd& order, const Episodes& episodes)
        : m_moments(moments),
          m_order(order),
          m_episodes(episodes),
          m_struck(moments.back().definition + 1) {}

    void set(std::size_t definition, const Rates& rates) { m_struck[definition] = Struck(rates); }
    // A bad moment after a good one, at a place in the order.
    bool is_onset(std::size_t at) const;
    // The end that gives what began at a place in the order the most evidence, within a day.
    Cluster from(std::size_t begin, Scan& scan) const;
    // The episodes of those that are rather struck than not.
    std::vector<std::size_t> struck(std::size_t begin, const Cluster& cluster, Scan& scan) const;

  private:
    bool is_used(std::size_t at) const;
    std::optional<double> evidence_with(std::size_t begin, std::size_t at, Scan& scan) const;
    void fetch(std::size_t definition, const Scan& scan) const;

    std::span<const Moment> m_moments;
    const MomentsByEnd& m_order;
    const Episodes& m_episodes;
    std::vector<Struck> m_struck;  // by definition
};

}  // namespace jobtally::incidents
