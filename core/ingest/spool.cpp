#include "core/ingest/spool.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::ingest {
namespace {

namespace fs = std::filesystem;

// A file under this name is not finished: nobody was told that it is kept.
constexpr std::string_view unfinished = ".part";
constexpr std::string_view finished = ".json";
constexpr std::string_view source_kind = "http ";

IoError failed(const char* action, const fs::path& path) {
    return IoError(
        fmt::format("can't {} \"{}\": {}", action, visible(path.string()), std::strerror(errno)),
        "see to the room and the rights of the spool, or name another folder with --spool");
}

class File {
  public:
    File(const fs::path& path, int flags)
        : m_path(path), m_fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
    ~File() {
        if (m_fd >= 0) ::close(m_fd);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool is_open() const { return m_fd >= 0; }

    void write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto written = ::write(m_fd, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) throw failed("write", m_path);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    void sync() const {
        if (::fsync(m_fd) != 0) throw failed("sync", m_path);
    }
    std::string read() const {
        std::string bytes;
        char room[16 << 10];
        for (;;) {
            const auto got = ::read(m_fd, room, sizeof room);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) throw failed("read", m_path);
            if (got == 0) return bytes;
            bytes.append(room, static_cast<std::size_t>(got));
        }
    }

  private:
    const fs::path& m_path;
    int m_fd;
};

void write_synced(const fs::path& path, std::string_view bytes) {
    const File file(path, O_WRONLY | O_CREAT | O_EXCL);
    if (!file.is_open()) throw failed("make", path);
    try {
        file.write(bytes);
        file.sync();
    } catch (...) {
        ::unlink(path.c_str());
        throw;
    }
}

void sync_folder(const fs::path& folder) {
    const File opened(folder, O_RDONLY | O_DIRECTORY);
    if (!opened.is_open()) throw failed("open", folder);
    opened.sync();
}

void make_folder(const fs::path& folder) {
    if (::mkdir(folder.c_str(), 0700) == 0) {
        return sync_folder(folder.has_parent_path() ? folder.parent_path() : fs::path("."));
    }
    if (errno != EEXIST) throw failed("make the folder", folder);
}

// What an address may hold; nothing of it leads to another folder.
bool is_plain(std::string_view peer) {
    return !peer.empty() &&
           peer.find_first_not_of("0123456789abcdefABCDEFunix.:%") == std::string_view::npos;
}

std::string_view peer_of(std::string_view source) {
    const bool is_http =
        source.starts_with(source_kind) && is_plain(source.substr(source_kind.size()));
    return is_http ? source.substr(source_kind.size()) : "unknown";
}

// `MICROSECONDS-PROCESS-COUNT-PEER.json`; the reverse of next_name() as far as it is needed.
struct Origin {
    time::Instant received_at;
    std::string source;
};

Origin origin_of(std::string_view name) {
    std::int64_t micros = 0;
    std::from_chars(name.data(), name.data() + name.size(), micros);
    name.remove_suffix(finished.size());
    return {time::instant_from_micros(micros),
            fmt::format("{}{}", source_kind, name.substr(name.rfind('-') + 1))};
}

bool is_finished(std::string_view name) {
    const auto digits = name.find_first_not_of("0123456789");
    return digits == 20 && std::count(name.begin(), name.end(), '-') == 3 &&
           name.ends_with(finished);
}

}  // namespace

void Spool::prepare() const {
    make_folder(m_folder);
    const auto trial = m_folder / fmt::format("trial-{}{}", ::getpid(), unfinished);
    ::unlink(trial.c_str());
    write_synced(trial, {});
    ::unlink(trial.c_str());
}

// Its time in 20 digits, so that the order of the names is the order of arrival.
std::string Spool::next_name(const Delivery& delivery) {
    return fmt::format("{:020}-{}-{}-{}{}",
                       std::max<std::int64_t>(time::micros(delivery.received_at), 0), ::getpid(),
                       ++m_last, peer_of(delivery.source), finished);
}

std::optional<IoError> Spool::keep(std::span<Receipt* const> receipts) {
    std::optional<IoError> problem;
    std::vector<Receipt*> named;
    try {
        make_folder(m_folder);
    } catch (const IoError& error) {
        return error;
    }
    for (auto* receipt : receipts) {
        try {
            const auto path = m_folder / next_name(receipt->delivery);
            const auto part = fs::path(path).concat(unfinished);
            write_synced(part, *receipt->delivery.body);
            if (::rename(part.c_str(), path.c_str()) != 0) throw failed("name", path);
            named.push_back(receipt);
        } catch (const IoError& error) {
            problem = error;
        }
    }
    try {
        if (!named.empty()) sync_folder(m_folder);
    } catch (const IoError& error) {
        return error;
    }
    for (auto* receipt : named) receipt->is_spooled = true;
    return problem;
}

std::vector<std::string> Spool::waiting() const {
    std::vector<std::string> names;
    std::error_code problem;
    for (fs::directory_iterator entry(m_folder, problem), end; !problem && entry != end;
         entry.increment(problem)) {
        auto name = entry->path().filename().string();
        if (is_finished(name)) names.push_back(std::move(name));
    }
    if (problem && problem != std::errc::no_such_file_or_directory) {
        errno = problem.value();
        throw failed("read the folder", m_folder);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::optional<Delivery> Spool::read(const std::string& name) const {
    const auto path = m_folder / name;
    const File file(path, O_RDONLY);
    if (!file.is_open() && errno == ENOENT) return std::nullopt;
    if (!file.is_open()) throw failed("open", path);
    const auto origin = origin_of(name);
    return decode(file.read(), origin.source, origin.received_at);
}

void Spool::drop(const std::string& name) const noexcept {
    ::unlink((m_folder / name).c_str());
}

}  // namespace jobtally::ingest
