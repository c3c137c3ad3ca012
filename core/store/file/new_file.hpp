// The file of a store that is not there yet.
#pragma once

#include <filesystem>

namespace jobtally::store {

// Makes the file, and the folders above it, where they are missing. The new file appears under its
// name as a whole first page without tables, in WAL mode, and is on disk before the name is: no
// power cut leaves a part of it. A file that is there already is not opened but left to SQLite (see
// file_head.hpp). Two processes may try it at once: one of the files stays. Throws StoreError.
void make_file(const std::filesystem::path& path);

// Makes the names in the folder last. Throws StoreError.
void keep_names(const std::filesystem::path& folder);

}  // namespace jobtally::store
