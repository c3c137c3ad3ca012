#include "core/incidents/coincidence.hpp"

#include "core/base/parallel.hpp"
#include "core/incidents/clusters.hpp"
#include "core/incidents/episodes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace jobtally::incidents {

namespace {

constexpr double day_length = 24 * 3600 * 1e6;

class IncidentSearch {
  public:
    IncidentSearch(std::span<const Moment> moments, double chance, const time::TimeSpan& span)
        : m_moments(moments),
          m_span(span),
          m_episodes(episodes_of(moments)),
          m_order(moments),
          m_clusters(moments, m_order, m_episodes),
          m_runs(moments.back().definition + 1),
          m_scan(m_runs.size()) {
        double days = 0, onsets = 0;
        for (std::size_t first = 0, end = 0; first < moments.size(); first = end) {
            while (end < moments.size() && same_definition(first, end)) ++end;
            days +=
                1 + static_cast<double>(moments[end - 1].created_at - moments[first].created_at) /
                        day_length;
            onsets += learn(first, end);
        }
        m_least = std::log(std::max(1.0, onsets / (chance * days)));
    }

    std::vector<Incident> found() {
        std::vector<std::pair<double, std::size_t>> candidates;  // by score, where they begin
        for (std::size_t i = 0; i < m_order.size(); ++i) {
            if (m_clusters.is_onset(i)) candidates.emplace_back(0, i);
        }
        constexpr std::size_t part = 512;  // beginnings that a thread takes at a time
        for_parts(candidates.size(), part, [&](std::size_t begin, std::size_t end) {
            Scan scan(m_runs.size());
            for (std::size_t i = begin; i < end; ++i) {
                candidates[i].first = m_clusters.from(candidates[i].second, scan).score;
            }
        });
        std::erase_if(candidates, [&](const auto& one) { return one.first <= m_least; });
        std::stable_sort(candidates.begin(), candidates.end(),
                         [](auto& a, auto& b) { return a.first > b.first; });
        std::vector<Incident> incidents;
        for (const auto& [score, from] : candidates) {
            if (!m_clusters.is_onset(from)) continue;
            const Cluster cluster = m_clusters.from(from, m_scan);
            if (cluster.score > m_least) add_shared(incidents, shared_from(from, cluster));
        }
        for (const Shared& shared : m_shared) {
            const Course course = course_of(shared);
            for (const std::size_t i : shared.episodes) {
                if (outlasts(i, course)) m_episodes.all[i].is_used = false;
            }
        }
        for (const Episode& episode : m_episodes.all) {
            const auto bad = m_moments.subspan(episode.first, episode.end - episode.first);
            const bool has_failed = std::any_of(
                bad.begin(), bad.end(), [](const Moment& m) { return m.kind == Kind::failed; });
            if (!episode.is_used && has_failed && !is_over(episode)) {
                Shared alone{{m_episodes.of[episode.first]}};
                incidents.push_back(incident_of(alone, false));
            }
        }
        std::erase_if(incidents, [&](const Incident& one) { return !one.reaches_into(m_span); });
        std::stable_sort(incidents.begin(), incidents.end(),
                         [](auto& a, auto& b) { return a.began_at < b.began_at; });
        return incidents;
    }

  private:
    // Episodes that belong together, of which the first bad run ended at `start`, and others of
    // their definitions that are part of the incident as it is.
    struct Shared {
        std::vector<std::size_t> episodes;
        std::int64_t start = INT64_MIN;
        std::vector<std::size_t> within{};

        void add(const Shared& other) {
            episodes.insert(episodes.end(), other.episodes.begin(), other.episodes.end());
            within.insert(within.end(), other.within.begin(), other.within.end());
            start = std::min(start, other.start);
        }
    };

    // What coincides with an incident that is clearer is part of it.
    void add_shared(std::vector<Incident>& incidents, Shared shared) {
        if (shared.episodes.size() < 2) return;
        for (const std::size_t i : shared.episodes) cut_before(shared.start, i);
        Incident incident = incident_of(shared, true);
        for (std::size_t i = 0; i < incidents.size(); ++i) {
            Incident& other = incidents[i];
            if (incident.began_at > other.last_bad_at || other.began_at > incident.last_bad_at)
                continue;
            m_shared[i].add(shared);
            other = incident_of(m_shared[i], true);
            return;
        }
        incidents.push_back(std::move(incident));
        m_shared.push_back(std::move(shared));
    }

    // How long episodes last together: until the end of the middle one.
    struct Course {
        std::int64_t start = 0, middle = 0;
        bool is_mostly_over = false;
    };

