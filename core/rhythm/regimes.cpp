// Tries one schedule for all; where that does not fit everywhere, looks for schedules of parts.
#include "core/rhythm/regimes.hpp"

#include "core/rhythm/rests.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

namespace jobtally::rhythm {

namespace {

constexpr double poor_fit = 0.5;       // nats a run, worse than the mean of all
constexpr std::size_t least_part = 5;  // runs
constexpr std::size_t few_runs = 10;
constexpr std::size_t newest_moved = 3;   // that may tell that the time of day has moved
constexpr std::size_t newest_told = 48;   // by a schedule that has moved, as far as is looked
constexpr double odd_run = 4;             // nats, so much worse than the mean of all
constexpr double cost_of_an_hour = 3;     // nats, to say that a schedule has moved by one
constexpr std::size_t neighbours = 8;     // on either side, for the rate of random runs
constexpr double cost_of_other_days = 8;  // nats, at least
constexpr double cost_of_no_rhythm = 8;   // nats, beyond those of the change
constexpr double gain_of_another = 4;     // nats, of another schedule of the newest runs ...
constexpr double gain_a_run = 0.25;       // ... and for each of them
constexpr std::array<std::size_t, 4> newest_parts{6, 9, 14, 24};

// A schedule with the log likelihoods of all runs under it. Without a candidate: of random runs.
struct Model {
    std::optional<Found> found;
    std::vector<RunNats> nats;
    double cost = 0;  // of naming it
    bool is_of_the_past = false;
    std::optional<std::size_t> moved_from{};  // the model of the same schedule before it moved
    double cost_of_move = 0;                  // of naming it after that one
};

// Whether both are times of the day and differ by their weekdays alone: then the one can be named
// after the other without its times.
bool have_same_times(const Weighed& a, const Weighed& b) {
    const auto* one = std::get_if<ClockSlots>(&a.candidate.schedule.slots());
    const auto* other = std::get_if<ClockSlots>(&b.candidate.schedule.slots());
    if (one == nullptr || other == nullptr || one->weekdays == other->weekdays) return false;
    const double alike = 4 * second_micros * std::max(a.evidence.sigma, b.evidence.sigma);
    const auto is_near = [&](std::int64_t x, std::int64_t y) {
        return static_cast<double>(std::abs(x - y)) < alike;
    };
    return one->period == day_micros && other->period == day_micros &&
           a.candidate.schedule.clock().name() == b.candidate.schedule.clock().name() &&
           std::equal(one->offsets.begin(), one->offsets.end(), other->offsets.begin(),
                      other->offsets.end(), is_near);
}

class Cutter {
  public:
    Cutter(const OnClocks& runs, const OnClocks& past)
        : m_runs(runs), m_past(past), m_count(runs.size()) {}

    std::vector<Regime> cut() {
        auto all = cut_by_runs();
        if (m_past.size() > 0 && add_rested(all)) all = regimes(best_path());
        while (all.size() > 1 && may_be_by_hand(all[all.size() - 2], all.back())) {
            all[all.size() - 2].end = all.back().end;
            all.pop_back();
        }
        if (const auto before = told_by_an_earlier_one(all)) {
            all[*before].end = all.back().end;
            all.resize(*before + 1);
        }
        // The newest runs may be the first to tell which of two clocks rules.
        if (all.back().found)
            choose_clock(*all.back().found, m_runs,
                         std::max(all.back().begin, m_count - std::min(m_count, newest_moved)));
        // Of a short history a rhythm is guessed, which the next runs put right.
        for (Regime& regime : all) {
            const bool is_guess = m_count < 2 * least_part;
            if (!is_guess && regime.found && pauses_of(regime) > 0) regime.found.reset();
        }
        return all;
    }

  private:
    // A job that has run some times in a row may be back at its next slot, and was if it pauses. A
    // few runs with one pause may be the last ones of a job that dies.
    bool may_be_by_hand(const Regime& before, const Regime& newest) const {
        if (!before.found) return false;
        const std::size_t count = newest.end - newest.begin;
        if (!newest.found) return false;
        const bool is_short = count < few_runs && before.end - before.begin >= 2 * count;
        if (is_short && pauses_of(newest) == 1 && pauses_of(before) == 0) return true;
        constexpr double longest = 2.0 * day_micros, pause = 10;
        const auto at = m_runs.utc().instants;
        const double least_pause = pause * newest.found->best.evidence.spacing * second_micros;
        double covered = 0;
        for (std::size_t i = newest.begin + 1; i < newest.end; ++i) {
            const double gap = static_cast<double>(at[i] - at[i - 1]);
            if (gap < least_pause) covered += gap;
        }
        return covered < std::min(before.found->best.evidence.spacing * second_micros, longest);
    }

