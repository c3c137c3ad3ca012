// Copying a store that others go on writing to.
#pragma once

#include "core/store/file/store.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace jobtally::store {

struct Backup {
    std::filesystem::path path;  // links followed
    std::int64_t reports = 0;
    std::int64_t rejected = 0;
    std::int64_t file_bytes = 0;
};

// Makes `target` a copy of one state of the store: compact, checked, on disk, mode 0600. Whatever
// ends the process meanwhile, `target` is what it was or the whole copy. Replaces an older backup;
// throws StoreError where `target` is anything else: the store itself, a store in use, another
// file. The temporary `target.partial` of a killed backup is removed by the next one.
// `progress` is told the bytes of the copy so far, and of the store.
Backup back_up(const Store& store, const std::filesystem::path& target,
               const std::function<void(std::int64_t done, std::int64_t total)>& progress = {});

}  // namespace jobtally::store
