// What the program says: the only place that knows core/rhythm.
#pragma once

#include "core/query/run_history.hpp"
#include "tests/simulator/fleet.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::simulator {

struct Verdict {
    std::string state;  // `late`
    std::string text;   // of its rhythm, empty without one
    std::optional<Micros> expected_by;

    bool has_rhythm() const { return !text.empty(); }
    bool is_overdue() const { return state == "late" || state == "missed"; }
};

class Program {
  public:
    explicit Program(const Fleet& fleet) : m_fleet(fleet) {}

    // `known` are all runs up to `now`, by created_at; the newest few hundred count.
    Verdict judge(const std::vector<query::Run>& known, Micros now);
    double seconds() const { return m_seconds; }  // of the processor, in judge() so far
    std::int64_t judged() const { return m_judged; }

  private:
    const Fleet& m_fleet;
    double m_seconds = 0;
    std::int64_t m_judged = 0;
};

// The same questions by the whole way: a store with all reports of the fleet, asked at its end.
struct Answers {
    std::map<std::string, Verdict> verdicts;        // by definition id
    std::map<std::string, std::vector<Span>> gaps;  // from run to run, or to the end
};
Answers ask_through_store(const Fleet& fleet);

}  // namespace jobtally::simulator