    // The regime before the newest one, and before what disturbed it for a shorter time, that tells
    // the newest runs as well: it needs no other. Else what was odd once, and cheaper told by a
    // change, would leave a schedule of too many days, or of too many hours.
    std::optional<std::size_t> told_by_an_earlier_one(const std::vector<Regime>& all) const {
        const Regime& newest = all.back();
        if (all.size() < 2 || !newest.found) return std::nullopt;
        const std::size_t count = newest.end - newest.begin;
        const double as_well = nats_between(m_runs, newest.begin, m_count, newest.found->best) -
                               gain_of_another - gain_a_run * static_cast<double>(count);
        for (std::size_t i = all.size() - 1; i-- > 0;) {
            if (newest.begin - all[i].end > count) break;
            if (!all[i].found || all[i].end - all[i].begin < count) continue;
            if (nats_between(m_runs, newest.begin, m_count, all[i].found->best) > as_well) return i;
        }
        return std::nullopt;
    }

    // The nats of those runs, with naming the schedule.
    double told_by(const Found& found, std::size_t begin, std::size_t end) const {
        return nats_between(m_runs, begin, end, found.best) -
               cost_of(found.best.candidate, found.best.evidence);
    }

    std::vector<Regime> cut_by_runs() {
        const auto& whole = found_in(0, m_count);
        if (whole) m_models.push_back(model_of(*whole));
        if (whole && goes_by_a_clock(whole->best.candidate) && fits_throughout(m_models.front()) &&
            moved(0).empty()) {
            return {{0, m_count, whole}};
        }
        add_parts();
        if (m_models.empty()) return {{0, m_count, std::nullopt}};
        add_moved(0);
        m_models.push_back(chance());
        return regimes(best_path());
    }

    Model model_of(Found found) const {
        const auto& candidate = found.best.candidate;
        const auto& evidence = found.best.evidence;
        Model model{std::nullopt,
                    nats_of_runs(candidate, evidence, m_runs.of(candidate.schedule.clock())),
                    cost_of(candidate, evidence)};
        model.found = std::move(found);
        return model;
    }

    // No stretch fits so much worse than the whole that another schedule could pay for itself, nor
    // are there so many slots without a run that one which knows them could.
    bool fits_throughout(const Model& model) const {
        double usual = 0, missed = 0;
        for (const auto& nats : model.nats) usual += nats.sum(), missed -= nats.misses;
        usual = usual / static_cast<double>(m_count) - poor_fit;
        double stretch = 0, worst = 0;
        for (const auto& nats : model.nats) {
            stretch = std::max(0.0, stretch + usual - nats.sum());
            worst = std::max(worst, stretch);
        }
        const double change = std::log(static_cast<double>(m_count));
        return worst < model.cost + change && missed < cost_of_other_days + change;
    }

    // Stretches come again, the whole history most of all.
    const std::optional<Found>& found_in(std::size_t first, std::size_t count) {
        const auto [at, is_new] = m_found.try_emplace({first, count});
        if (is_new) at->second = search(m_runs, first, count);
        return at->second;
    }

    void add_part(std::size_t first, std::size_t count) {
        if (const auto& found = found_in(first, count)) m_models.push_back(model_of(*found));
    }

    void add_parts() {
        for (std::size_t parts = 2; parts <= 4 && m_count / parts >= 2 * least_part; parts *= 2) {
            for (std::size_t i = 0; i < parts; ++i) {
                const std::size_t first = m_count * i / parts;
                add_part(first, m_count * (i + 1) / parts - first);
            }
        }
        for (const std::size_t count : newest_parts) {
            if (count < m_count) add_part(m_count - count, count);
        }
    }

