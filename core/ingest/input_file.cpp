#include "core/ingest/input_file.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::ingest {
namespace {

Descriptor open_temporary() {
    const auto folder = std::filesystem::temp_directory_path().string();
    Descriptor unnamed(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (unnamed) return unnamed;
    std::string name = folder + "/jobtally-XXXXXX";
    Descriptor named(::mkostemp(name.data(), O_CLOEXEC));
    if (!named)
        throw IoError(fmt::format("can't make a temporary file in \"{}\": {}", visible(folder),
                                  std::strerror(errno)),
                      "set TMPDIR to a folder with room");
    ::unlink(name.c_str());
    return named;
}

}  // namespace

InputFile::InputFile(std::string name, Descriptor file)
    : m_name(std::move(name)), m_file(std::move(file)) {}

void InputFile::fail(int error) const {
    throw IoError(fmt::format("can't read \"{}\": {}", visible(m_name), std::strerror(error)));
}

InputFile InputFile::open(const std::string& path) {
    const bool is_stdin = path == "-";
    // Opening a FIFO would wait for who writes to it, and hear no signal; wait() hears of both.
    const int number = is_stdin ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const int error = errno;
    InputFile file(is_stdin ? "stdin" : path, Descriptor(number));
    if (!file.m_file) file.fail(error);
    file.look_at_kind();
    return file;
}

void InputFile::look_at_kind() {
    struct stat status {};
    if (::fstat(m_file.number(), &status) != 0) fail(errno);
    if (S_ISDIR(status.st_mode))
        throw IoError(fmt::format("can't read \"{}\": {}", visible(m_name), std::strerror(EISDIR)),
                      fmt::format("name its files: {}/*", visible(m_name)));
    if (!S_ISREG(status.st_mode)) return;
    m_begin = ::lseek(m_file.number(), 0, SEEK_CUR);
    if (m_begin < 0) fail(errno);
    m_size = status.st_size > m_begin ? status.st_size - m_begin : 0;
    ::posix_fadvise(m_file.number(), m_begin, 0, POSIX_FADV_SEQUENTIAL);
}

std::string_view InputFile::read(std::span<char> room) {
    for (;;) {
        const auto bytes = ::read(m_file.number(), room.data(), room.size());
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes < 0 && errno == EAGAIN) {
            wait(-1);
            continue;
        }
        if (bytes < 0) fail(errno);
        return {room.data(), static_cast<std::size_t>(bytes)};
    }
}

bool InputFile::wait(int stop) const {
    pollfd waits[] = {{m_file.number(), POLLIN, 0}, {stop, POLLIN, 0}};
    while (::poll(waits, 2, -1) < 0 && errno == EINTR) continue;
    return waits[1].revents == 0;
}

void InputFile::rewind() {
    if (::lseek(m_file.number(), m_begin, SEEK_SET) < 0) fail(errno);
}

InputFile InputFile::copy_of(InputFile& other) {
    InputFile copy(other.m_name, open_temporary());
    std::vector<char> room(256 << 10);
    std::int64_t size = 0;
    other.wait(-1);
    for (auto bytes = other.read(room); !bytes.empty(); bytes = other.read(room)) {
        if (const int error = write_all(copy.m_file.number(), bytes))
            throw IoError(fmt::format("can't write a temporary file: {}", std::strerror(error)),
                          "set TMPDIR to a folder with room");
        size += static_cast<std::int64_t>(bytes.size());
    }
    copy.m_size = size;
    copy.rewind();
    return copy;
}

}  // namespace jobtally::ingest
