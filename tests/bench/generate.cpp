// Writes made-up job reports as NDJSON, the same bytes for the same count and seed: 300
// definitions, three years that end at 2026-11-20T00:00:00Z, ids that begin with their creation
// time, nearly in the order of creation. About 285 bytes each. Usage: generate COUNT SEED >
// reports.ndjson
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

constexpr std::uint64_t day = 86'400'000;  // milliseconds
constexpr std::uint64_t history_end = 1'795'132'800'000;
constexpr std::uint64_t history_length = 3 * 365 * day;
constexpr std::size_t definition_count = 300;

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
class Source {
  public:
    explicit Source(std::uint64_t seed) : m_state(seed) {}

    std::uint64_t next() {
        std::uint64_t z = (m_state += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
    bool chance(unsigned per_mille) { return below(1000) < per_mille; }

  private:
    std::uint64_t m_state;
};

// 20 URL-safe base64 characters: 6 bytes of milliseconds, 9 bytes of anything.
std::string identifier(std::uint64_t millis, Source& source) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text;
    for (int shift = 42; shift >= 0; shift -= 6) text += digits[millis >> shift & 63];
    const auto low = source.next();
    const auto high = source.next();
    for (int i = 0; i < 10; ++i) text += digits[low >> 6 * i & 63];
    for (int i = 0; i < 2; ++i) text += digits[high >> 6 * i & 63];
    return text;
}

std::string time_text(std::uint64_t millis) {
    const std::chrono::sys_days date{
        std::chrono::days(static_cast<std::chrono::days::rep>(millis / day))};
    const std::chrono::year_month_day civil(date);
    const auto rest = static_cast<unsigned>(millis % day);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02u:%02u:%02u.%03uZ", int(civil.year()),
                  unsigned(civil.month()), unsigned(civil.day()), rest / 3'600'000,
                  rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
    return text;
}

struct Definition {
    std::string id;
    std::string name;
    const char* type;
    std::uint64_t usual_millis;
    std::uint64_t usual_operations;
    unsigned failures_per_mille;
};

std::vector<Definition> make_definitions(Source& source) {
    static const char* const names[] = {"Daily customers", "Nightly warehouse export",
                                        "CRM sync",        "Kundenübersicht",
                                        "Loyalty members", "Newsletter opt-ins"};
    static constexpr std::uint64_t millis[] = {2'000, 30'000, 240'000, 3'000'000};
    static constexpr std::uint64_t operations[] = {1, 50, 1'000, 250'000};
    static constexpr unsigned failures[] = {0, 5, 20, 200};
    std::vector<Definition> definitions;
    for (std::size_t number = 0; number < definition_count; ++number) {
        const auto created = history_end - history_length - source.below(365 * day);
        definitions.push_back({identifier(created, source),
                               names[source.below(6)] + (" " + std::to_string(number)),
                               source.chance(250) ? "export" : "import",
                               millis[source.below(4)] * (500 + source.below(1000)) / 1000,
                               operations[source.below(4)], failures[source.below(4)]});
    }
    return definitions;
}

void print_report(const Definition& definition, std::uint64_t created, Source& source) {
    const bool fails = source.chance(definition.failures_per_mille);
    const auto length = definition.usual_millis * (500 + source.below(1000)) / 1000;
    const auto total = definition.usual_operations * (500 + source.below(1000)) / 1000;
    // The platform's FAILURE has no operations at all; one SUCCESS in twenty has failed records.
    const auto operations = fails ? 0 : total;
    const auto failed = source.chance(50) ? operations * source.below(200) / 1000 : 0;
    std::printf(
        "{\"total_succeeded\":%llu,\"total_operations\":%llu,\"total_failed\":%llu,\"id\":\"%s\","
        "\"status\":\"%s\",\"created_at\":\"%s\",\"type\":\"%s\",\"updated_at\":\"%s\","
        "\"definition_id\":\"%s\",\"definition_name\":\"%s\"}\n",
        static_cast<unsigned long long>(operations - failed),
        static_cast<unsigned long long>(operations), static_cast<unsigned long long>(failed),
        identifier(created, source).c_str(), fails ? "FAILURE" : "SUCCESS",
        time_text(created).c_str(), definition.type, time_text(created + length).c_str(),
        definition.id.c_str(), definition.name.c_str());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: generate COUNT SEED > reports.ndjson\n", stderr);
        return 2;
    }
    const auto count = std::strtoull(argv[1], nullptr, 10);
    Source source(std::strtoull(argv[2], nullptr, 10));
    const auto definitions = make_definitions(source);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto& definition = definitions[source.below(definition_count)];
        // Reports come when jobs end, so their creation is in order but for up to an hour.
        const auto ended = history_end - history_length + history_length / count * i;
        print_report(definition, ended - source.below(3'600'000), source);
    }
    return std::fflush(stdout) == 0 && !std::ferror(stdout) ? 0 : 1;
}
