#include "core/store/reports/write_transaction.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/reports/writer_memory.hpp"

#include <algorithm>

namespace jobtally::store {

namespace {

using model::JobReport;
using model::Outcome;

std::int64_t value_of(const std::optional<std::int64_t>& value) {
    return value.value_or(unknown_value);
}

std::int64_t value_of(const std::optional<time::Instant>& at) {
    return at ? time::micros(*at) : unknown_value;
}

bool same_facts(const FactRow& a, const FactRow& b) {
    return a.definition == b.definition && a.name == b.name && a.type == b.type &&
           a.status == b.status && a.created_at == b.created_at && a.updated_at == b.updated_at &&
           a.operations == b.operations && a.succeeded == b.succeeded && a.failed == b.failed;
}

// Without its keys and its sequence. Its texts are those of the report.
IncomingRow row_of(const Arrival& arrival, WriterMemory& memory) {
    const auto& report = *arrival.report;
    IncomingRow row;
    row.id = report.id;
    row.unknown_members = report.unknown_members;
    row.facts.created_at = time::micros(report.created_at);
    row.facts.updated_at = value_of(report.updated_at);
    row.facts.received_at = memory.arrival(time::micros(arrival.received_at),
                                           std::max(row.facts.created_at, row.facts.updated_at));
    row.facts.operations = value_of(report.total_operations);
    row.facts.succeeded = value_of(report.total_succeeded);
    row.facts.failed = value_of(report.total_failed);
    return row;
}

}  // namespace

class WriteTransaction::Impl {
  public:
    Impl(Store& store, std::chrono::milliseconds patience, std::int64_t rejected_limit);
    ~Impl();

    Outcome put(const Arrival& arrival) {
        IncomingRow row = row_of(arrival, memory());
        const auto outcome = put_row(*arrival.report, arrival.source, row);
        describe(arrival);
        return outcome;
    }
    std::vector<Outcome> put(std::span<const Arrival> arrivals);
    bool remove(std::string_view id);
    void reject(const model::Rejection& rejection, std::string_view place,
                time::Instant received_at, std::string_view sender) {
        const auto at = memory().arrival(time::micros(received_at));
        m_rejected.add(rejection, place, time::instant_from_micros(at), sender);
    }
    std::int64_t forgotten_rejections() const { return m_rejected.forgotten(); }
    bool someone_waits() const { return m_connection.someone_waits(); }
    void commit();
    WriterMemory& memory() { return *m_memory; }

  private:
    void begin();
    void roll_back() noexcept;
    void find_run(std::span<const Arrival> arrivals);
    std::size_t insert_run(std::span<const Arrival> arrivals);
    Outcome put_row(const JobReport& report, std::string_view source, IncomingRow& row);
    bool find_keys(const JobReport& report, std::string_view source, FactRow& row);
    void make_keys(const JobReport& report, std::string_view source, FactRow& row);
    bool insert(const JobReport& report, IncomingRow& row);
    void note_inserted(const JobReport& report, const IncomingRow& row);
    void describe(const Arrival& arrival);
    void erase(std::string_view id, const FactRow& row, std::string_view definition_id);
    Outcome meet(const FactRow& kept, const JobReport& arrived, IncomingRow& row);
    JobReport texts_of(std::string_view id, const FactRow& row);

