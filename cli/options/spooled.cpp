#include "cli/options/spooled.hpp"

#include "cli/options/spools.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/numbers.hpp"
#include "core/ingest/spool.hpp"
#include "core/ingest/spool_name.hpp"
#include "core/store/file/last_word.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace jobtally::cli {

namespace {

// A lock of a moment is nobody's business.
constexpr std::chrono::minutes worth_telling{1};

// What waits may be stored at any moment by who put it there.
std::vector<std::string> names_in(const ingest::Spool& spool) {
    try {
        return spool.waiting();
    } catch (const IoError&) {
        return {};
    }
}

// Empty where it can be used, and what waits in it can be told.
std::string problem_of(const ingest::Spool& spool) {
    for (const auto& problem :
         {spool.lost(), spool.barred(), spool.of_another(), spool.undeletable()}) {
        if (problem) return with_hint(*problem);
    }
    return {};
}

std::string waits_in_spool(const Spooled& spooled, const Globals& globals) {
    return fmt::format(
        "{} in the spool since {}: the store takes none, and what waits is not "
        "counted here",
        counted(spooled.bodies, "delivery waits", "deliveries wait"),
        time::format_local(spooled.since, globals.zone(), false));
}

}  // namespace

std::optional<Spooled> spooled(const Globals& globals) {
    if (globals.store_in_memory()) return std::nullopt;
    Spooled found;
    for (const auto& spool : all_spools(globals)) {
        if (auto problem = problem_of(spool); !problem.empty()) {
            found.problem = found.problem.empty() ? problem : found.problem + "; " + problem;
            continue;
        }
        const auto names = names_in(spool);
        if (names.empty()) continue;
        const auto since = ingest::origin_of(names.front()).received_at;
        found.since = found.bodies == 0 ? since : std::min(found.since, since);
        found.bodies += static_cast<std::int64_t>(names.size());
    }
    if (found.bodies == 0 && found.problem.empty()) return std::nullopt;
    return found;
}

std::optional<time::Instant> alive_at_the_spool(const Globals& globals) {
    std::optional<time::Instant> last;
    if (globals.store_in_memory()) return last;
    for (const auto& spool : all_spools(globals)) last = std::max(last, spool.touched_at());
    return last;
}

table::Mention spooled_mention(const std::optional<Spooled>& spooled, const Globals& globals) {
    if (!spooled) return {"spooled_reports", 0, ""};
    const auto waits = spooled->bodies > 0 ? waits_in_spool(*spooled, globals) : "";
    if (spooled->problem.empty()) return {"spooled_reports", spooled->bodies, waits};
    const auto also = waits.empty() ? waits : "; and " + waits;
    return {"spooled_reports", std::nullopt, spooled->problem + also};
}

std::optional<std::int64_t> unkept(const Globals& globals) {
    if (globals.store_in_memory()) return 0;
    auto all = store::noted_losses(followed(globals.store_path()));
    for (const auto& spool : all_spools(globals)) {
        const auto losses = spool.losses();
        const auto aside =
            losses.empty() ? std::optional<std::int64_t>(0) : store::noted_losses(losses);
        if (!all || !aside) return std::nullopt;
        *all += *aside;
    }
    return all;
}

table::Mention unkept_mention(std::optional<std::int64_t> requests) {
    constexpr const char* key = "unkept_requests";
    if (!requests)
        return {key, requests,
                "how many requests were answered 503 and not kept can't be read: the store's lock "
                "file is closed to you until a command writes to the store, such as "
                "`jobtally ingest /dev/null`"};
    return {key, requests,
            fmt::format("{} answered 503 or refused, and not kept: the listener's log says more",
                        counted(*requests, "request was", "requests were"))};
}

void tell_spooled(table::Probe& probe, const Globals& globals) {
    const auto tell = [&probe](const table::Mention& mention) {
        if (probe.state == table::ProbeState::ok) probe.state = table::ProbeState::unknown;
        probe.remarks.push_back(mention.sentence);
    };
    const auto found = spooled(globals);
    const bool has_waited =
        found && (found->since > globals.now() || globals.now() - found->since >= worth_telling);
    if (found && (!found->problem.empty() || has_waited)) tell(spooled_mention(found, globals));
    if (const auto requests = unkept(globals); requests != 0) tell(unkept_mention(requests));
}

void note_spooled(const Globals& globals, const char* what) {
    const auto found = spooled(globals);
    if (!found || globals.quiet) return;
    if (!found->problem.empty()) print_warning(found->problem);
    if (found->bodies == 0) return;
    print_note(fmt::format("{} in the spool and {} not in {}",
                           counted(found->bodies, "delivery waits", "deliveries wait"),
                           found->bodies == 1 ? "is" : "are", what));
}

}  // namespace jobtally::cli
