// The admin address: whether commits work, and the counters. Asks for no Authorization and takes no
// reports.
#pragma once

#include "core/listen/answer.hpp"
#include "core/listen/request_reader.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace jobtally::listen {

enum class AdminPage { health, metrics };

struct AdminVerdict {
    std::optional<Answer> answer;  // none: the page is wanted
    AdminPage page = AdminPage::health;
};

AdminVerdict judge_admin_head(const RequestHead& head);

// What a probe, an empty delivery, came back with.
struct Health {
    std::optional<std::string> error;     // the commit failed
    std::chrono::microseconds commit{0};  // how long it took
};

// 200 `{"status": "ok", ...}` or 503 `{"status": "failing", "error": ...}`.
Answer health_answer(const Health& health, const std::string& version);
Answer metrics_answer(std::string text);

}  // namespace jobtally::listen
