// The store as the writer and its duties see it: whether it can be used, and which hooks are called
// if it cannot.
#pragma once

#include "core/ingest/reserve.hpp"
#include "core/ingest/writer_options.hpp"
#include "core/store/file/last_word.hpp"
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

// A store that fails is tried again the next time, except after a failed sync, when nobody knows
// what the disk holds, and after the file was moved or deleted: then it is lost and not touched
// again. One that was damaged, written to by others or restored is opened anew; a damaged one when
// its files have changed, or after a minute, and is used when it can be settled. Where bodies met
// the damage they are tried first, and nothing else is done until one was stored. Without an opener
// nothing more is done with a damaged one. Where a sync fails before a listener has stored a body,
// and the spool works, the store is treated as a damaged one: settled, it is synced anew. Used in
// the writer thread.
class WriterStore {
  public:
    // Opens the store: where there is none yet, and where it must be opened anew.
    using Opener = std::function<store::Store()>;

    // Without a store there must be an opener. The options and hooks must outlive this object.
    WriterStore(std::optional<store::Store> store, Opener open, const WriterOptions& options,
                const WriterHooks& hooks);
    const WriterOptions& options() const { return m_options; }
    const WriterHooks& hooks() const { return m_hooks; }

    enum class For { bodies, other };
    // The store, which is opened if it is not open. Throws StoreError, and always does once the
    // store is lost.
    store::Store& opened(For use = For::other);
    // Settles the store, which meets most damage. Throws what the store throws.
    void require_sound();
    // How often the store was opened by opened(): what was remembered of it may not hold any more.
    std::size_t openings() const { return m_openings; }
    // Looks whether another hand was at the store, for times when nothing is written. A failure is
    // reported to the hooks.
    void look();
    bool is_lost() const { return m_is_lost; }  // from any thread
    // True where for minutes no body was stored for want of memory, which there is after a new
    // start. From any thread.
    bool lacks_memory_for_long() const;

    // How long a delivery may wait for other writers. Less after one has waited in vain: the store
    // will hardly be free soon, and the senders behind the first need not wait as long.
    std::chrono::milliseconds patience() const;
    void set_locked_out(bool is_locked_out) { m_is_locked_out = is_locked_out; }

    // Commits a transaction of `rows` rows.
    void commit(store::WriteTransaction& transaction, std::size_t rows);
    // Notes that `rows` rows were committed; the commit itself counts as some rows too.
    void count_commit(std::size_t rows) { m_unsettled_rows += rows + rows_a_commit; }
    std::size_t unsettled_rows() const { return m_unsettled_rows; }
    // Checkpoints and packs. A failure is reported to the hooks and does no harm to what was
    // committed: the work is tried again after the next rows, or later where another process is
    // writing.
    void settle();
    // The same before anything is stored, though nothing was committed: opening and settling meet
    // most troubles.
    void settle_first() {
        look();
        count_commit(0);
        settle();
    }

    // Stores a rejected body of nothing but a reason: mails tell what was rejected. Both are called
    // while nobody else may write: `reason` first, and where it is not empty `kept` when that is on
    // disk. Throws what the store throws.
    void keep_note(
        const std::function<std::string()>& reason, const std::function<void()>& kept = [] {});

    // Empties the log, which may hold the last room of a disk, by means of the reserve.
    void make_room();
    // A listener takes some room of the store's disk, where there is twice as much.
    void reserve();

    // True where a spool takes what the store does not.
    bool spool_works() const;
    // To be called when something fails: finds out whether the store is lost or damaged, and tells
    // the hooks.
    Error fails(const std::exception& problem, Failing failing) noexcept;
    // Tells the hooks of a trouble, but only once while it stays the same, and once that the store
    // is lost.
    void tell(const Error& error, Failing failing);
    // To be called when something works, so that the next trouble with it is reported again.
    void works(Failing failing);

  private:
    // What a commit adds to the log besides its rows, counted in rows.
    static constexpr std::size_t rows_a_commit = 8;

    // What stat() tells of the store and its log.
    struct Files {
        store::FileState store, log;
        bool operator==(const Files&) const = default;
    };
    Files files() const;
    void open();
    void require_mended();
    [[noreturn]] void tell_again();
    void learn_from(const store::StoreError& error);
    void note_short_memory();
    void look_whose_damage();
    void empty_log();
    bool may_let_go() const;

    const Opener m_open;
    std::optional<store::Store> m_store;
    const WriterOptions& m_options;
    const WriterHooks& m_hooks;
    std::atomic<bool> m_is_lost = false;
    bool m_has_told_loss = false;
    For m_use = For::other;
    bool m_has_stored = false;                  // bodies
    std::optional<store::StoreError> m_damage;  // that is known
    bool m_bodies_met_it = false;
    bool m_is_told_again = false;  // that damage, by what was thrown last
    Files m_damaged;               // as they were then
    std::chrono::steady_clock::time_point m_look_again_at;
    bool m_is_locked_out = false;  // the last delivery waited for another writer in vain
    Reserve m_reserve;             // in the store's folder
    std::size_t m_openings = 0;
    std::size_t m_unsettled_rows = 0;
    static constexpr auto never = std::chrono::steady_clock::time_point::max();
    std::atomic<std::chrono::steady_clock::time_point> m_short_since = never, m_short_at = never;
    const Error m_no_memory{"out of memory"};
    std::array<std::string, 3> m_told;  // the last trouble with each Failing that still fails
};

}  // namespace jobtally::ingest
