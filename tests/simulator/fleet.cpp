// Lets chance run what was planned.
#include "tests/simulator/fleet.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace jobtally::simulator {

namespace {

using std::chrono::days;
using std::chrono::local_days;

constexpr local_days last_day{std::chrono::year{2026} / 11 / 20};
// Most schedulers are exact; where a third of the interval is chance, few runs show no rhythm.
const std::vector<Jitter> usual_jitters{
    Jitter::seconds, Jitter::seconds, Jitter::seconds, Jitter::seconds, Jitter::seconds,
    Jitter::minutes, Jitter::minutes, Jitter::tail,    Jitter::tail,    Jitter::third};
constexpr Micros abandoned_for = 90 * day;

Micros instant(const time::Zone& clock, local_days on, Micros time_of_day = 0) {
    return time::micros(
        clock.to_utc(time::LocalTime{on.time_since_epoch() + time::Duration{time_of_day}}));
}

std::vector<Micros> slots_of(const Plan& plan, const time::Zone& clock, Micros from, Micros to) {
    std::vector<Micros> slots;
    auto on = std::chrono::floor<days>(clock.to_local(time::instant_from_micros(from))) - days{1};
    for (; instant(clock, on) < to; on += days{1}) {
        for (const Micros at : plan(on)) {
            const Micros slot = instant(clock, on, at);
            if (slot >= from && slot < to) slots.push_back(slot);
        }
    }
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    return slots;
}

// What chance does to the runs of one definition.
struct Noise {
    Jitter jitter = Jitter::seconds;
    Shape shape = Shape::plain;
    Micros typical = 0, nearest = 0;  // distances of slots
    Micros duration = 0;              // the median
    double duration_sigma = 0;        // log-normal
    Micros tail = 0;                  // the median delay after another job
    double tail_sigma = 0;
    double skipped = 0, by_hand = 0, failing = 0;
    int fan = 1;

    Micros draw_duration(Random& random) const {
        return scaled(duration, std::exp(duration_sigma * normal(random)));
    }
    Micros draw_delay(Random& random) const {
        const Micros delay = tail == 0 ? 0 : scaled(tail, std::exp(tail_sigma * normal(random)));
        switch (jitter) {
            case Jitter::seconds:
                return delay + between(random, 0, 5 * second);
            case Jitter::minutes:
                return delay + between(random, 0, std::min(nearest / 20, 20 * minute));
            case Jitter::tail:
                return delay + scaled(std::min(nearest / 100, 5 * minute), exponential(random));
            case Jitter::third:
                return delay + between(random, 0, std::min(nearest / 3, 8 * hour));
        }
        return delay;
    }
};

Noise make_noise(const Kind& kind, Jitter jitter, Micros typical, Micros nearest, Random& random) {
    Noise noise;
    noise.jitter = jitter;
    noise.shape = kind.shape;
    noise.typical = typical;
    noise.nearest = nearest;
    const Micros longest = std::min(nearest * 3 / 100, hour);
    noise.duration = between(random, std::min(longest, 2 * second), longest);
    noise.duration_sigma = 0.1 + 0.3 * chance(random);
    noise.skipped = happens(random, 0.3) ? 0 : 0.05 * chance(random);
    noise.by_hand = happens(random, 0.3) ? 0.02 : 0;
    if (kind.shape == Shape::fan_out) noise.fan = static_cast<int>(between(random, 2, 6));
    if (kind.shape == Shape::retries) noise.failing = 0.1 + 0.2 * chance(random);
    if (kind.shape == Shape::tailed) {
        noise.tail = std::min(between(random, 5, 30) * minute, nearest / 40);
        noise.tail_sigma = 0.5 + 0.3 * chance(random);
    }
    if (kind.shape == Shape::after_end) {
        noise.duration = typical / 10;
        noise.duration_sigma = 0.3 + 0.3 * chance(random);
    }
    return noise;
}

class Maker {
  public:
    Maker(const Fleet& fleet, const Kind& kind, Random& random)
        : m_fleet(fleet), m_kind(kind), m_random(random) {}

