#include "core/store/file/log_proof.hpp"

#include "core/store/file/file_head.hpp"
#include "core/store/file/log_file.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include <sqlite3.h>

namespace jobtally::store {

namespace {

constexpr std::uint32_t frames_a_read = 64;
constexpr int most_attempts = 8;

// The newest content of a page.
struct Page {
    std::uint32_t number;
    const unsigned char* bytes;
};

// Reads the log from its end, so that the first frame of a page that is met is its newest.
class LogPages {
  public:
    LogPages(sqlite3_file* log, const LogIndex& index)
        : m_log(log), m_index(index), m_frame_bytes(frame_head_bytes + index.page_bytes) {}

    bool is_done() const { return m_left == 0; }
    // Reads some more frames; `pages` are those among them that were checkpointed and are in no
    // newer frame. A page that has a newer one a checkpoint leaves out, or is writing. What a later
    // commit cut off need not be in the file. False where the log can't be read.
    bool read(std::vector<Page>& pages) {
        pages.clear();
        const auto count = std::min(m_left, frames_a_read);
        m_bytes.resize(count * m_frame_bytes);
        const auto first = m_left - count + 1;
        if (!read_at(m_log, log_head_bytes + std::int64_t{first - 1} * m_frame_bytes, m_bytes))
            return false;
        for (; m_left >= first; --m_left)
            look_at(m_left, &m_bytes[(m_left - first) * m_frame_bytes], pages);
        return true;
    }

  private:
    void look_at(std::uint32_t frame, const unsigned char* head, std::vector<Page>& pages) {
        const auto page = big_endian_at(head);
        const auto pages_at_commit = big_endian_at(head + 4);
        if (pages_at_commit > 0) m_pages = std::min(m_pages, pages_at_commit);
        if (page > m_pages) return;
        if (page >= m_is_met.size()) m_is_met.resize(page + std::size_t{1});
        if (m_is_met[page]) return;
        m_is_met[page] = true;
        if (frame <= m_index.checkpoints.done) pages.push_back({page, head + frame_head_bytes});
    }

    sqlite3_file* m_log;
    const LogIndex& m_index;
    const std::uint32_t m_frame_bytes;
    std::uint32_t m_left = m_index.frames;
    std::uint32_t m_pages = m_index.pages;  // of the store, by the commits that were met
    std::vector<bool> m_is_met;             // by page
    std::vector<unsigned char> m_bytes;
};

// True where the file has all of `pages`, which are sorted by it; neighbours are read at once.
bool has_pages(sqlite3_file* file, std::vector<Page>& pages, std::uint32_t page_bytes) {
    std::sort(pages.begin(), pages.end(),
              [](const Page& a, const Page& b) { return a.number < b.number; });
    std::vector<unsigned char> bytes;
    for (std::size_t begin = 0, end = 0; begin < pages.size(); begin = end) {
        while (end < pages.size() && pages[end].number - pages[begin].number == end - begin) ++end;
        bytes.resize((end - begin) * page_bytes);
        if (!read_at(file, (std::int64_t{pages[begin].number} - 1) * page_bytes, bytes))
            return false;
        for (std::size_t i = begin; i < end; ++i)
            if (std::memcmp(pages[i].bytes, &bytes[(i - begin) * page_bytes], page_bytes) != 0)
                return false;
    }
    return true;
}

bool has_fitting_head(sqlite3* connection, const LogIndex& index) {
    const auto head = read_file_head(connection);
    if (!head || !head->has_log) return false;
    // The index of a log that was empty when it was opened says nothing until the first commit. The
    // last pages come with the last frames.
    const auto& [salts, done, attempted] = index.checkpoints;
    if (index.pages == 0 || done < index.frames || attempted != done) return true;
    const auto bytes = std::uint64_t{index.pages} * index.page_bytes;
    return head->named_bytes == bytes && head->actual_bytes >= bytes;
}

LogProof compare(sqlite3* connection, const LogIndex& index) {
    auto* const file = file_of(connection, SQLITE_FCNTL_FILE_POINTER);
    auto* const log = file_of(connection, SQLITE_FCNTL_JOURNAL_POINTER);
    if (file == nullptr || log == nullptr) return LogProof::undecided;
    if (!has_fitting_head(connection, index)) return LogProof::disagrees;
    LogPages log_pages(log, index);
    for (std::vector<Page> pages; !log_pages.is_done();) {
        if (!log_pages.read(pages)) return LogProof::undecided;
        if (!has_pages(file, pages, index.page_bytes)) return LogProof::disagrees;
    }
    return LogProof::agrees;
}

}  // namespace

LogProof compare_with_log(sqlite3* connection) {
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        const auto before = read_log_index(connection);
        if (!before) continue;
        const auto proof = compare(connection, *before);
        if (proof == LogProof::agrees) return proof;
        if (proof == LogProof::disagrees && read_log_index(connection) == before) return proof;
    }
    return LogProof::undecided;
}

}  // namespace jobtally::store
