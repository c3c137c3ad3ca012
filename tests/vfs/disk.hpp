// What a disk holds at any moment: for each file the bytes that a sync made sure of, and what was
// written since and may be there, in part, in any order, or not.
#pragma once

#include "tests/vfs/watched_vfs.hpp"

#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace jobtally::vfs_tests {

// What a power cut leaves of the writes that no sync made sure of.
enum class Cut : std::uint8_t {
    drops,   // nothing
    keeps,   // everything, the last one torn at a sector of 512 bytes
    subset,  // each sector by chance, in any order
};
inline constexpr Cut all_cuts[] = {Cut::drops, Cut::keeps, Cut::subset};

class Disk {
  public:
    // Follows the files directly in `folder`; those that are there count as durable.
    explicit Disk(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    // Something is about to happen, and may be cut.
    void begin(const Call& call);
    // It has happened.
    void end(const Call& call, bool lies_on_sync);
    void rename(const std::string& from, const std::string& to);
    void sync_folder();

    const std::filesystem::path& folder() const { return m_folder; }
    bool follows(const std::string& path) const;
    // Writes what a cut now leaves into another folder.
    void write_after(Cut cut, std::mt19937& random, const std::filesystem::path& folder) const;

  private:
    struct Change {
        bool is_truncation = false;
        std::int64_t offset = 0;
        std::string bytes;
    };
    struct File {
        std::string durable;
        std::vector<Change> pending;
        bool is_there = true;          // as the process sees it
        bool is_surely_there = false;  // its name is on disk
        bool is_surely_gone = false;
        bool syncs_folder = false;  // with its next sync
    };

    File& file_of(const std::string& path);
    static void apply(std::string& bytes, const Change& change);
    static std::vector<Change> sectors_of(const std::vector<Change>& changes);
    static std::string content_after(const File& file, Cut cut, std::mt19937& random);

    std::filesystem::path m_folder;
    std::map<std::string, File> m_files;
    std::string m_last;  // the file that was written last
};

}  // namespace jobtally::vfs_tests
