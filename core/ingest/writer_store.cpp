#include "core/ingest/writer_store.hpp"

#include "core/store/reports/settle.hpp"

#include <algorithm>
#include <utility>

namespace jobtally::ingest {
namespace {

using Kind = store::StoreError::Kind;

constexpr std::chrono::milliseconds patience_when_locked_out{250};

bool is_of_kind(Kind kind, const std::exception& problem) {
    const auto* error = dynamic_cast<const store::StoreError*>(&problem);
    return error && error->kind() == kind;
}

}  // namespace

WriterStore::WriterStore(std::optional<store::Store> store, Opener open,
                         const WriterOptions& options, const WriterHooks& hooks)
    : m_open(std::move(open)), m_store(std::move(store)), m_options(options), m_hooks(hooks) {}

store::Store& WriterStore::opened() {
    if (m_is_lost)
        throw store::StoreError(Kind::other, "the store was lost before", "start jobtally again");
    if (!m_store) {
        m_store.emplace(m_open());
        ++m_openings;
    }
    return *m_store;
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
    transaction.commit();
    m_is_locked_out = false;
    count_commit(rows);
    if (rows > 0) works(Failing::store);
    const auto forgotten = transaction.forgotten_rejections();
    if (forgotten > 0 && m_hooks.forgotten) m_hooks.forgotten(forgotten);
}

void WriterStore::settle() {
    if (m_unsettled_rows == 0 || m_is_lost || !m_store) return;
    m_unsettled_rows = 0;
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

// A failure tells nothing that the next commit does not, but for a store that is lost.
void WriterStore::make_room() {
    if (m_is_lost || !m_store) return;
    try {
        store::empty_log(*m_store, m_options.settle_patience);
    } catch (const std::exception& problem) {
        if (const auto* error = dynamic_cast<const store::StoreError*>(&problem))
            learn_from(*error);
    }
}

bool WriterStore::is_busy(const std::exception& problem) {
    return is_of_kind(Kind::busy, problem);
}

bool WriterStore::is_full(const std::exception& problem) {
    return is_of_kind(Kind::full, problem);
}

void WriterStore::learn_from(const store::StoreError& error) {
    const Kind kind = error.kind();
    if (kind == Kind::sync_failed || kind == Kind::replaced) m_is_lost = true;
    // Opened anew the next time, a damaged store is read from the beginning.
    const bool is_damaged = kind == Kind::corrupt || kind == Kind::foreign || kind == Kind::newer ||
                            kind == Kind::changed;
    if (!is_damaged || !m_open) return;
    if (kind != Kind::changed) look_whose_damage();
    m_store.reset();
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

Error WriterStore::fails(const std::exception& problem, Failing failing) {
    if (const auto* error = dynamic_cast<const store::StoreError*>(&problem)) learn_from(*error);
    const auto* known = dynamic_cast<const Error*>(&problem);
    Error error = known ? *known : Error(problem.what());
    tell(error, failing);
    return error;
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

void WriterStore::works(Failing failing) {
    auto& told = m_told[static_cast<std::size_t>(failing)];
    if (told.empty()) return;
    told.clear();
    if (failing == Failing::store && m_hooks.store_works_again) m_hooks.store_works_again();
}

}  // namespace jobtally::ingest