    // Once more where the newest runs agree that they are, and an hour to either side, because the
    // clock that rules may be neither of those that are tried. A change to it must pay for itself.
    std::vector<Model> moved(std::size_t from) const {
        const Weighed best = m_models[from].found->best;
        if (!goes_by_a_clock(best.candidate) || !has_odd_run(m_models[from])) return {};
        const auto& schedule = best.candidate.schedule;
        const Times all = m_runs.of(schedule.clock());
        std::vector<Model> models;
        const auto add = [&](std::int64_t shift, double cost) {
            Found found{best};
            found.best.candidate.schedule = schedule.shifted(shift);
            if (!pays(from, found.best.candidate, cost)) return;
            models.push_back(model_of(std::move(found)));
            models.back().moved_from = from;
            models.back().cost_of_move = cost;
        };
        for (const auto hour : {-hour_micros, hour_micros}) add(hour, cost_of_an_hour);
        for (std::size_t newest = 2; newest <= newest_moved && newest < m_count; ++newest) {
            std::vector<std::int64_t> residuals;
            for (std::size_t run = m_count - newest; run < m_count; ++run) {
                residuals.push_back(schedule.place(all.instants[run], all.walls[run]).residual);
            }
            std::sort(residuals.begin(), residuals.end());
            const std::int64_t shift = residuals[residuals.size() / 2];
            const double sigma = best.evidence.sigma * second_micros;
            const bool agree =
                static_cast<double>(residuals.back() - residuals.front()) < 4 * sigma;
            if (!agree || std::abs(static_cast<double>(shift)) < 4 * sigma) continue;
            add(shift, cost_of({schedule, 1, cost_of_an_hour}, best.evidence));
        }
        return models;
    }

    // Whether the newest runs, as many as it takes, are told more briefly by `moved` than by the
    // model `from`, though the change costs that much.
    bool pays(std::size_t from, const Candidate& moved, double cost) const {
        const std::size_t count = std::min(m_count, newest_told);
        const Times newest = m_runs.of(moved.schedule.clock()).part(m_count - count, count);
        const auto& evidence = m_models[from].found->best.evidence;
        const auto moves = nats_of_runs(moved, evidence, newest);
        double gain = 0, most = 0;
        for (std::size_t i = count; i-- > 0; most = std::max(most, gain)) {
            gain += moves[i].sum() - m_models[from].nats[m_count - count + i].sum();
        }
        return most > cost + std::log(static_cast<double>(m_count));
    }

    // Without one there is nothing that a schedule which has moved tells better.
    bool has_odd_run(const Model& model) const {
        double usual = 0;
        for (const auto& nats : model.nats) usual += nats.sum();
        usual /= static_cast<double>(m_count);
        const auto newest = static_cast<std::ptrdiff_t>(std::min(m_count, newest_told));
        return std::any_of(model.nats.end() - newest, model.nats.end(),
                           [&](const RunNats& nats) { return nats.sum() < usual - odd_run; });
    }

    void add_moved(std::size_t first) {
        for (std::size_t from = first, end = m_models.size(); from < end; ++from) {
            for (auto& model : moved(from)) {
                model.is_of_the_past = m_models[from].is_of_the_past;
                if (model.is_of_the_past) model.cost = model.cost_of_move;
                m_models.push_back(std::move(model));
            }
        }
    }

    // The slots that most of the runs have, with the rests that the past tells.
    bool add_rested(const std::vector<Regime>& all) {
        const auto most =
            std::max_element(all.begin(), all.end(), [](const Regime& a, const Regime& b) {
                const auto runs = [](const Regime& of) { return of.found ? of.end - of.begin : 0; };
                return runs(a) < runs(b);
            });
        if (!most->found) return false;
        const std::size_t known = m_models.size();
        for (auto& [schedule, other_clock] :
             with_rests(most->found->best.candidate.schedule, m_past)) {
            Weighed best{{std::move(schedule), 1, 0}, {}};
            const Times part = m_runs.of(best.candidate.schedule.clock())
                                   .part(most->begin, most->end - most->begin);
            best.evidence = weigh(best.candidate, part);
            if (!best.evidence.is_plausible()) continue;
            Found found{best};
            if (other_clock) found.other_clock = Weighed{{std::move(*other_clock), 1, 0}, {}};
            m_models.push_back(model_of(std::move(found)));
            m_models.back().cost = 0;
            m_models.back().is_of_the_past = true;
        }
        add_moved(known);
        return m_models.size() > known;
    }

    // Each run at the rate of its neighbourhood, as a Poisson process has it.
    Model chance() const {
        const auto at = m_runs.utc().instants;
        Model model;
        model.cost = cost_of_no_rhythm;
        for (std::size_t i = 0; i < m_count; ++i) {
            const std::size_t from = i - std::min(i, neighbours);
            const std::size_t to = std::min(i + neighbours, m_count - 1);
            const double gap = static_cast<double>(at[to] - at[from]) / second_micros /
                               static_cast<double>(to - from);
            model.nats.push_back({-std::log(std::max(gap, 1.0)) - 1, 0});
        }
        return model;
    }

