#include "core/incidents/coincidence.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace jobtally::incidents {

namespace {

constexpr std::int64_t looked_ahead = 24LL * 3600 * 1'000'000;
constexpr double day_length = 24 * 3600 * 1e6;
constexpr double tries_from_a_run = 40;  // ends of the time, of which most say the same; lengths
constexpr std::size_t lengths = 2;
constexpr std::size_t no_episode = SIZE_MAX;

// Bad moments of a definition in a row, slow ones apart from the others: [first, end).
struct Episode {
    std::size_t first, end;
    std::optional<std::int64_t> over_at;  // the end of the run that ended it
    bool is_used = false;
};

double divergence(double share, double expected) {
    const auto part = [](double p, double q) { return p > 0 ? p * std::log(p / q) : 0; };
    return part(share, expected) + part(1 - share, 1 - expected);
}

class IncidentSearch {
  public:
    IncidentSearch(std::span<const Moment> moments, double chance)
        : m_moments(moments), m_episode_of(moments.size(), no_episode), m_order(moments.size()) {
        std::iota(m_order.begin(), m_order.end(), std::size_t{0});
        std::stable_sort(m_order.begin(), m_order.end(), [&](std::size_t a, std::size_t b) {
            return moments[a].ended_at < moments[b].ended_at;
        });
        m_rates.resize(moments.empty() ? 0 : moments.back().definition + 1);
        m_seen.resize(m_rates.size());
        m_first.resize(m_rates.size());
        double days = 0, onsets = 0;
        for (std::size_t first = 0, end = 0; first < moments.size(); first = end) {
            while (end < moments.size() && same_definition(first, end)) ++end;
            days +=
                1 + static_cast<double>(moments[end - 1].created_at - moments[first].created_at) /
                        day_length;
            onsets += learn(first, end);
        }
        m_least = std::log(std::max(1.0, tries_from_a_run * onsets / (chance * days)));
    }

    std::vector<Incident> found() {
        struct Candidate {
            double score;
            std::size_t from, length;
        };
        std::vector<Candidate> candidates;
        for (std::size_t length = 1; length <= lengths; ++length) {
            for (std::size_t i = 0; i < m_order.size(); ++i) {
                if (!is_onset(m_order[i], length)) continue;
                const Cluster cluster = cluster_from(i, length);
                if (cluster.score > m_least) candidates.push_back({cluster.score, i, length});
            }
        }
        std::stable_sort(candidates.begin(), candidates.end(),
                         [](auto& a, auto& b) { return a.score > b.score; });
        std::vector<Incident> incidents;
        for (const Candidate& candidate : candidates) {
            if (!is_onset(m_order[candidate.from], candidate.length)) continue;
            const Cluster cluster = cluster_from(candidate.from, candidate.length);
            if (cluster.score <= m_least) continue;
            const auto members = members_of(candidate.from, lasting(cluster.episodes));
            if (members.size() > 1) incidents.push_back(incident_of(members, true));
        }
        for (const Episode& episode : m_episodes) {
            const auto begin = m_moments.begin() + static_cast<std::ptrdiff_t>(episode.first);
            const auto end = m_moments.begin() + static_cast<std::ptrdiff_t>(episode.end);
            const bool has_failed = std::any_of(
                begin, end, [](const Moment& moment) { return moment.kind == Kind::failed; });
            if (!episode.is_used && has_failed) {
                incidents.push_back(incident_of({m_episode_of[episode.first]}, false));
            }
        }
        std::stable_sort(incidents.begin(), incidents.end(),
                         [](auto& a, auto& b) { return a.began_at < b.began_at; });
        return incidents;
    }

  private:
    struct Cluster {
        double score = 0;
        std::vector<std::size_t> episodes;
    };

    bool same_definition(std::size_t a, std::size_t b) const {
        return b < m_moments.size() && m_moments[a].definition == m_moments[b].definition;
    }
    bool follows_a_bad_one(std::size_t i) const {
        return i > 0 && same_definition(i - 1, i) && m_moments[i - 1].is_bad();
    }
    // A bad moment after a good one, the first of so many.
    bool is_onset(std::size_t i, std::size_t length) const {
        if (!m_moments[i].is_bad() || follows_a_bad_one(i)) return false;
        const Episode& episode = m_episodes[m_episode_of[i]];
        return !episode.is_used && episode.end - episode.first >= length;
    }

