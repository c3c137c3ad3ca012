#include "core/incidents/clusters.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace jobtally::incidents {

namespace {

constexpr std::int64_t looked_ahead = 24LL * 3600 * 1'000'000;
constexpr std::size_t fetched_ahead = 8;  // steps: what they need is all over memory
constexpr double hopeless = -6;           // of the logarithm of the evidence: it hardly rises again
constexpr double hardly_struck = 0.001;   // by the evidence of a definition

}  // namespace

bool Clusters::is_onset(std::size_t at) const {
    const auto step = m_order.step(at);
    return step.is_bad && !step.follows_a_bad_one && !is_used(at);
}

bool Clusters::is_used(std::size_t at) const {
    return m_episodes.all[m_episodes.of[m_order.place(at)]].is_used;
}

// How much likelier its runs since `begin` in the order are if the definition of the moment there
// is struck, taken up to that moment. None where it was bad before.
std::optional<double> Clusters::evidence_with(std::size_t begin, std::size_t at, Scan& scan) const {
    const auto step = m_order.step(at);
    Scan::Seen& seen = scan.of[step.definition];
    const bool is_first = std::exchange(seen.scan, scan.number) != scan.number;
    if (is_first) seen.evidence = step.follows_a_bad_one ? -1 : 1;
    if (seen.evidence < 0 || (step.is_bad && is_used(at))) return std::nullopt;
    if (at == begin) return seen.evidence;  // that there is one here is given
    seen.evidence =
        m_struck[step.definition].with_run(seen.evidence, step.is_bad, step.follows_a_bad_one);
    return seen.evidence;
}

Cluster Clusters::from(std::size_t begin, Scan& scan) const {
    ++scan.number;
    Cluster best;
    Logs sums{};
    const std::size_t end = m_order.after(m_order.ended_at(begin) + looked_ahead);
    for (std::size_t i = begin; i < end; ++i) {
        if (i + fetched_ahead < end) fetch(m_order.step(i + fetched_ahead).definition, scan);
        const auto step = m_order.step(i);
        const Scan::Seen seen = scan.of[step.definition];
        const double before = seen.scan == scan.number ? seen.evidence : 1;
        const auto after = evidence_with(begin, i, scan);
        // A further good run of one that is hardly struck says nothing more.
        if (!after || (before < hardly_struck && *after < before)) continue;
        const Logs logs = m_struck[step.definition].logs(before, *after);
        for (std::size_t k = 0; k < shares.size(); ++k) sums[k] += logs[k];
        const auto most = std::max_element(sums.begin(), sums.end());
        if (*most < hopeless) break;
        if (!step.is_bad) continue;
        double mean = 0;
        for (const double sum : sums) mean += std::exp(sum - *most) / shares.size();
        const double score = *most + std::log(mean);
        if (score > best.score)
            best = {score, i, shares[static_cast<std::size_t>(most - sums.begin())]};
    }
    return best;
}

void Clusters::fetch(std::size_t definition, const Scan& scan) const {
    __builtin_prefetch(&m_struck[definition]);
    __builtin_prefetch(&scan.of[definition]);
}

std::vector<std::size_t> Clusters::struck(std::size_t begin, const Cluster& cluster,
                                          Scan& scan) const {
    ++scan.number;
    std::vector<std::size_t> begun, found;
    for (std::size_t i = begin; i <= cluster.end; ++i) {
        if (evidence_with(begin, i, scan) && is_onset(i))
            begun.push_back(m_episodes.of[m_order.place(i)]);
    }
    for (const std::size_t i : begun) {
        const double evidence = scan.of[m_moments[m_episodes.all[i].first].definition].evidence;
        const bool is_given = i == m_episodes.of[m_order.place(begin)];
        if (is_given || cluster.share * evidence > 1 - cluster.share) found.push_back(i);
    }
    return found;
}

}  // namespace jobtally::incidents
