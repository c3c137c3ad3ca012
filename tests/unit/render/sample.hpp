// A small answer with every kind of cell, for the tests of the renderers.
#pragma once

#include "core/render/text/renderer.hpp"

#include <chrono>

namespace sample {

using namespace jobtally;

inline time::Instant at(int day, int hour, int minute, int second = 0) {
    using namespace std::chrono;
    return sys_days{year{2026} / 11 / day} + hours{hour} + minutes{minute} + seconds{second};
}

inline table::Window window() {
    return {{at(1, 0, 0), at(8, 0, 0)}, "UTC", "created", {}};
}

// Two definitions, one of them without a rate, and a total.
inline table::ResultTable rates() {
    table::ResultTable out;
    out.window = window();
    out.columns = {
        {"definition_id", "id", table::Audience::machines, true},
        {"definition_name", "definition", table::Audience::everyone, true},
        {"reports", "reports"},
        {"job_success_rate", "success"},
        {"last_status", "last"},
        {"mean_seconds", "mean", table::Audience::machines},
        {"last_created_at", "at"},
    };
    out.rows = {
        {std::string{"aB3"}, std::string{"Users: daily"}, std::int64_t{12345}, table::Ratio{0.9850},
         std::string{"SUCCESS"}, time::Duration{1'285'000}, at(7, 14, 26, 10)},
        {std::string{"x,\"y\""},
         std::string{"日本"},
         std::int64_t{1},
         {},
         std::string{"FAILURE"},
         {},
         at(7, 2, 0)},
    };
    out.total = table::Row{{},
                           {},
                           std::int64_t{12346},
                           table::Ratio{0.5},
                           {},
                           time::Duration{1'285'000},
                           at(7, 14, 26, 10)};
    return out;
}

// One text column and one count, in as many rows as there are texts.
inline table::ResultTable named(const std::vector<std::string>& texts) {
    table::ResultTable out;
    out.columns = {{"definition_name", "definition", table::Audience::everyone, true},
                   {"reports", "reports"}};
    for (const std::string& text : texts) out.rows.push_back({text, std::int64_t{7}});
    return out;
}

}  // namespace sample
