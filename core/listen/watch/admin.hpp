// The admin address: whether commits work, and the counters. Asks for no Authorization and takes no
// reports.
#pragma once

#include "core/listen/http/answer.hpp"
#include "core/listen/http/request_reader.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace jobtally::listen {

// Without an answer the page of health is wanted, which takes a probe. `metrics` is called where
// its text is wanted.
Verdict judge_admin_head(const RequestHead& head, const std::function<std::string()>& metrics);

// What a probe, an empty delivery, came back with.
struct Health {
    std::optional<std::string> error;     // the commit failed
    std::chrono::microseconds commit{0};  // how long it took
};

// The probe under way, and the sessions that wait for it: those who ask together share a commit.
class HealthProbe {
  public:
    // True where none was under way, so that one is to be sent.
    bool begin(std::uint64_t session);
    // With the error that the probe came back with, and those who want to hear of it.
    std::pair<Health, std::vector<std::uint64_t>> end(std::optional<std::string> error);

  private:
    std::vector<std::uint64_t> m_waiting;
    std::chrono::steady_clock::time_point m_began;
};

// 200 `{"status": "ok", ...}` or 503 `{"status": "failing", "error": ...}`.
Answer health_answer(const Health& health, const std::string& version);

}  // namespace jobtally::listen