    Store::Connection& m_connection;
    HeldGuard m_guard;
    RejectedTable m_rejected;
    WriterMemory* m_memory = nullptr;  // once the transaction is open
    std::vector<IncomingRow> m_run;    // made room for once
    bool m_is_open = false;
    bool m_expects_known = false;  // the last id was there already: look before inserting
};

WriteTransaction::Impl::Impl(Store& store, std::chrono::milliseconds patience,
                             std::int64_t rejected_limit)
    : m_connection(store.connection()),
      m_guard(m_connection.guard(), std::chrono::steady_clock::now() + patience),
      m_rejected(m_connection, rejected_limit) {
    if (m_connection.deferred_error) throw StoreError(*m_connection.deferred_error);
    m_connection.wait_at_most(patience);
    begin();
}

void WriteTransaction::Impl::begin() {
    m_connection.begin_writing();
    m_is_open = true;
    try {
        m_memory = &WriterMemory::of(m_connection);
        memory().refresh();
    } catch (...) {
        roll_back();
        throw;
    }
}

WriteTransaction::Impl::~Impl() {
    try {
        m_is_open ? roll_back() : m_connection.checkpoint_if_long();
    } catch (StoreError& error) {
        // What was committed is in the log; only a failed sync must stop the writers that follow.
        if (error.kind() == StoreError::Kind::sync_failed)
            m_connection.deferred_error = std::move(error);
    } catch (const std::exception&) {  // there was no memory to say what failed
    }
}

void WriteTransaction::Impl::roll_back() noexcept {
    m_is_open = false;
    if (m_memory != nullptr) memory().forget();
    if (m_connection.is_in_transaction()) {
        sqlite3_exec(m_connection.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

// Looks for the keys of all texts of the report; false when the store lacks one.
bool WriteTransaction::Impl::find_keys(const JobReport& report, std::string_view source,
                                       FactRow& row) {
    const auto word = [&](std::string_view text, WordKey& key) {
        const auto found = memory().dictionary.find(text);
        key = found.value_or(0);
        return found.has_value();
    };
    if (!word(report.status, row.status)) return false;
    if (report.type && !word(*report.type, row.type)) return false;
    if (report.definition_name && !word(*report.definition_name, row.name)) return false;
    if (!source.empty() && !word(source, row.source)) return false;
    if (!report.definition_id) return true;
    const auto definition = memory().labels.find(*report.definition_id);
    row.definition = definition.value_or(0);
    return definition.has_value();
}

void WriteTransaction::Impl::make_keys(const JobReport& report, std::string_view source,
                                       FactRow& row) {
    row.status = memory().dictionary.intern(report.status);
    if (report.type) row.type = memory().dictionary.intern(*report.type);
    if (report.definition_name) row.name = memory().dictionary.intern(*report.definition_name);
    if (!source.empty()) row.source = memory().dictionary.intern(source);
    if (report.definition_id) row.definition = memory().labels.intern(*report.definition_id);
}

void WriteTransaction::Impl::note_inserted(const JobReport& report, const IncomingRow& row) {
    memory().last_sequence = row.facts.sequence;
    memory().packer.add(row.facts);
    if (row.facts.definition != 0) memory().labels.add(*report.definition_id, row.facts, report.id);
    memory().labels.trim();
}

bool WriteTransaction::Impl::insert(const JobReport& report, IncomingRow& row) {
    row.facts.sequence = memory().last_sequence + 1;
    if (memory().table.insert({&row, 1}) == 0) return false;
    note_inserted(report, row);
    return true;
}

void WriteTransaction::Impl::describe(const Arrival& arrival) {
    const auto& report = *arrival.report;
    if (report.definition_id)
        memory().labels.describe(*report.definition_id, report.unknown_members,
                                 arrival.received_at);
}

void WriteTransaction::Impl::erase(std::string_view id, const FactRow& row,
                                   std::string_view definition_id) {
    memory().table.remove(row.sequence);
    memory().packer.remove(row.sequence);
    if (row.definition != 0) memory().labels.remove(definition_id, row, id);
}

std::vector<Outcome> WriteTransaction::Impl::put(std::span<const Arrival> arrivals) {
    std::vector<Outcome> outcomes;
    outcomes.reserve(arrivals.size());
    while (outcomes.size() < arrivals.size()) {
        const auto left = arrivals.subspan(outcomes.size());
        find_run(left);
        const auto inserted = insert_run(left);
        outcomes.insert(outcomes.end(), inserted, Outcome::stored);
        m_expects_known |= inserted < m_run.size();
        if (inserted < left.size()) outcomes.push_back(put(left[inserted]));
    }
    return outcomes;
}

// Makes m_run of the arrivals at the front whose texts the store has, unless reports come that it
// has already.
void WriteTransaction::Impl::find_run(std::span<const Arrival> arrivals) {
    m_run.clear();
    while (!m_expects_known && m_run.size() < arrivals.size()) {
        const auto& arrival = arrivals[m_run.size()];
        IncomingRow row = row_of(arrival, memory());
        if (!find_keys(*arrival.report, arrival.source, row.facts)) return;
        m_run.push_back(row);
    }
}

// Inserts m_run up to the first row whose id is there already.
std::size_t WriteTransaction::Impl::insert_run(std::span<const Arrival> arrivals) {
    if (m_run.empty()) return 0;
    auto sequence = memory().last_sequence;
    for (auto& row : m_run) row.facts.sequence = ++sequence;
    const auto inserted = memory().table.insert(m_run);
    for (std::size_t i = 0; i < inserted; ++i) {
        note_inserted(*arrivals[i].report, m_run[i]);
        describe(arrivals[i]);
    }
    return inserted;
}

Outcome WriteTransaction::Impl::put_row(const JobReport& report, std::string_view source,
                                        IncomingRow& row) {
    // Texts are only added for a report that is kept, so that no definition is left without a
    // report.
    const bool has_keys = find_keys(report, source, row.facts);
    if (has_keys && !m_expects_known && insert(report, row)) return Outcome::stored;
    if (const auto kept = memory().table.find(report.id)) {
        m_expects_known = true;
        if (has_keys && same_facts(*kept, row.facts)) return Outcome::unchanged;
        return meet(*kept, report, row);
    }
    m_expects_known = false;
    if (!has_keys) make_keys(report, source, row.facts);
    insert(report, row);
    return Outcome::stored;
}

Outcome WriteTransaction::Impl::meet(const FactRow& kept, const JobReport& arrived,
                                     IncomingRow& row) {
    const auto old = texts_of(arrived.id, kept);
    const auto outcome = model::reconcile(old, arrived);
    if (outcome != Outcome::updated) return outcome;
    make_keys(arrived, {}, row.facts);
    row.facts.source = kept.source;
    const auto past = memory().replaced.past_of(kept);
    erase(arrived.id, kept, old.definition_id.value_or(std::string()));
    insert(arrived, row);
    memory().replaced.note(row.facts, past);
    return Outcome::updated;
}

JobReport WriteTransaction::Impl::texts_of(std::string_view id, const FactRow& row) {
    const auto known = [](std::int64_t value) {
        return value == unknown_value ? std::nullopt : std::optional(value);
    };
    JobReport report;
    report.id = id;
    report.status = memory().dictionary.text_of(row.status);
    report.created_at = time::instant_from_micros(row.created_at);
    if (row.updated_at != unknown_value) {
        report.updated_at = time::instant_from_micros(row.updated_at);
    }
    if (row.type != 0) report.type = memory().dictionary.text_of(row.type);
    report.total_operations = known(row.operations);
    report.total_succeeded = known(row.succeeded);
    report.total_failed = known(row.failed);
    if (row.definition != 0) report.definition_id = memory().labels.id_of(row.definition);
    if (row.name != 0) report.definition_name = memory().dictionary.text_of(row.name);
    return report;
}

bool WriteTransaction::Impl::remove(std::string_view id) {
    const auto kept = memory().table.find(id);
    if (!kept) return false;
    erase(id, *kept,
          kept->definition != 0 ? memory().labels.id_of(kept->definition) : std::string());
    memory().labels.trim();
    return true;
}

void WriteTransaction::Impl::commit() {
    memory().flush();
    m_rejected.trim();
    try {
        m_connection.execute("COMMIT");
    } catch (const StoreError& error) {
        if (error.kind() == StoreError::Kind::sync_failed) m_connection.deferred_error = error;
        throw;
    }
    m_is_open = false;
    memory().note_commit();
    m_connection.require_still_in_place();  // else what was committed is not where it can be found
}

WriteTransaction::WriteTransaction(Store& store, std::chrono::milliseconds patience,
                                   std::int64_t rejected_limit)
    : m_impl(std::make_unique<Impl>(store, patience, rejected_limit)) {}
WriteTransaction::~WriteTransaction() = default;
Outcome WriteTransaction::put(const JobReport& report, time::Instant received_at,
                              std::string_view source) {
    return m_impl->put(Arrival{&report, received_at, source});
}
std::vector<Outcome> WriteTransaction::put(std::span<const Arrival> arrivals) {
    return m_impl->put(arrivals);
}
bool WriteTransaction::remove(std::string_view id) {
    return m_impl->remove(id);
}
void WriteTransaction::reject(const model::Rejection& rejection, std::string_view place,
                              time::Instant received_at, std::string_view sender) {
    m_impl->reject(rejection, place, received_at, sender);
}
WriterMemory& WriteTransaction::memory() {
    return m_impl->memory();
}
std::int64_t WriteTransaction::forgotten_rejections() const {
    return m_impl->forgotten_rejections();
}
bool WriteTransaction::someone_waits() const {
    return m_impl->someone_waits();
}
void WriteTransaction::commit() {
    m_impl->commit();
}

}  // namespace jobtally::store