    // Of naming it where another one was before.
    double cost_after(std::size_t from, std::size_t to) const {
        const Model &before = m_models[from], &model = m_models[to];
        if (model.moved_from == from) return std::min(model.cost, model.cost_of_move);
        const bool are_alike =
            before.found && model.found && have_same_times(before.found->best, model.found->best);
        if (!are_alike) return model.cost;
        const auto& candidate = model.found->best.candidate;
        return std::min(model.cost, candidate.shape_cost + candidate.freedom);
    }

    // The model of each run on the path with the highest likelihood.
    std::vector<std::size_t> best_path() const {
        const std::size_t models = m_models.size();
        const double change = std::log(static_cast<double>(m_count));
        std::vector<double> now(models);
        std::vector<std::size_t> from(m_count * models);  // run by run
        std::vector<double> costs;                        // of each model after each other one
        for (std::size_t m = 0; m < models * models; ++m) {
            costs.push_back(cost_after(m / models, m % models));
        }
        for (std::size_t m = 0; m < models; ++m) {
            const bool is_new = m_past.size() > 0 && !m_models[m].is_of_the_past;
            now[m] = m_models[m].nats[0].run - m_models[m].cost - (is_new ? change : 0);
        }
        for (std::size_t i = 1; i < m_count; ++i) {
            const auto best =
                static_cast<std::size_t>(std::max_element(now.begin(), now.end()) - now.begin());
            const double changed = now[best] - change;
            for (std::size_t m = 0; m < models; ++m) {
                const auto& nats = m_models[m].nats[i];
                const double stays = now[m] + nats.misses;
                const double comes = changed - costs[best * models + m];
                from[i * models + m] = stays >= comes ? m : best;
                now[m] = std::max(stays, comes) + nats.run;
            }
        }
        std::vector<std::size_t> path(m_count);
        path.back() =
            static_cast<std::size_t>(std::max_element(now.begin(), now.end()) - now.begin());
        for (std::size_t i = m_count - 1; i > 0; --i) path[i - 1] = from[i * models + path[i]];
        return path;
    }

    // What is known of a stretch alone is better than what was found with other runs, unless that
    // tells it more briefly, for it may know of weekends.
    std::vector<Regime> regimes(const std::vector<std::size_t>& path) {
        std::vector<Regime> all;
        for (std::size_t begin = 0, end = 0; begin < m_count; begin = end) {
            while (end < m_count && path[end] == path[begin]) ++end;
            Regime regime{begin, end, m_models[path[begin]].found};
            const auto& model = m_models[path[begin]];
            const bool is_known = model.is_of_the_past || model.cost_of_move == cost_of_an_hour;
            if (regime.found && !is_known && end - begin >= 2 * least_part) {
                const auto& alone = found_in(begin, end - begin);
                if (alone && told_by(*alone, begin, end) >= told_by(*regime.found, begin, end))
                    regime.found = alone;
            }
            all.push_back(std::move(regime));
        }
        return all;
    }

    std::int64_t pauses_of(const Regime& regime) const {
        const auto& schedule = regime.found->best.candidate.schedule;
        const Times all = m_runs.of(schedule.clock());
        const auto runs = placed(schedule, all.part(regime.begin, regime.end - regime.begin));
        return pauses_all_the_time(runs).count;
    }

    const OnClocks& m_runs;
    const OnClocks& m_past;
    const std::size_t m_count;
    std::vector<Model> m_models;
    std::map<std::pair<std::size_t, std::size_t>, std::optional<Found>> m_found;  // first, count
};

}  // namespace

std::vector<Regime> regimes_of(const OnClocks& runs, const OnClocks& past) {
    return Cutter(runs, past).cut();
}

double nats_of(const OnClocks& runs, const std::vector<Regime>& regimes) {
    double sum = 0;
    for (const Regime& regime : regimes) {
        const std::size_t count = regime.end - regime.begin;
        if (regime.found) {
            const auto& [candidate, evidence, gain] = regime.found->best;
            const Times part = runs.of(candidate.schedule.clock()).part(regime.begin, count);
            sum -= cost_of(candidate, evidence);
            for (const auto& nats : nats_of_runs(candidate, evidence, part)) {
                sum += nats.sum();
            }
        } else if (count > 1) {
            sum += nats_of_chance(runs.local().part(regime.begin, count));
        }
    }
    return sum;
}

}  // namespace jobtally::rhythm
