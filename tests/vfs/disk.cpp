#include "tests/vfs/disk.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace jobtally::vfs_tests {

namespace {

constexpr std::int64_t sector = 512;

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

bool Disk::follows(const std::string& path) const {
    const std::filesystem::path name(path);
    return name.parent_path() == m_folder && !path.ends_with("-shm") && !path.ends_with(".lock");
}

Disk::File& Disk::file_of(const std::string& path) {
    const auto known = m_files.find(path);
    if (known != m_files.end() && known->second.is_there) return known->second;
    File& file = m_files[path];
    file.is_there = true;
    file.is_surely_gone = false;
    file.pending.clear();
    file.durable = content_of(path);
    return file;
}

void Disk::begin(const Call& call) {
    if (!follows(call.path) || call.io == Io::open || call.io == Io::sync) return;
    if (call.io == Io::remove) return;
    file_of(call.path).pending.push_back(
        {call.io == Io::truncate, call.offset, std::string(call.bytes)});
    m_last = call.path;
}

void Disk::end(const Call& call, bool lies_on_sync) {
    if (!follows(call.path)) return;
    if (call.io == Io::open && std::filesystem::exists(call.path)) {
        auto& opened = file_of(call.path);
        opened.syncs_folder = opened.syncs_folder || call.syncs_folder;
    }
    if (call.io == Io::remove) {
        auto& file = m_files[call.path];
        file.is_there = false;
        file.is_surely_gone = call.syncs_folder;
    }
    if (call.io != Io::sync || lies_on_sync) return;
    auto& file = file_of(call.path);
    for (const auto& change : file.pending) apply(file.durable, change);
    file.pending.clear();
    if (std::exchange(file.syncs_folder, false)) sync_folder();
}

// Names, and names that are gone, are on disk.
void Disk::sync_folder() {
    for (auto& [name, file] : m_files) {
        (file.is_there ? file.is_surely_there : file.is_surely_gone) = true;
    }
}

// Taken as on disk at once: until the folder is synced the old file may be there instead, whole,
// as it was at the point before.
void Disk::rename(const std::string& from, const std::string& to) {
    if (!follows(from)) return;
    m_files[to] = file_of(from);
    m_files[to].is_surely_there = true;
    m_files.erase(from);
}

void Disk::apply(std::string& bytes, const Change& change) {
    const auto offset = static_cast<std::size_t>(change.offset);
    if (change.is_truncation) {
        bytes.resize(offset);
        return;
    }
    if (bytes.size() < offset + change.bytes.size()) bytes.resize(offset + change.bytes.size());
    bytes.replace(offset, change.bytes.size(), change.bytes);
}

std::vector<Disk::Change> Disk::sectors_of(const std::vector<Change>& changes) {
    std::vector<Change> sectors;
    for (const auto& change : changes) {
        if (change.is_truncation) {
            sectors.push_back(change);
            continue;
        }
        const auto end = change.offset + static_cast<std::int64_t>(change.bytes.size());
        for (auto from = change.offset; from < end;) {
            const auto to = std::min(end, (from / sector + 1) * sector);
            sectors.push_back({false, from,
                               change.bytes.substr(static_cast<std::size_t>(from - change.offset),
                                                   static_cast<std::size_t>(to - from))});
            from = to;
        }
    }
    return sectors;
}

std::string Disk::content_after(const File& file, Cut cut, std::mt19937& random) {
    std::string bytes = file.durable;
    auto left = sectors_of(file.pending);
    if (cut == Cut::drops) return bytes;
    if (cut == Cut::keeps) {
        const auto last =
            file.pending.empty() ? std::vector<Change>() : sectors_of({file.pending.back()});
        const auto lost = last.empty() ? 0 : random() % (last.size() + 1);
        left.resize(left.size() - lost);
    } else {
        std::shuffle(left.begin(), left.end(), random);
        left.resize(left.empty() ? 0 : random() % (left.size() + 1));
    }
    for (const auto& change : left) apply(bytes, change);
    return bytes;
}

void Disk::write_after(Cut cut, std::mt19937& random, const std::filesystem::path& folder) const {
    for (const auto& [path, file] : m_files) {
        const bool by_chance = cut == Cut::subset ? random() % 2 == 0 : cut == Cut::keeps;
        const bool is_there = file.is_there
                                  ? file.is_surely_there || by_chance
                                  : !file.is_surely_gone && file.is_surely_there && !by_chance;
        if (!is_there) continue;
        const auto bytes = content_after(file, cut, random);
        std::ofstream(folder / std::filesystem::path(path).filename(), std::ios::binary) << bytes;
    }
}

}  // namespace jobtally::vfs_tests