    // Of a definition: its moments, its longest run, whether its last moment is a good one.
    struct Runs {
        std::size_t first = 0, end = 0;
        std::int64_t longest = 0;
        bool is_well = true;
    };

    bool same_definition(std::size_t a, std::size_t b) const {
        return b < m_moments.size() && m_moments[a].definition == m_moments[b].definition;
    }
    bool follows_a_bad_one(std::size_t i) const {
        return i > 0 && same_definition(i - 1, i) && m_moments[i - 1].is_bad();
    }
    // Learns the rates of a definition. Returns how often it began to fail.
    double learn(std::size_t first, std::size_t end) {
        double onsets = 0, chances = 0, went_on = 0, could_go_on = 0;
        std::int64_t longest = 0;
        for (std::size_t i = first; i < end; ++i) {
            const bool begins = !follows_a_bad_one(i);
            const Moment& moment = m_moments[i];
            longest = std::max(longest, moment.ended_at - moment.created_at);
            (begins ? chances : could_go_on) +=
                moment.is_bad() ? 1 : static_cast<double>(moment.count);
            if (moment.is_bad()) (begins ? onsets : went_on) += 1;
        }
        const std::size_t definition = m_moments[first].definition;
        m_runs[definition] = {first, end, longest, !m_moments[end - 1].is_bad()};
        m_clusters.set(definition,
                       {(onsets + 0.5) / (chances + 1), (went_on + 0.5) / (could_go_on + 1)});
        return onsets;
    }

    Shared shared_from(std::size_t begin, const Cluster& cluster) {
        const std::int64_t start = m_order.ended_at(begin);
        const Shared core = lasting({m_clusters.struck(begin, cluster, m_scan), start});
        return lasting({members_of(begin, core.episodes), start});
    }

    std::int64_t end_of(std::size_t episode) const {
        return m_episodes.all[episode].over_at.value_or(m_order.ended_at(m_order.size() - 1));
    }

    Course course_of(const Shared& shared) const {
        Course course{shared.start};
        std::vector<std::int64_t> ends;
        std::size_t over = 0;
        for (const std::size_t i : shared.episodes) {
            ends.push_back(end_of(i));
            over += m_episodes.all[i].over_at ? 1 : 0;
        }
        const std::size_t place = (ends.size() - 1) / 2;
        const auto middle = ends.begin() + static_cast<std::ptrdiff_t>(place);
        std::nth_element(ends.begin(), middle, ends.end());
        course.middle = *middle;
        course.is_mostly_over = over > place;
        return course;
    }

    // Those that stayed bad for as long as others did.
    Shared lasting(Shared shared) const {
        const Course course = course_of(shared);
        std::erase_if(shared.episodes, [&](std::size_t i) {
            return end_of(i) - course.start < (course.middle - course.start) / 2;
        });
        return shared;
    }

    // As an incident it would not reach into the span: most don't, and are not made.
    bool is_over(const Episode& episode) const {
        return m_span.since && was_over_before(time::micros(*m_span.since), episode, m_moments);
    }

    // When those that go on stop to keep it open.
    static std::int64_t outlasted_at(const Course& course) {
        return course.middle + (course.middle - course.start);
    }

    bool outlasts(std::size_t i, const Course& course) const {
        const Episode& episode = m_episodes.all[i];
        const bool goes_on =
            !episode.over_at || m_moments[episode.end - 1].created_at > course.middle;
        return course.is_mostly_over && goes_on && end_of(i) > outlasted_at(course);
    }

    // All that began to fail by the end of these, or with the run before. A good run that had begun
    // before the first of them says nothing.
    std::vector<std::size_t> members_of(std::size_t begin, const std::vector<std::size_t>& core) {
        ++m_scan.number;
        const std::int64_t began_at = m_moments[m_order.place(begin)].created_at;
        std::int64_t end = 0;
        for (const std::size_t i : core) {
            end = std::max(end, last_end(m_episodes.all[i], m_moments));
        }
        std::vector<std::size_t> found;
        for (const std::size_t past = m_order.after(end); begin < past; ++begin) {
            const auto step = m_order.step(begin);
            const std::size_t place = m_order.place(begin), i = m_episodes.of[place];
            if (!step.is_bad && m_moments[place].created_at < began_at) continue;
            const bool is_seen =
                std::exchange(m_scan.of[step.definition].scan, m_scan.number) == m_scan.number;
            if (is_seen || !step.is_bad) continue;
            const Episode& episode = m_episodes.all[i];
            if (!episode.is_used && place - episode.first <= 1) found.push_back(i);
        }
        return found;
    }

