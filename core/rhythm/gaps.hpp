// Past gaps: stretches in which a definition should have run and did not.
#pragma once

#include "core/query/scope.hpp"
#include "core/rhythm/expectation.hpp"
#include "core/rhythm/missed.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace jobtally::rhythm {

inline constexpr std::size_t runs_of_history = 20'000;

// Those of one definition, by their beginning. `runs` are ascending, `newest` is what is expected
// after the last runs_looked_at of them, by `past`. Older ones are judged by the rhythms of a few
// hundred at a time.
std::vector<Gap> gaps_of(std::span<const query::Run> runs, query::Past past,
                         const Expectation& newest, bool is_configured,
                         const MissedOptions& options, const time::Zone& zone);

struct GapRow {
    std::string id;
    std::optional<std::string> label;
    std::optional<std::string> type;
    Gap gap;
};

struct GapsAnswer {
    table::Window window;
    std::vector<GapRow> gaps;  // by their beginning, then name
};

// The gaps that reach into the selection's window, of the newest runs_of_history runs of each
// definition.
GapsAnswer gaps(const query::Scope& scope, MissedOptions options);
table::ResultTable gaps_table(const GapsAnswer& answer);

}  // namespace jobtally::rhythm
