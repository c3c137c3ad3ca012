// Medians, seasons, growth and noise are added as logarithms.
#include "tests/simulator/values.hpp"

#include "core/time/zone.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace jobtally::simulator {

namespace {

using std::chrono::days;
constexpr std::int64_t value_second = 1'000'000, value_hour = 3600 * value_second,
                       value_day = 24 * value_hour;

std::size_t places_of(Season season) {
    constexpr std::size_t places[] = {1, 2, 7, 24, 168, 2};
    return places[static_cast<std::size_t>(season)];
}

std::size_t place_of(Season season, std::int64_t micros) {
    const auto at = time::instant_from_micros(micros);
    const auto day = std::chrono::floor<days>(at);
    const auto hour = static_cast<std::size_t>((micros - time::micros(day)) / value_hour);
    const std::size_t weekday = std::chrono::weekday{day}.iso_encoding() - 1;
    const auto next = std::chrono::year_month_day{day + days{1}};
    switch (season) {
        case Season::none:
            return 0;
        case Season::weekend:
            return weekday >= 5 ? 1 : 0;
        case Season::weekday:
            return weekday;
        case Season::hour:
            return hour;
        case Season::hour_of_week:
            return 24 * weekday + hour;
        case Season::end_of_month:
            return next.day() == std::chrono::day{1} ? 1 : 0;
    }
    return 0;
}

double noise_of(const Usual& usual, Chance& chance) {
    const double normal = chance.normal();
    if (!usual.heavy_tailed) return normal;
    double sum = 0;
    for (int i = 0; i < 4; ++i) sum += std::pow(chance.normal(), 2);
    return normal / std::sqrt(sum / 4);
}

}  // namespace

double Chance::normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * 3.14159265358979323846 * uniform());
}

std::int64_t Chance::poisson(double mean) {
    if (mean > 50)
        return std::max<std::int64_t>(0, std::llround(mean + std::sqrt(mean) * normal()));
    std::int64_t count = 0;
    for (double left = uniform(); left > std::exp(-mean); left *= uniform()) ++count;
    return count;
}

double Usual::seasonal(std::int64_t micros) const {
    return profile[place_of(season, micros)];
}

Usual make_usual(Chance& chance, std::int64_t every, Season season, double sigma) {
    Usual usual;
    usual.every = every;
    usual.season = season;
    usual.sigma = sigma;
    const double most = every >= value_day ? 200 : every >= 4 * value_hour ? 120 : 40;
    usual.days = static_cast<int>(chance.between(24, most));
    if (season == Season::end_of_month) usual.days = std::max(usual.days, 100);
    usual.duration = 20 * std::exp(chance.between(0, 4));
    usual.records = 200 * std::exp(chance.between(0, 7));
    usual.profile.resize(places_of(season));
    const double strength = chance.between(0.5, 1.5);
    for (std::size_t i = 0; i < usual.profile.size(); ++i) {
        const bool office = i / 24 < 5 && i % 24 >= 8 && i % 24 < 18;
        usual.profile[i] = season == Season::hour_of_week ? (office ? strength : 0)
                           : usual.profile.size() > 2     ? chance.between(0, 2 * strength)
                                                          : (i == 1 ? strength : 0);
    }
    if (season == Season::none) usual.profile[0] = 0;
    return usual;
}

std::vector<query::Run> make_runs(const Usual& usual, Chance& chance, std::vector<double>* noise) {
    const std::int64_t end =
        time::micros(std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}) +
        static_cast<std::int64_t>(chance.below(12)) * value_day;
    const std::int64_t begin = end - usual.days * value_day;
    const auto offset =
        static_cast<std::int64_t>(chance.uniform() * static_cast<double>(usual.every));
    std::vector<query::Run> runs;
    for (std::int64_t at = begin + offset; at < end; at += usual.every) {
        const double level = usual.seasonal(at) + usual.growth * static_cast<double>(at - begin) /
                                                      static_cast<double>(value_day);
        const double off = noise_of(usual, chance);
        query::Run run;
        run.created_at = at;
        run.updated_at =
            at + std::llround(usual.duration * 1e6 * std::exp(level + usual.sigma * off));
        run.operations =
            std::llround(usual.records * std::exp(level + usual.sigma * noise_of(usual, chance)));
        run.sequence = static_cast<store::Sequence>(runs.size()) + 1;
        const bool weekend = place_of(Season::weekend, at) == 1;
        if (chance.happens(usual.empty) || (usual.empty_weekends && weekend)) run.operations = 0;
        runs.push_back(run);
        if (noise) noise->push_back(off);
    }
    return runs;
}

void scale_durations(std::vector<query::Run>& runs, std::size_t first, double factor) {
    for (std::size_t i = first; i < runs.size(); ++i) {
        const double length = static_cast<double>(runs[i].updated_at - runs[i].created_at);
        runs[i].updated_at = runs[i].created_at + std::llround(length * factor);
    }
}

void scale_records(std::vector<query::Run>& runs, std::size_t first, double factor) {
    for (std::size_t i = first; i < runs.size(); ++i) {
        runs[i].operations = std::llround(static_cast<double>(runs[i].operations) * factor);
    }
}

}  // namespace jobtally::simulator
