// The innermost loop of rates and failures.
#include "core/query/counts.hpp"

#include "core/base/numbers.hpp"

namespace jobtally::query {

namespace {

std::optional<double> share(Wide part, Wide whole) {
    if (whole == 0) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

static_assert(static_cast<int>(model::Status::success) == 0 &&
              static_cast<int>(model::Status::failure) == 1 &&
              static_cast<int>(model::Status::running) == 2 &&
              static_cast<int>(model::Status::other) == 3);

std::optional<double> Counts::operation_success_rate() const {
    return share(operations_succeeded, operations);
}

std::optional<double> Counts::operation_failure_rate() const {
    return share(operations_failed, operations);
}

std::string sum_text(Wide sum) {
    return (sum > INT64_MAX ? "over " : "") + count_text(clamped(sum));
}

Counts& Counts::operator+=(const Counts& other) {
    for (std::size_t i = 0; i < 4; ++i) by_status[i] += other.by_status[i];
    partial += other.partial;
    empty += other.empty;
    operations += other.operations;
    operations_succeeded += other.operations_succeeded;
    operations_failed += other.operations_failed;
    return *this;
}

void count_batch(const store::FactBatch& batch, std::span<const std::int32_t> groups,
                 std::vector<Counts>& counts) {
    const auto* status = batch.status.data();
    const auto* operations = batch.operations.data();
    const auto* succeeded = batch.succeeded.data();
    const auto* failed = batch.failed.data();
    for (std::size_t i = 0; i < batch.size; ++i) {
        Counts& group = counts[static_cast<std::size_t>(groups[i])];
        const auto ended = static_cast<std::size_t>(status[i]);
        const bool finished = ended <= 1;
        ++group.by_status[ended];
        group.partial += ended == 0 && failed[i] > 0;
        group.empty += finished && operations[i] == 0;
        // Unknown is INT64_MIN, the only negative value: one sign for the three.
        if (finished && (operations[i] | succeeded[i] | failed[i]) >= 0) {
            group.operations += operations[i];
            group.operations_succeeded += succeeded[i];
            group.operations_failed += failed[i];
        }
    }
}

}  // namespace jobtally::query