    Definition make(std::string id) {
        m_made.kind = &m_kind;
        m_made.id = std::move(id);
        m_made.name = fmt::format("{} {}", m_kind.name, m_random() % 100000);
        m_made.later_name = m_made.name + (happens(m_random, 0.2) ? " (new)" : "");
        m_made.jitter = one_of(m_random, usual_jitters);
        const bool is_local = happens(m_random, 0.5);
        if (m_kind.clock == Clock::local || (m_kind.clock == Clock::either && is_local)) {
            m_made.clock = m_fleet.zone;
        }
        const double more = 0.9 + 0.3 * chance(m_random);
        m_begin = m_fleet.end - scaled(m_kind.days * day, more);
        if (m_kind.draw != nullptr) {
            follow_plan();
        } else if (m_kind.is_chain()) {
            follow_last();
        } else {
            run_at_random();
        }
        finish();
        return std::move(m_made);
    }

  private:
    void follow_plan();
    void follow_last();
    void run_at_random();
    void finish();
    void plan_slots();
    void take_breaks();
    void run_slot(Slot& slot, const Noise& noise);
    void add_run(Micros created_at, Micros slot, const Noise& noise, bool failed = false);
    void start_by_hand(const Noise& noise);
    void measure_slots();
    bool is_down(Micros at) const {
        return std::any_of(m_fleet.down.begin(), m_fleet.down.end(),
                           [&](const Span& span) { return at >= span.from && at < span.to; });
    }
    // Of the whole history.
    Micros at_share(double share) const { return m_begin + scaled(m_fleet.end - m_begin, share); }
    Micros nearest() const {
        Micros nearest = INT64_MAX;
        for (std::size_t i = 1; i < m_made.slots.size(); ++i) {
            nearest = std::min(nearest, m_made.slots[i].at - m_made.slots[i - 1].at);
        }
        return std::max(nearest, m_made.typical / 12);  // a clock that was turned back
    }

