// The rule for two reports with one id, and the tally.
#include "core/model/outcome.hpp"

namespace jobtally::model {

std::string_view name_of(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::stored:
            return "stored";
        case Outcome::updated:
            return "updated";
        case Outcome::unchanged:
            return "unchanged";
        case Outcome::stale:
            return "stale";
        case Outcome::rejected:
            return "rejected";
    }
    return "rejected";
}

Outcome reconcile(const JobReport& kept, const JobReport& arrived) {
    if (same_known_fields(kept, arrived)) return Outcome::unchanged;
    const bool kept_is_finished = is_finished(status_of(kept.status));
    const bool arrived_is_finished = is_finished(status_of(arrived.status));
    const bool arrived_runs = status_of(arrived.status) == Status::running;
    if (kept_is_finished && arrived_runs) return Outcome::stale;
    // std::optional orders nullopt before every value: an unknown time is the oldest.
    if (arrived.updated_at > kept.updated_at) return Outcome::updated;
    if (arrived.updated_at < kept.updated_at) return Outcome::stale;
    return arrived_is_finished && !kept_is_finished ? Outcome::updated : Outcome::stale;
}

void Tally::count(Outcome outcome) {
    switch (outcome) {
        case Outcome::stored:
            ++stored;
            break;
        case Outcome::updated:
            ++updated;
            break;
        case Outcome::unchanged:
            ++unchanged;
            break;
        case Outcome::stale:
            ++stale;
            break;
        case Outcome::rejected:
            ++rejected;
            break;
    }
}

Tally& Tally::operator+=(const Tally& other) {
    stored += other.stored;
    updated += other.updated;
    unchanged += other.unchanged;
    stale += other.stale;
    rejected += other.rejected;
    return *this;
}

}  // namespace jobtally::model
