#include "core/ingest/writer_store.hpp"

#include "core/base/spare_memory.hpp"
#include "core/ingest/delivery.hpp"
#include "core/ingest/trouble.hpp"
#include "core/store/reports/settle.hpp"
#include "core/store/reports/writer_memory.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace jobtally::ingest {
namespace {

using Kind = store::StoreError::Kind;

constexpr std::chrono::milliseconds patience_when_locked_out{250};
constexpr std::chrono::seconds look_at_damage_every{60};
// Deliveries wait meanwhile, and a note can be kept another time.
constexpr std::chrono::milliseconds patience_of_a_note{100};

}  // namespace

WriterStore::WriterStore(std::optional<store::Store> store, Opener open,
                         const WriterOptions& options, const WriterHooks& hooks)
    : m_open(std::move(open)), m_store(std::move(store)), m_options(options), m_hooks(hooks) {}

store::Store& WriterStore::opened(For use) {
    m_use = use;
    m_is_told_again = false;
    if (m_is_lost)
        throw store::StoreError(Kind::other, "the store was lost before", "start jobtally again");
    if (m_damage && (!m_open || (m_bodies_met_it && use != For::bodies))) tell_again();
    if (m_damage && !m_store) require_mended();
    if (!m_store) open();
    return *m_store;
}

void WriterStore::open() {
    m_store.emplace(m_open());
    ++m_openings;
}

void WriterStore::tell_again() {
    m_is_told_again = true;
    throw store::StoreError(*m_damage);
}

// Commits may still work on the pages that are sound; what they write would not be read again.
void WriterStore::require_mended() {
    const auto now = std::chrono::steady_clock::now();
    if (now < m_look_again_at && files() == m_damaged) tell_again();
    m_damaged = files();
    m_look_again_at = now + look_at_damage_every;
    try {
        open();
        store::settle(*m_store, m_options.settle_patience);
    } catch (const store::StoreError& error) {
        m_store.reset();
        m_damage = error;  // told by all who ask from now on
        if (error.kind() != Kind::corrupt) m_look_again_at = now;  // it may be under repair
        throw;
    }
    if (!m_bodies_met_it) m_damage.reset();
}

void WriterStore::require_sound() {
    store::settle(opened(), m_options.settle_patience);
}

// Who only reads makes an empty log, and takes it away.
WriterStore::Files WriterStore::files() const {
    Files files{store::state_of(m_options.store.string()),
                store::state_of(m_options.store.string() + "-wal")};
    if (files.log.bytes == 0) files.log = {};
    return files;
}

void WriterStore::look() {
    if (m_is_lost) return;
    try {
        store::require_in_place(opened());
    } catch (const std::exception& problem) {
        if (!is_busy(problem)) fails(problem, Failing::store);
    }
}

std::chrono::milliseconds WriterStore::patience() const {
    return m_is_locked_out ? std::min(m_options.patience, patience_when_locked_out)
                           : m_options.patience;
}

// Without rows nothing was written, so nothing is proved.
void WriterStore::commit(store::WriteTransaction& transaction, std::size_t rows) {
    if (m_options.is_listener) transaction.memory().note_listener(time::micros(m_options.clock()));
    transaction.commit();
    m_is_locked_out = false;
    count_commit(rows);
    if (rows > 0 && m_use == For::bodies) {
        m_short_since = never;
        m_damage.reset();
        m_bodies_met_it = false;
        m_has_stored = true;
    }
    if (rows > 0) works(Failing::store);
    const auto forgotten = transaction.forgotten_rejections();
    if (forgotten > 0 && m_hooks.forgotten) m_hooks.forgotten(forgotten);
}

void WriterStore::keep_note(const std::function<std::string()>& reason,
                            const std::function<void()>& kept) {
    store::WriteTransaction transaction(opened(), patience_of_a_note, m_options.rejected_limit);
    Receipt note;
    note.delivery.source = store::source_of_notes;
    note.delivery.received_at = m_options.clock();
    note.delivery.rejections.push_back({reason(), ""});
    if (note.delivery.rejections.front().reason.empty()) return;
    const auto rows = put_deliveries(transaction, std::vector{&note}, m_options.clock());
    commit(transaction, rows);
    kept();
}

void WriterStore::settle() {
    if (m_unsettled_rows == 0 || m_is_lost || !m_store) return;
    m_unsettled_rows = 0;
    m_use = For::other;
    try {
        store::settle(*m_store, m_options.settle_patience);
        works(Failing::upkeep);
    } catch (const std::exception& problem) {
        if (is_full(problem)) make_room();  // packing comes first, and takes some
        if (is_busy(problem)) {
            count_commit(0);
        } else {
            fails(problem, Failing::upkeep);
        }
    }
}

