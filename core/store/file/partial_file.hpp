// A file that gets its name only when it is complete: it is written as `NAME.partial` in the same
// folder and locked meanwhile, so that a file that a killed process left can be distinguished from
// one that is still being written.
#pragma once

#include "core/base/file.hpp"

#include <filesystem>

namespace jobtally::store {

// Everything throws StoreError; `busy` where another process writes the same file.
class PartialFile {
  public:
    // Creates the partial file, empty and with mode 0600; one that nobody writes any more is
    // removed first; a store of that name is refused. `target` has its links followed already.
    explicit PartialFile(const std::filesystem::path& target);
    // Removes the file if it was not finished.
    ~PartialFile();
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    // Syncs the file, gives it its name and syncs the folder. Call it once.
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
