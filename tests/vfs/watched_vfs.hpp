// A SQLite VFS in front of the system's: every write, sync, cut and deletion is shown to a watcher,
// before it happens and when it has. Installed as the default, so that the store opens through it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally::vfs_tests {

enum class Io : std::uint8_t { open, write, sync, truncate, remove };

struct Call {
    Io io = Io::write;
    std::string path;          // absolute; temporary files without a name are not shown
    std::int64_t offset = 0;   // of a write; the new size of a cut
    std::string_view bytes{};  // of a write
    // Of a deletion: the folder is synced at once. Of an opening: with the first sync of the file.
    bool syncs_folder = false;
};

class Watcher {
  public:
    virtual ~Watcher() = default;
    virtual void before(const Call&) {}
    virtual void after(const Call&) {}
    // A disk that says it has synced and has not.
    virtual bool lies_on_sync() const { return false; }
};

// Registers the VFS as the default of this process, once; `watcher` null: nobody looks. Not while a
// connection is at work.
void watch(Watcher* watcher);

}  // namespace jobtally::vfs_tests