void WriterStore::reserve() {
    if (m_options.is_listener && m_store)
        m_reserve.take(m_store->connection().path().parent_path());
}

// The checkpoint that empties a log makes the store's file longer, and where no byte is left it
// can't. What the log keeps, since another program still reads it, must not take the reserve too.
void WriterStore::make_room() {
    if (m_is_lost || !m_store) return;
    const bool is_reserved = m_reserve.is_taken();
    m_reserve.give_back();
    empty_log();
    if (is_reserved) m_reserve.take_again(m_store->connection().path().parent_path());
}

// A failure tells nothing that the next commit does not, but for a store that is lost.
void WriterStore::empty_log() {
    try {
        store::empty_log(*m_store, m_options.settle_patience);
    } catch (const std::exception& problem) {
        if (const auto* error = dynamic_cast<const store::StoreError*>(&problem))
            learn_from(*error);
    }
}

bool WriterStore::spool_works() const {
    return m_options.spool && m_told[static_cast<std::size_t>(Failing::spool)].empty();
}

void WriterStore::learn_from(const store::StoreError& error) {
    const Kind kind = error.kind();
    const bool is_let_go = kind == Kind::sync_failed && may_let_go();
    if ((kind == Kind::sync_failed && !is_let_go) || kind == Kind::replaced) m_is_lost = true;
    // Opened anew the next time, a damaged store is read from the beginning.
    if (std::exchange(m_is_told_again, false)) return;
    const bool is_damaged = kind == Kind::corrupt || kind == Kind::foreign || kind == Kind::newer ||
                            kind == Kind::changed;
    if (!m_open && kind == Kind::corrupt) m_damage = error;
    if (!(is_damaged || is_let_go) || !m_open) return;
    if (is_damaged && kind != Kind::changed) look_whose_damage();
    m_store.reset();
    if ((kind != Kind::corrupt && !is_let_go) || m_options.store.empty()) return;
    m_bodies_met_it |= kind == Kind::corrupt && m_use == For::bodies;
    m_damage = error;
    m_damaged = files();
    m_look_again_at = std::chrono::steady_clock::now() + look_at_damage_every;
}

// Before anything is acknowledged, a new start is no better: it would meet the same.
bool WriterStore::may_let_go() const {
    return m_options.is_listener && m_open && !m_has_stored && m_options.spool &&
           m_options.spool->is_prepared();
}

// A file that is overwritten within a transaction looks damaged. Opened anew it would be believed;
// the look leaves word of it.
void WriterStore::look_whose_damage() {
    if (!m_store) return;
    try {
        store::require_in_place(*m_store);
    } catch (const store::StoreError& error) {
        if (error.kind() == Kind::replaced) m_is_lost = true;
    }
}

// Where memory is short, copies of what is there already are all that can be made.
Error WriterStore::fails(const std::exception& problem, Failing failing) noexcept {
    if (lacks_memory(problem)) {
        spend_spare_memory();  // SQLite asks malloc()
        if (failing == Failing::store) note_short_memory();
    }
    try {
        if (const auto* error = dynamic_cast<const store::StoreError*>(&problem))
            learn_from(*error);
        const auto* known = dynamic_cast<const Error*>(&problem);
        Error error = known ? *known : lacks_memory(problem) ? m_no_memory : Error(problem.what());
        tell(error, failing);
        return error;
    } catch (const std::exception&) {
        return m_no_memory;
    }
}

void WriterStore::tell(const Error& error, Failing failing) {
    auto& told = m_told[static_cast<std::size_t>(failing)];
    if (told != error.what()) {
        told = error.what();
        if (m_hooks.trouble) m_hooks.trouble(error, failing);
    }
    if (m_is_lost && !std::exchange(m_has_told_loss, true) && m_hooks.store_is_lost)
        m_hooks.store_is_lost();
}

void WriterStore::note_short_memory() {
    const auto now = std::chrono::steady_clock::now();
    if (m_short_since.load() == never) m_short_since = now;
    m_short_at = now;
}

bool WriterStore::lacks_memory_for_long() const {
    constexpr std::chrono::minutes long_time{2};
    constexpr std::chrono::seconds lately{10};  // what waits in the spool is tried each second
    const auto now = std::chrono::steady_clock::now();
    return now - long_time > m_short_since.load() && now - lately < m_short_at.load();
}

void WriterStore::works(Failing failing) {
    auto& told = m_told[static_cast<std::size_t>(failing)];
    if (told.empty()) return;
    told.clear();
    if (failing == Failing::store && m_hooks.store_works_again) m_hooks.store_works_again();
}

}  // namespace jobtally::ingest
