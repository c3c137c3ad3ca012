#include "core/ingest/input_file.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::ingest {
namespace {

constexpr std::string_view gzip_magic = "\x1f\x8b";

int open_temporary() {
    const auto folder = std::filesystem::temp_directory_path().string();
    const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) return fd;
    std::string name = folder + "/jobtally-XXXXXX";
    const int named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named < 0)
        throw IoError(fmt::format("can't make a temporary file in \"{}\": {}", visible(folder),
                                  std::strerror(errno)),
                      "set TMPDIR to a folder with room");
    ::unlink(name.c_str());
    return named;
}

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0)
            throw IoError(fmt::format("can't write a temporary file: {}", std::strerror(errno)),
                          "set TMPDIR to a folder with room");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

InputFile::InputFile(std::string name, int fd) : m_name(std::move(name)), m_fd(fd) {}

InputFile::InputFile(InputFile&& other) noexcept
    : m_name(std::move(other.m_name)),
      m_fd(std::exchange(other.m_fd, -1)),
      m_begin(other.m_begin),
      m_size(other.m_size),
      m_is_at_begin(other.m_is_at_begin) {}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
    std::swap(m_name, other.m_name);
    std::swap(m_fd, other.m_fd);
    std::swap(m_begin, other.m_begin);
    std::swap(m_size, other.m_size);
    std::swap(m_is_at_begin, other.m_is_at_begin);
    return *this;
}

InputFile::~InputFile() {
    if (m_fd >= 0) ::close(m_fd);
}

void InputFile::fail(int error) const {
    throw IoError(fmt::format("can't read \"{}\": {}", visible(m_name), std::strerror(error)));
}

InputFile InputFile::open(const std::string& path) {
    const bool is_stdin = path == "-";
    InputFile file(is_stdin ? "stdin" : path, is_stdin
                                                  ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                                  : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.m_fd < 0) file.fail(errno);
    file.look_at_kind();
    return file;
}

void InputFile::look_at_kind() {
    struct stat status {};
    if (::fstat(m_fd, &status) != 0) fail(errno);
    if (S_ISDIR(status.st_mode)) fail(EISDIR);
    if (!S_ISREG(status.st_mode)) return;
    m_begin = ::lseek(m_fd, 0, SEEK_CUR);
    if (m_begin < 0) fail(errno);
    m_size = status.st_size > m_begin ? status.st_size - m_begin : 0;
    ::posix_fadvise(m_fd, m_begin, 0, POSIX_FADV_SEQUENTIAL);
    std::array<char, 2> first{};
    const auto bytes = ::pread(m_fd, first.data(), first.size(), m_begin);
    if (bytes < 0) fail(errno);
    refuse_gzip({first.data(), static_cast<std::size_t>(bytes)});
}

void InputFile::refuse_gzip(std::string_view first_bytes) const {
    if (!first_bytes.starts_with(gzip_magic)) return;
    const bool is_stdin = m_name == "stdin";
    throw IoError(fmt::format("\"{}\" is compressed with gzip", visible(m_name)),
                  fmt::format("zcat {} | jobtally ingest -", is_stdin ? "FILE" : visible(m_name)));
}

std::string_view InputFile::read(std::span<char> room) {
    for (;;) {
        const auto bytes = ::read(m_fd, room.data(), room.size());
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes < 0) fail(errno);
        const std::string_view got(room.data(), static_cast<std::size_t>(bytes));
        if (std::exchange(m_is_at_begin, false)) refuse_gzip(got);
        return got;
    }
}

void InputFile::rewind() {
    if (::lseek(m_fd, m_begin, SEEK_SET) < 0) fail(errno);
    m_is_at_begin = true;
}

InputFile InputFile::copy_of(InputFile& other) {
    InputFile copy(other.m_name, open_temporary());
    std::vector<char> room(256 << 10);
    std::int64_t size = 0;
    for (auto bytes = other.read(room); !bytes.empty(); bytes = other.read(room)) {
        write_all(copy.m_fd, bytes);
        size += static_cast<std::int64_t>(bytes.size());
    }
    copy.m_size = size;
    copy.rewind();
    return copy;
}

}  // namespace jobtally::ingest