    // Finds the episodes of a definition and its rate. Returns how often it began to fail.
    double learn(std::size_t first, std::size_t end) {
        const std::size_t known = m_episodes.size();
        double onsets = 0, chances = 0;
        for (std::size_t i = first; i < end; ++i) {
            const bool begins = !follows_a_bad_one(i);
            const Moment& moment = m_moments[i];
            if (!moment.is_bad()) {
                chances += begins ? static_cast<double>(moment.count) : 0;
                continue;
            }
            chances += begins ? 1 : 0;
            onsets += begins ? 1 : 0;
            const bool is_slow = moment.kind == Kind::slow;
            if (begins || is_slow != (m_moments[i - 1].kind == Kind::slow)) {
                m_episodes.push_back({i, i, std::nullopt});
            }
            m_episode_of[i] = m_episodes.size() - 1;
            Episode& episode = m_episodes.back();
            episode.end = i + 1;
            episode.over_at.reset();
            const bool is_over = i + 1 < end && (!m_moments[i + 1].is_bad() ||
                                                 is_slow != (m_moments[i + 1].kind == Kind::slow));
            if (is_over) episode.over_at = m_moments[i + 1].ended_at;
        }
        const std::size_t definition = m_moments[first].definition;
        m_first[definition] = first;
        for (std::size_t length = 1; length <= lengths; ++length) {
            const auto begin = m_episodes.begin() + static_cast<std::ptrdiff_t>(known);
            const auto count = std::count_if(begin, m_episodes.end(), [&](const Episode& episode) {
                return episode.end - episode.first >= length;
            });
            m_rates[definition][length - 1] = (static_cast<double>(count) + 0.5) / (chances + 1);
        }
        return onsets;
    }

    // The end that makes what began at a place in the order least like chance.
    Cluster cluster_from(std::size_t begin, std::size_t length) {
        ++m_stamp;
        Cluster best;
        std::vector<std::size_t> bad;
        std::size_t best_count = 0;
        double count = 0, expected = 0;
        const std::int64_t start = m_moments[m_order[begin]].ended_at;
        for (std::size_t i = begin; i < m_order.size(); ++i) {
            const std::size_t place = m_order[i];
            const Moment& moment = m_moments[place];
            if (moment.ended_at - start > looked_ahead) break;
            if (std::exchange(m_seen[moment.definition], m_stamp) == m_stamp) continue;
            if (follows_a_bad_one(place) || (moment.is_bad() && !is_onset(place, 1))) continue;
            ++count;
            expected += m_rates[moment.definition][length - 1];
            if (is_onset(place, length)) {
                bad.push_back(m_episode_of[place]);
                const double share = static_cast<double>(bad.size()) / count;
                const double score =
                    share * count > expected ? count * divergence(share, expected / count) : 0;
                if (bad.size() > 1 && score > best.score)
                    best.score = score, best_count = bad.size();
            } else if (expected > 2 && static_cast<double>(bad.size()) < 1.5 * expected) {
                break;  // it will hardly come to anything
            }
        }
        best.episodes.assign(bad.begin(), bad.begin() + static_cast<std::ptrdiff_t>(best_count));
        return best;
    }

    // Those that stayed bad for as long as others did.
    std::vector<std::size_t> lasting(const std::vector<std::size_t>& episodes) const {
        const std::int64_t latest = m_moments[m_order.back()].ended_at;
        const auto end_of = [&](std::size_t i) { return m_episodes[i].over_at.value_or(latest); };
        std::int64_t start = INT64_MAX;
        std::vector<std::int64_t> ends;
        for (const std::size_t i : episodes) {
            start = std::min(start, m_moments[m_episodes[i].first].ended_at);
            ends.push_back(end_of(i));
        }
        const auto middle = ends.begin() + static_cast<std::ptrdiff_t>((ends.size() - 1) / 2);
        std::nth_element(ends.begin(), middle, ends.end());
        std::vector<std::size_t> found;
        for (const std::size_t i : episodes) {
            if (end_of(i) - start >= (*middle - start) / 2) found.push_back(i);
        }
        return found;
    }

