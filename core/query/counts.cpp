// The innermost loops of rates and failures.
#include "core/query/counts.hpp"

#include "core/base/numbers.hpp"

#include <algorithm>
#include <cmath>

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

TrendFold::TrendFold(const Grouping& grouping, const Selection& selection, table::Sparkline marks)
    : m_at(selection.at), m_marks(marks) {
    const auto& span = selection.span;
    const bool is_bounded = span.since && span.until && *span.until > *span.since;
    if (marks == table::Sparkline::none || grouping.by().every || !is_bounded) return;
    m_since = time::micros(*span.since);
    m_slice = ((*span.until - *span.since).count() + 7) / 8;
    m_slices.resize(grouping.size());
}

store::FactColumns TrendFold::columns() const {
    return is_wanted() ? store::FactColumn::status | store::column_of(m_at) : store::FactColumns{0};
}

void TrendFold::take(const store::FactBatch& batch, std::span<const std::int32_t> groups) {
    if (!is_wanted()) return;
    const auto& times = store::times_of(batch, m_at);
    for (std::size_t i = 0; i < batch.size; ++i) {
        if (!model::is_finished(batch.status[i])) continue;
        const auto slice = static_cast<std::size_t>((times[i] - m_since) / m_slice);
        Slice& counts = m_slices[static_cast<std::size_t>(groups[i])][slice];
        ++counts.finished;
        counts.failed += batch.status[i] == model::Status::failure ? 1 : 0;
    }
}

void TrendFold::merge(const TrendFold& other) {
    for (std::size_t group = 0; group < m_slices.size(); ++group) {
        for (std::size_t i = 0; i < 8; ++i) m_slices[group][i] += other.m_slices[group][i];
    }
}

std::string TrendFold::drawn_success(const Slices& slices) const {
    if (!is_wanted()) return {};
    std::vector<std::int64_t> heights;  // 1 to 8; 0: nothing to show
    for (const Slice& slice : slices) {
        if (slice.finished == 0) {
            heights.push_back(0);
            continue;
        }
        const double share =
            1 - static_cast<double>(slice.failed) / static_cast<double>(slice.finished);
        const auto height = static_cast<std::int64_t>(std::floor(share * 7));
        heights.push_back(1 + (slice.failed == 0 ? 7 : std::min<std::int64_t>(height, 6)));
    }
    return drawn_heights(heights, m_marks);
}

std::string TrendFold::drawn_failures(const Slices& slices) const {
    if (!is_wanted()) return {};
    std::vector<std::int64_t> failed;
    for (const Slice& slice : slices) failed.push_back(slice.failed);
    return drawn_heights(heights_of(failed), m_marks);
}

TrendFold::Slices TrendFold::sum() const {
    Slices all;
    for (const Slices& slices : m_slices) {
        for (std::size_t i = 0; i < all.size(); ++i) all[i] += slices[i];
    }
    return all;
}

}  // namespace jobtally::query
