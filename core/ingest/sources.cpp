#include "core/ingest/sources.hpp"

#include <algorithm>

namespace jobtally::ingest {
namespace {

constexpr std::size_t files_kept_open = 64;

}  // namespace

Sources::Sources(const std::vector<std::string>& paths, bool read_twice) : m_paths(paths) {
    for (const auto& path : m_paths) {
        auto file = InputFile::open(path);
        m_total += file.size().value_or(0);
        const bool can_be_opened_again = path != "-" && file.can_be_read_twice();
        if (m_files.size() < files_kept_open || !can_be_opened_again) {
            m_files.emplace_back(std::move(file));
        } else {
            m_files.emplace_back(std::nullopt);
        }
    }
    const auto is_endless = [](const auto& file) { return file && !file->size(); };
    if (read_twice) {
        for (auto& file : m_files) {
            if (!is_endless(file)) continue;
            file = InputFile::copy_of(*file);
            m_total += *file->size();
        }
    }
    if (std::any_of(m_files.begin(), m_files.end(), is_endless)) m_total = 0;
}

InputFile& Sources::at(std::size_t index) {
    auto& file = m_files[index];
    if (!file) return m_reopened.emplace(InputFile::open(m_paths[index]));
    if (file->can_be_read_twice()) file->rewind();
    return *file;
}

}  // namespace jobtally::ingest
