// The spool: bodies that the store could not take, safe on disk until it can. A folder with one
// file for each body, which `jobtally ingest FILE` reads as well.
#pragma once

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/ingest/delivery.hpp"
#include "core/ingest/spool_folder.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace jobtally::ingest {

// Several processes may use one folder: a file appears whole or not at all, and a file that another
// process has taken is passed over. One thread at a time.
class Spool {
  public:
    // What is made there belongs to the owner of `store` if we are root; only that owner's and
    // root's folders and links are trusted. Without a store they are ours.
    explicit Spool(std::filesystem::path folder, std::filesystem::path store = {})
        : m_folder(std::move(folder)), m_store(std::move(store)) {}

    const std::filesystem::path& folder() const { return m_folder; }
    // For store::note_losses(), where nothing can be noted beside the store; empty where the
    // folder, or the link to it, is another user's.
    std::filesystem::path losses() const;
    // Gives a folder that bars its owner its mode back, unless others may write to it.
    void mend_mode() const { ingest::mend_mode(m_folder, m_store); }
    // Makes the folder (0700) or mends its mode, tries it out, notes there whose it is, and marks
    // it as in use while this object or a copy lives. Throws IoError with a hint, also where others
    // may write to it.
    void prepare();
    bool is_prepared() const { return m_is_prepared; }
    // Makes `link`, beside the store, lead to this folder, so that it is found by who does not know
    // of it; it is made again where it is found to be missing, or to lead elsewhere. Throws
    // IoError, also where bodies wait in a folder of that name.
    void remember_as(const std::filesystem::path& link);
    // To be called at the end, when nothing more comes: where nothing waits nobody misses the
    // folder if it is gone at the next start, as one in memory is.
    void leave() const noexcept;
    // Whether it lies elsewhere, and this store has used it.
    bool has_served() const { return noted_store(m_folder, m_store) == full_name(m_store); }
    // Whether it is the folder to which `link` was made to lead, be it that it was moved since.
    bool is_that_of(const std::filesystem::path& link) const;
    // Moves the bodies that wait in a former folder of the same store here, each whole at any
    // moment; returns how many, none where it is another store's and empty. Throws IoError: those
    // that were not moved wait there.
    std::size_t take_over(const Spool& former) const;
    // Throws Error where another process uses that one: what comes there later would be stranded.
    void require_unused(const Spool& former) const;
    // Where the folder that prepare() marked was moved away or deleted: makes it anew, and moves
    // the bodies here that wait in the former, wherever it is now. True if it was so. Throws
    // IoError, and can then be called again.
    bool follow();
    // Keeps the body of each delivery, which must have one, and sets Receipt::is_spooled of those
    // that are on disk when it returns: file and name are synced. Returns what went wrong with the
    // others, if anything did; none is kept where others may write to the folder.
    std::optional<IoError> keep(std::span<Receipt* const> receipts);
    // The names of those that wait, oldest first; none where there is no folder. Throws IoError,
    // also where others may write to the folder: they could add reports without an Authorization;
    // and lost().
    std::vector<std::string> waiting() const;
    // A sign of life, for who asks while the store takes none; and the last one, or whatever was
    // done there since.
    void touch() const noexcept;
    std::optional<time::Instant> touched_at() const;
    std::optional<IoError> barred() const { return why_barred(m_folder, m_store); }
    std::optional<IoError> lost() const { return why_lost(m_folder, m_store); }
    std::optional<IoError> replaced() const { return why_replaced(m_folder); }
    std::optional<IoError> of_another() const { return why_of_another(m_folder, m_store); }
    std::optional<IoError> undeletable() const { return why_undeletable(m_folder); }
    // Throws barred() or of_another().
    void require_own_folder() const;
    bool is_own() const;  // false where that throws
    // Reads a body and decodes it as when it came; nothing if the file is gone. Throws IoError,
    // also where it is another user's: who put it there while others might write to the folder.
    std::optional<Delivery> read(const std::string& name) const;
    // Deletes a file whose reports are in the store. Returns why it could not.
    std::optional<IoError> drop(const std::string& name) const;

  private:
    void claim() const;
    void mend_link() const noexcept;
    void make_folder() const;
    void keep_own_names() const;
    void write_synced(const std::filesystem::path& path, std::string_view bytes) const;
    // Nothing if the file is gone.
    std::optional<std::string> text_of(const std::filesystem::path& path) const;
    void move_here(const std::filesystem::path& former, const std::string& name) const;

    std::filesystem::path m_folder;
    std::filesystem::path m_store;
    std::filesystem::path m_link;                // empty: it needs none
    std::shared_ptr<const Descriptor> m_in_use;  // the folder, locked with those who share it
    bool m_is_prepared = false;
    std::uint64_t m_last = 0;  // counts what this object has kept
};

}  // namespace jobtally::ingest
