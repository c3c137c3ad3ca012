// Whole reports with their texts, read by id or place; and how to notice that reports have come.
#pragma once

#include "core/model/report.hpp"
#include "core/store/facts/facts.hpp"
#include "core/store/file/store.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::store {

struct StoredReport {
    Sequence sequence = 0;
    time::Instant received_at;
    model::JobReport report;
    std::optional<std::string> source;  // whence it came first
};

std::optional<StoredReport> find_report(const Store& store, std::string_view id);
// The first by its id that some output shows as `shown`, its controls made visible; looks at all
// ids, some 100 ms for a million.
std::optional<StoredReport> find_report_shown_as(const Store& store, std::string_view shown);
// In the order of `sequences`; those that are not there any more are left out.
std::vector<StoredReport> read_reports(const Store& store, std::span<const Sequence> sequences);
// The ids alone; empty for those that are not there.
std::vector<std::string> read_ids(const Store& store, std::span<const Sequence> sequences);
// Up to `limit` reports that arrived after `after`, in the order of arrival: a page of the whole
// store.
std::vector<StoredReport> read_page(const Store& store, Sequence after, std::size_t limit);

// The sequence of the report that arrived last; 0 where there is none.
Sequence last_sequence(const Store& store);

// A number that changes when another connection has written. Reading it is cheap and keeps no lock.
std::int64_t data_version(const Store& store);

// False for a store that is read as a file that nobody changes, because its folder can't be written
// and no writer was there: what comes later can't be seen.
bool sees_changes(const Store& store);

// False where another file has taken the place of the store, or what is in the file is another's
// and no jobtally has it open to write yet: it must be closed, and opened anew.
bool is_in_place(const Store& store);

}  // namespace jobtally::store