    // All that began to fail by the end of these, or with the run before.
    std::vector<std::size_t> members_of(std::size_t begin, const std::vector<std::size_t>& core) {
        ++m_stamp;
        std::int64_t end = 0;
        for (const std::size_t i : core) {
            end = std::max(end, m_moments[m_episodes[i].end - 1].ended_at);
        }
        std::vector<std::size_t> found;
        for (; begin < m_order.size() && m_moments[m_order[begin]].ended_at <= end; ++begin) {
            const std::size_t place = m_order[begin], i = m_episode_of[place];
            const auto definition = m_moments[place].definition;
            if (std::exchange(m_seen[definition], m_stamp) == m_stamp || i == no_episode) continue;
            const Episode& episode = m_episodes[i];
            if (!episode.is_used && place - episode.first <= 1) found.push_back(i);
        }
        return lasting(found);
    }

    Incident incident_of(std::vector<std::size_t> members, bool is_shared) {
        Incident incident;
        incident.is_shared = is_shared;
        incident.began_at = incident.last_bad_at =
            m_moments[m_episodes[members[0]].first].created_at;
        for (const std::size_t i : members) {
            Episode& episode = m_episodes[i];
            episode.is_used = true;
            incident.definitions.push_back(m_moments[episode.first].definition);
            incident.began_at = std::min(incident.began_at, m_moments[episode.first].created_at);
            incident.last_bad_at =
                std::max(incident.last_bad_at, m_moments[episode.end - 1].ended_at);
        }
        std::sort(incident.definitions.begin(), incident.definitions.end());
        count(incident);
        return incident;
    }

    void count(Incident& incident) {
        for (const std::size_t definition : incident.definitions) {
            for (std::size_t i = m_first[definition];
                 i < m_moments.size() && m_moments[i].definition == definition; ++i) {
                count(incident, i);
            }
        }
        if (!incident.is_shared) return;
        std::vector<std::uint8_t> is_active(m_rates.size());
        const auto begin = std::lower_bound(
            m_order.begin(), m_order.end(), incident.began_at,
            [&](std::size_t i, std::int64_t at) { return m_moments[i].ended_at < at; });
        for (auto i = begin; i != m_order.end(); ++i) {
            if (m_moments[*i].ended_at > incident.last_bad_at) break;
            is_active[m_moments[*i].definition] = 1;
        }
        incident.active = std::accumulate(is_active.begin(), is_active.end(), std::int64_t{0});
    }

    void count(Incident& incident, std::size_t i) {
        const Moment& moment = m_moments[i];
        if (moment.created_at >= incident.began_at && moment.created_at <= incident.last_bad_at) {
            add(incident, moment);
            if (incident.is_shared && moment.is_bad()) m_episodes[m_episode_of[i]].is_used = true;
        }
        const bool ends_it = (!moment.is_bad() || moment.kind == Kind::slow) &&
                             moment.ended_at > incident.last_bad_at;
        if (ends_it && moment.ended_at < incident.ended_at.value_or(INT64_MAX)) {
            incident.ended_at = moment.ended_at;
        }
    }

    static void add(Incident& incident, const Moment& moment) {
        if (moment.kind == Kind::missed) {
            incident.missed += moment.count;
            return;
        }
        ++incident.finished;
        incident.slow += moment.kind == Kind::slow ? 1 : 0;
        if (moment.kind != Kind::failed) return;
        ++incident.failed;
        incident.operations_failed += moment.operations_failed;
    }

    std::span<const Moment> m_moments;
    std::vector<Episode> m_episodes;
    std::vector<std::size_t> m_episode_of, m_order;    // of each moment; moments by their end
    std::vector<std::array<double, lengths>> m_rates;  // by definition and length
    std::vector<std::size_t> m_seen, m_first;
    std::size_t m_stamp = 0;
    double m_least = 0;
};

}  // namespace

std::vector<Incident> find_incidents(std::span<const Moment> moments, double chance) {
    if (moments.empty()) return {};
    return IncidentSearch(moments, chance).found();
}

}  // namespace jobtally::incidents
