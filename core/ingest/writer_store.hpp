// The store as the writer and its duties see it: whether it can be used, and who is told if not.
#pragma once

#include "core/ingest/writer_options.hpp"
#include "core/store/file/store.hpp"
#include "core/store/reports/write_transaction.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <string>

namespace jobtally::ingest {

// A store that fails is used again the next time. Except after a failed sync, when nobody knows
// what the disk holds, and where the file was moved or deleted: then it is lost, and not touched
// again. Used in the writer thread.
class WriterStore {
  public:
    // Opens the store: where there is none yet, and again after it was found damaged.
    using Opener = std::function<store::Store()>;

    // Without a store there must be an opener. The options and hooks must outlive this object.
    WriterStore(std::optional<store::Store> store, Opener open, const WriterOptions& options,
                const WriterHooks& hooks);
    const WriterOptions& options() const { return m_options; }
    const WriterHooks& hooks() const { return m_hooks; }

    // Opens it where it is not open. Throws StoreError, always so when the store is lost.
    store::Store& opened();
    bool is_lost() const { return m_is_lost; }  // from any thread

    // How long a delivery may wait for other writers. Less after one has waited in vain: the store
    // will hardly be free soon, and the senders behind the first need not wait as long.
    std::chrono::milliseconds patience() const;
    void set_locked_out(bool is_locked_out) { m_is_locked_out = is_locked_out; }

    // Commits a transaction with so many rows.
    void commit(store::WriteTransaction& transaction, std::size_t rows);
    // So many rows were committed; each commit counts as some rows itself.
    void count_commit(std::size_t rows) { m_unsettled_rows += rows + rows_a_commit; }
    std::size_t unsettled_rows() const { return m_unsettled_rows; }
    // Checkpoints and packs. What fails is told, and does no harm to what was committed: it is
    // tried again after the next rows, or later where another process is writing.
    void settle();

    // True where another process holds the store.
    static bool is_busy(const std::exception& problem);
    // Something fails: finds out whether the store is lost or damaged, and tells.
    Error fails(const std::exception& problem, Failing failing);
    // Tells the hooks, once for the same trouble; and once that the store is lost.
    void tell(const Error& error, Failing failing);
    // It works: the next trouble with it is told again.
    void works(Failing failing);

  private:
    // What a commit adds to the log besides its rows, counted in rows.
    static constexpr std::size_t rows_a_commit = 8;

    void learn_from(const store::StoreError& error);

    const Opener m_open;
    std::optional<store::Store> m_store;
    const WriterOptions& m_options;
    const WriterHooks& m_hooks;
    std::atomic<bool> m_is_lost = false;
    bool m_has_told_loss = false;
    bool m_is_locked_out = false;  // the last delivery waited for another writer in vain
    std::size_t m_unsettled_rows = 0;
    std::array<std::string, 3> m_told;  // the last trouble with each Failing that still fails
};

}  // namespace jobtally::ingest
