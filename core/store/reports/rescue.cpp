#include "core/store/reports/rescue.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/file/fast_statement.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/statement.hpp"
#include "core/store/segments/segments.hpp"

#include <algorithm>
#include <string_view>

namespace jobtally::store {

namespace {

// The keys in place of texts: the tables that have those may be damaged as well.
constexpr std::string_view rows_behind =
    "SELECT sequence, received_at, id, status, created_at, updated_at, type, total_operations, "
    "total_succeeded, total_failed, definition, name, unknown_members, source "
    "FROM report NOT INDEXED WHERE sequence > ? ORDER BY sequence";

// So many tries go one by one, then each is a step further than the one before.
constexpr std::int64_t tries_a_step = 1000;

std::optional<std::string> text_of(const Catalogue& catalogue, std::int64_t word) {
    const auto* text = catalogue.word(key_of(word));
    return text != nullptr ? std::optional(*text) : std::nullopt;
}

std::optional<std::string> definition_of(const Catalogue& catalogue, std::int64_t key) {
    const auto* definition = catalogue.definition(key_of(key));
    return definition != nullptr ? std::optional(definition->id) : std::nullopt;
}

std::optional<std::int64_t> known(std::int64_t value) {
    return value != unknown_value ? std::optional(value) : std::nullopt;
}

// Without a status where that is gone: then it is no report.
StoredReport row_of(const FastStatement& row, const Catalogue& catalogue) {
    StoredReport stored;
    stored.sequence = row.integer(0);
    stored.received_at = time::instant_from_micros(row.integer(1));
    auto& report = stored.report;
    report.id = row.text(2);
    report.status = text_of(catalogue, row.integer(3)).value_or("");
    report.created_at = time::instant_from_micros(row.integer(4));
    if (!row.is_null(5)) report.updated_at = time::instant_from_micros(row.integer(5));
    report.type = text_of(catalogue, row.integer(6));
    report.total_operations = row.optional_integer(7);
    report.total_succeeded = row.optional_integer(8);
    report.total_failed = row.optional_integer(9);
    report.definition_id = definition_of(catalogue, row.integer(10));
    report.definition_name = text_of(catalogue, row.integer(11));
    report.unknown_members = row.text(12);
    stored.source = text_of(catalogue, row.integer(13));
    return stored;
}

}  // namespace

Sequence greatest_sequence(const Store& store) {
    Sequence last = 0;
    for (const char* const sql :
         {"SELECT value FROM state WHERE name = 'last_sequence'",
          "SELECT max(last_sequence) FROM segment", "SELECT max(sequence) FROM report"}) {
        read_undamaged([&] { last = std::max(last, store.connection().query_integer(sql)); });
    }
    return last;
}

namespace {

// Takes each entry of the index of the ids that is not among `read`, but for what arrived behind
// `last`: one transaction sees the table and its index. False where the index is damaged.
template <class Take>
bool take_unread(const Store& store, ReadSequences read, Sequence last, Take take) {
    const ReadScope scope(store.connection());
    read_undamaged([&] {
        FastStatement row(store.connection(),
                          "SELECT sequence FROM report NOT INDEXED WHERE sequence > ? "
                          "ORDER BY sequence");
        row.bind(1, last);
        while (row.step()) read.add(row.integer(0));
    });
    return read_undamaged([&] {
        FastStatement row(store.connection(),
                          "SELECT sequence, id FROM report INDEXED BY sqlite_autoindex_report_1 "
                          "ORDER BY id");
        while (row.step()) {
            if (!read.contain(row.integer(0))) take(row.integer(0), row.text(1));
        }
    });
}

}  // namespace

bool has_unread(const Store& store, const ReadSequences& read) {
    bool has = false;
    const bool is_whole =
        take_unread(store, read, read.last(), [&](Sequence, std::string_view) { has = true; });
    return has && is_whole;
}

Rescue::Rescue(const Store& store, ReadSequences read)
    : m_store(store),
      m_catalogue(Catalogue::salvage(store)),
      m_last(greatest_sequence(store)),
      m_read(std::move(read)) {}

std::vector<StoredReport> Rescue::read_page(Sequence after, std::size_t limit) {
    std::vector<StoredReport> reports;
    for (std::optional<Sequence> at = after; at;) {
        const bool is_whole = read_undamaged([&] {
            FastStatement rows(m_store.connection(), rows_behind);
            rows.bind(1, *at);
            while (reports.size() < limit && rows.step()) {
                auto stored = row_of(rows, m_catalogue);
                at = stored.sequence;
                if (stored.report.status.empty()) {
                    add_gap(*at, *at);
                } else {
                    note_read(stored);
                    reports.push_back(std::move(stored));
                }
            }
        });
        if (is_whole) break;
        const auto readable = find_readable(*at);
        add_gap(*at + 1, readable.value_or(m_last));
        at = readable;
    }
    return reports;
}

bool Rescue::can_read_behind(Sequence sequence) const {
    return read_undamaged([&] {
        FastStatement row(m_store.connection(), rows_behind);
        row.bind(1, sequence);
        row.step();
    });
}

// The least sequence behind which something can be read; nothing where there is none.
std::optional<Sequence> Rescue::find_readable(Sequence after) const {
    auto unreadable = after;
    auto readable = after;
    for (std::int64_t tries = 0;; ++tries) {
        readable = unreadable + 1 + tries / tries_a_step;
        if (readable > m_last) return std::nullopt;
        if (can_read_behind(readable)) break;
        unreadable = readable;
    }
    while (readable - unreadable > 1) {
        const auto middle = unreadable + (readable - unreadable) / 2;
        (can_read_behind(middle) ? readable : unreadable) = middle;
    }
    return readable;
}

void Rescue::add_gap(Sequence first, Sequence last) {
    last = std::max(first, last);
    if (!m_gaps.empty() && m_gaps.back().last + 1 == first) {
        m_gaps.back().last = last;
    } else {
        m_gaps.push_back({first, last, m_read_at, std::nullopt});
    }
}

void Rescue::note_read(const StoredReport& report) {
    m_read.add(report.sequence);
    if (!m_gaps.empty() && !m_gaps.back().before) m_gaps.back().before = report.received_at;
    m_read_at = report.received_at;
}

// Of what was not read, ascending; false where the index is damaged.
bool Rescue::read_ids(Ids& ids) const {
    const auto take = [&](Sequence sequence, std::string_view id) {
        ids.emplace_back(sequence, id);
    };
    const bool is_whole = take_unread(m_store, m_read, m_last, take);
    std::sort(ids.begin(), ids.end());
    return is_whole;
}

StoredReport Rescue::report_of(const FactBatch& batch, std::size_t place, std::string id) const {
    StoredReport stored;
    stored.sequence = batch.sequence[place];
    stored.received_at = time::instant_from_micros(batch.received_at[place]);
    auto& report = stored.report;
    report.id = std::move(id);
    report.status = text_of(m_catalogue, batch.status_word[place]).value_or("");
    report.created_at = time::instant_from_micros(batch.created_at[place]);
    if (const auto at = known(batch.updated_at[place]))
        report.updated_at = time::instant_from_micros(*at);
    report.type = text_of(m_catalogue, batch.type[place]);
    report.total_operations = known(batch.operations[place]);
    report.total_succeeded = known(batch.succeeded[place]);
    report.total_failed = known(batch.failed[place]);
    report.definition_id = definition_of(m_catalogue, batch.definition[place]);
    report.definition_name = text_of(m_catalogue, batch.name[place]);
    stored.source = text_of(m_catalogue, batch.source[place]);
    return stored;
}

std::optional<std::int64_t> Rescue::rebuild(const Take& take) const {
    Ids ids;
    const bool is_whole = read_ids(ids);
    auto lost = std::ssize(ids);
    const auto rebuild_some = [&](const FactBatch& batch) {
        std::vector<StoredReport> reports;
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto id =
                std::lower_bound(ids.begin(), ids.end(), batch.sequence[i],
                                 [](const auto& one, Sequence key) { return one.first < key; });
            if (id == ids.end() || id->first != batch.sequence[i]) continue;
            auto stored = report_of(batch, i, id->second);
            if (!stored.report.status.empty()) reports.push_back(std::move(stored));
        }
        lost -= std::ssize(reports);
        if (!reports.empty()) take(std::move(reports));
    };
    read_undamaged([&] { scan_facts(m_store, {all_fact_columns, {}, {}}, rebuild_some); });
    return is_whole ? std::optional<std::int64_t>(lost) : std::nullopt;
}

}  // namespace jobtally::store
