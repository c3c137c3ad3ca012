// The admin address: whether commits work, and the counters. Asks for no Authorization and takes no
// reports.
#pragma once

#include "core/listen/http/head_verdict.hpp"
#include "core/listen/http/request_reader.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace jobtally::listen {

// A verdict without an answer means that the request is for /healthz, whose answer needs a probe
// first. `metrics` is called only if the request is for its text.
Verdict judge_admin_head(const RequestHead& head, const std::function<std::string()>& metrics);

// What a probe, an empty delivery, came back with.
struct Health {
    std::optional<std::string> error;     // the commit failed
    std::chrono::microseconds commit{0};  // how long it took
};

// The probe under way, and the sessions that wait for it: sessions that ask while a probe is under
// way share its commit.
class HealthCheck {
  public:
    // Adds a session. True if no probe was under way, so that the caller must send one.
    bool begin(std::uint64_t session);
    // Ends the probe, which came back with `error`. Returns the result and the sessions that wait
    // for it.
    std::pair<Health, std::vector<std::uint64_t>> end(std::optional<std::string> error);

  private:
    std::vector<std::uint64_t> m_waiting;
    std::chrono::steady_clock::time_point m_began;
};

// 200 `{"status": "ok", ...}` or 503 `{"status": "failing", "error": ...}`.
Answer health_answer(const Health& health, const std::string& version);

}  // namespace jobtally::listen