    const Fleet& m_fleet;
    const Kind& m_kind;
    Random& m_random;
    Definition m_made;
    Micros m_begin = 0;
};

void Maker::plan_slots() {
    const auto add = [&](const std::vector<Micros>& slots) {
        for (const Micros at : slots) m_made.slots.push_back({at});
    };
    const Plans plans = m_kind.draw(m_random);
    const Micros middle = at_share(0.4 + 0.2 * chance(m_random));
    const bool is_changed = m_kind.life == Life::changed || m_kind.life == Life::to_local;
    const Micros until = is_changed || m_kind.life == Life::retired ? middle : m_fleet.end;
    const time::Zone before = m_kind.life == Life::to_local ? time::Zone() : m_made.clock;
    add(slots_of(plans.plan, before, m_begin, until));
    if (m_kind.life == Life::retired) m_made.retired_at = until;
    if (!is_changed) return;
    const time::Zone after = m_kind.life == Life::to_local ? m_fleet.zone : m_made.clock;
    add(slots_of(plans.later.value_or(plans.plan), after, until, m_fleet.end));
    m_made.abandoned = slots_of(plans.plan, before, until, until + abandoned_for);
    m_made.changed_at = until;
}

// Slots in which nothing ran: a pause of some slots, Christmas; and what the kind is about.
void Maker::take_breaks() {
    auto& slots = m_made.slots;
    const auto stop = [&](Micros from, Micros to) {
        for (auto& slot : slots) slot.ran = slot.ran && (slot.at < from || slot.at >= to);
    };
    if (m_kind.life == Life::paused) {
        const Micros from = at_share(0.3 + 0.5 * chance(m_random));
        stop(from, from + between(m_random, 8 * day, 24 * day));
    } else if (m_kind.life == Life::outage) {
        for (int i = 0; i < 2; ++i) {
            const Micros from = at_share(0.2 + 0.7 * chance(m_random));
            stop(from, from + between(m_random, 6 * hour, 4 * day));
        }
    } else if (happens(m_random, 0.15)) {
        const Micros first = between(m_random, 0, static_cast<Micros>(slots.size()));
        const Micros from = slots[static_cast<std::size_t>(first)].at;
        stop(from, from + between(m_random, 3, 13) * m_made.typical);
    } else if (happens(m_random, 0.15)) {
        const auto christmas = [](int year) {
            return instant({}, local_days{std::chrono::year{year} / 12 / 22});
        };
        for (int year = 2010; year < 2027; ++year) {
            stop(christmas(year), christmas(year) + 13 * day);
        }
    }
}

void Maker::add_run(Micros created_at, Micros slot, const Noise& noise, bool failed) {
    SimulatedRun run{created_at, created_at + noise.draw_duration(m_random), slot};
    run.is_lost = is_down(run.arrives_at);
    run.failed = failed;
    m_made.runs.push_back(run);
}

void Maker::run_slot(Slot& slot, const Noise& noise) {
    slot.ran = slot.ran && !happens(m_random, noise.skipped);
    const std::size_t before = m_made.runs.size();
    Micros at = slot.at + noise.draw_delay(m_random);
    for (int i = 0; i < noise.fan; ++i) {
        add_run(at, slot.at, noise);
        at += between(m_random, 5 * second, std::min(2 * minute, noise.nearest / 50) + 6 * second);
    }
    for (int tries = 1; tries < 4 && happens(m_random, noise.failing); ++tries) {
        m_made.runs.back().failed = true;
        const Micros pause = between(m_random, minute, std::min(10 * minute, noise.nearest / 12));
        add_run(m_made.runs.back().arrives_at + pause, slot.at, noise);
    }
    slot.arrives_at = INT64_MAX;
    slot.is_lost = true;
    for (auto run = m_made.runs.begin() + static_cast<std::ptrdiff_t>(before);
         run != m_made.runs.end(); ++run) {
        slot.is_lost = slot.is_lost && run->is_lost;
        slot.arrives_at = std::min(slot.arrives_at, run->arrives_at);
        slot.settled_at = std::max(slot.settled_at, run->arrives_at);
    }
    if (!slot.ran) m_made.runs.resize(before);
}

void Maker::start_by_hand(const Noise& noise) {
    const std::size_t planned = m_made.runs.size();
    for (std::size_t i = 0; i < planned; ++i) {
        if (!happens(m_random, noise.by_hand)) continue;
        const Micros at = m_made.runs[i].created_at + between(m_random, 0, noise.typical);
        add_run(at, at, noise);
    }
}

void Maker::measure_slots() {
    std::vector<Micros> distances;
    for (std::size_t i = 1; i < m_made.slots.size(); ++i) {
        distances.push_back(m_made.slots[i].at - m_made.slots[i - 1].at);
    }
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    m_made.typical = *middle;
    m_made.longest = *std::max_element(distances.begin(), distances.end());
}

void Maker::follow_plan() {
    plan_slots();
    measure_slots();
    const Noise noise = make_noise(m_kind, m_made.jitter, m_made.typical, nearest(), m_random);
    take_breaks();
    for (auto& slot : m_made.slots) run_slot(slot, noise);
    start_by_hand(noise);
    std::vector<Micros> lags(4000);
    for (auto& lag : lags) {
        lag = noise.draw_delay(m_random);
        lag += noise.draw_duration(m_random);
    }
    std::sort(lags.begin(), lags.end());
    m_made.normal_lag = lags[lags.size() * 999 / 1000];
}

// Each run follows from the one before it; where it stalls, all later ones are shifted.
void Maker::follow_last() {
    if (m_made.jitter == Jitter::third) m_made.jitter = Jitter::minutes;
    const Micros pause = scaled(hour, 2 + 20 * chance(m_random));
    const Noise noise = make_noise(m_kind, m_made.jitter, pause, pause, m_random);
    const auto gap = [&](Micros duration) {
        return pause + noise.draw_delay(m_random) +
               (m_kind.shape == Shape::after_end ? duration : 0);
    };
    m_made.typical = m_made.longest =
        pause + (m_kind.shape == Shape::after_end ? noise.duration : 0);
    std::vector<Micros> lags(4000);
    for (auto& lag : lags) {
        lag = gap(noise.draw_duration(m_random)) - m_made.typical;
        lag += noise.draw_duration(m_random);
    }
    std::sort(lags.begin(), lags.end());
    m_made.normal_lag = lags[lags.size() * 999 / 1000];
    for (Micros at = m_begin; at < m_fleet.end;) {
        add_run(at, at, noise);
        const auto& run = m_made.runs.back();
        m_made.slots.push_back({at, run.arrives_at, run.arrives_at, true, run.is_lost});
        Micros next = at + gap(run.arrives_at - at);
        if (happens(m_random, noise.skipped)) {
            const Micros missed = at + m_made.typical;
            const Micros arrives_at = missed + m_made.normal_lag;
            m_made.slots.push_back({missed, arrives_at, arrives_at, false, is_down(arrives_at)});
            next += scaled(m_made.typical, 1 + 2 * chance(m_random));
        }
        at = next;
    }
}

void Maker::run_at_random() {
    // From an hour to some days apart.
    m_made.typical = scaled(hour, std::exp(4 * chance(m_random))) / (m_kind.is_office ? 3 : 1);
    const Noise noise = make_noise(m_kind, m_made.jitter, m_made.typical, m_made.typical, m_random);
    for (Micros at = m_begin; at < m_fleet.end;
         at += scaled(m_made.typical, m_kind.gap(m_random))) {
        const auto wall = m_made.clock.to_local(time::instant_from_micros(at));
        const auto on = std::chrono::floor<days>(wall);
        const Micros of_day = (wall - on).count();
        const bool is_office = std::chrono::weekday{on}.iso_encoding() <= 5 && of_day >= 8 * hour &&
                               of_day < 18 * hour;
        if (is_office || !m_kind.is_office) add_run(at, at, noise);
    }
}

void Maker::finish() {
    std::stable_sort(m_made.runs.begin(), m_made.runs.end(),
                     [](const auto& a, const auto& b) { return a.created_at < b.created_at; });
}

std::vector<Span> make_downtimes(Micros from, Micros to, Random& random) {
    std::vector<Span> down;
    for (Micros at = from; at < to;) {
        at += between(random, 5 * day, 60 * day);
        const Micros length = happens(random, 0.7) ? between(random, 10 * second, 10 * minute)
                                                   : between(random, hour, 30 * hour);
        down.push_back({at, at + length});
        at += length;
    }
    return down;
}

}  // namespace

std::string_view name_of(Jitter jitter) {
    constexpr std::string_view names[] = {"seconds", "minutes", "long tail", "a third"};
    return names[static_cast<std::size_t>(jitter)];
}

Micros Definition::ends_after() const {
    return std::max(28 * day, 5 * longest);
}

Fleet make_fleet(std::uint64_t seed, int definitions, std::string_view only) {
    constexpr const char* zones[] = {"Europe/Paris", "America/New_York", "Europe/London",
                                     "Australia/Sydney"};
    Random random(seed);
    Fleet fleet;
    fleet.zone = time::Zone::named(zones[random() % 4]);
    fleet.end = instant({}, last_day);
    if (seed % 2 == 1) fleet.down = make_downtimes(fleet.end - 4500 * day, fleet.end, random);
    for (const Kind& kind : all_kinds()) {
        if (kind.name.find(only) == std::string_view::npos) continue;
        for (int i = 0; i < definitions; ++i) {
            const auto id = fmt::format("definition-{}", fleet.definitions.size());
            fleet.definitions.push_back(Maker(fleet, kind, random).make(id));
        }
    }
    return fleet;
}

}  // namespace jobtally::simulator