    // A run that failed before on its own is not part of it, but an episode of its own.
    void cut_before(std::int64_t start, std::size_t i) {
        std::size_t first = m_episodes.all[i].first;
        while (m_moments[first].ended_at < start) ++first;
        m_episodes.cut_before(first);
    }

    Incident incident_of(Shared& shared, bool is_shared) {
        for (const std::size_t i : std::exchange(shared.within, {}))
            m_episodes.all[i].is_used = false;
        Incident incident;
        incident.is_shared = is_shared;
        incident.began_at = INT64_MAX;
        const Course course = course_of(shared);
        incident.is_mostly_over = is_shared && course.is_mostly_over;
        bool lasts = false;
        for (const std::size_t i : shared.episodes) {
            Episode& episode = m_episodes.all[i];
            episode.is_used = true;
            incident.definitions.push_back(m_moments[episode.first].definition);
            incident.began_at = std::min(incident.began_at, m_moments[episode.first].created_at);
            const bool is_cut = is_shared && outlasts(i, course);
            lasts = lasts || (!episode.over_at && !is_cut);
            incident.over_at =
                std::max(incident.over_at, is_cut ? outlasted_at(course) : end_of(i));
            Episode counted = episode;
            while (is_cut && counted.end - counted.first > 1 &&
                   m_moments[counted.end - 1].created_at > course.middle) {
                --counted.end;
            }
            incident.last_bad_at = std::max(incident.last_bad_at, last_end(counted, m_moments));
        }
        auto& definitions = incident.definitions;
        std::sort(definitions.begin(), definitions.end());
        definitions.erase(std::unique(definitions.begin(), definitions.end()), definitions.end());
        incident.well = std::count_if(definitions.begin(), definitions.end(),
                                      [&](std::size_t one) { return m_runs[one].is_well; });
        count(incident, lasts, shared.within);
        return incident;
    }

    static std::int64_t until(const Incident& incident) {
        return std::max(incident.last_bad_at, incident.ended_at.value_or(INT64_MAX));
    }

    void count(Incident& incident, bool lasts, std::vector<std::size_t>& within) {
        for (const std::size_t definition : incident.definitions) {
            const Runs& runs = m_runs[definition];
            // Earlier ones ended before the last bad one.
            const auto from = std::min(incident.began_at, incident.last_bad_at - runs.longest);
            const auto all = m_moments.first(runs.end);
            const auto moment =
                std::partition_point(all.begin() + static_cast<std::ptrdiff_t>(runs.first),
                                     all.end(), [&](auto& m) { return m.created_at < from; });
            for (auto i = static_cast<std::size_t>(moment - all.begin());
                 i < runs.end && all[i].created_at <= until(incident); ++i) {
                count(incident, i, within);
            }
        }
        if (lasts) incident.ended_at.reset();
        if (!incident.is_shared) return;
        std::vector<std::uint8_t> is_active(m_runs.size());
        const std::size_t end = m_order.after(until(incident));
        for (std::size_t i = m_order.after(incident.began_at - 1); i < end; ++i) {
            is_active[m_order.step(i).definition] = 1;
        }
        incident.active = std::accumulate(is_active.begin(), is_active.end(), std::int64_t{0});
    }

    void count(Incident& incident, std::size_t i, std::vector<std::size_t>& within) {
        const Moment& moment = m_moments[i];
        if (moment.created_at >= incident.began_at && moment.created_at <= incident.last_bad_at) {
            incident.add(moment);
            if (incident.is_shared && moment.is_bad() &&
                m_episodes.use(i, incident.began_at, incident.last_bad_at, m_moments))
                within.push_back(m_episodes.of[i]);
        }
        const bool ends_it = (!moment.is_bad() || moment.kind == Kind::slow) &&
                             moment.ended_at > incident.last_bad_at;
        if (ends_it && moment.ended_at < incident.ended_at.value_or(INT64_MAX)) {
            incident.ended_at = moment.ended_at;
        }
    }

    std::span<const Moment> m_moments;
    time::TimeSpan m_span;
    Episodes m_episodes;
    MomentsByEnd m_order;
    Clusters m_clusters;
    std::vector<Runs> m_runs;  // by definition
    Scan m_scan;
    std::vector<Shared> m_shared;  // of the first incidents
    double m_least = 0;
};

}  // namespace

std::vector<Incident> find_incidents(std::span<const Moment> moments, double chance,
                                     const time::TimeSpan& span) {
    if (moments.empty()) return {};
    return IncidentSearch(moments, chance, span).found();
}

}  // namespace jobtally::incidents
