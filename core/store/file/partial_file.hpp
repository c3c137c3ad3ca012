// A file that gets its name only when it is complete: written as `NAME.partial` beside it, locked
// meanwhile, so that what a killed process left is told from what one still writes.
#pragma once

#include "core/base/file.hpp"

#include <filesystem>

namespace jobtally::store {

// Everything throws StoreError; `busy` where another process writes the same file.
class PartialFile {
  public:
    // Creates the partial file, empty and with mode 0600; one that nobody writes any more goes
    // first. `target` has its links followed already.
    explicit PartialFile(const std::filesystem::path& target);
    // Takes an unfinished file away again.
    ~PartialFile();
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    // Syncs the file, gives it its name and syncs the folder. Once.
    void finish();

  private:
    void create();
    bool remove_stale() const;
    bool is_in_place() const;

    std::filesystem::path m_target;
    std::filesystem::path m_path;
    Descriptor m_file;
    bool m_is_finished = false;
};

}  // namespace jobtally::store
