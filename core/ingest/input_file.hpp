// A file, a pipe or stdin that reports are read from.
#pragma once

#include "core/base/file.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace jobtally::ingest {

// Throws IoError that names the file, with errno's text.
class InputFile {
  public:
    // `path` `-` is stdin. Throws also for a directory.
    static InputFile open(const std::string& path);
    // Copies what is left of `other` to an unlinked temporary file, which can be read twice and
    // keeps the name of `other`.
    static InputFile copy_of(InputFile& other);

    // The path, or `stdin`.
    const std::string& name() const { return m_name; }
    // The bytes there are, or nothing where that can't be known.
    std::optional<std::int64_t> size() const { return m_size; }
    bool can_be_read_twice() const { return m_size.has_value(); }

    // Reads as much as fits into `room`; empty at the end of the file.
    std::string_view read(std::span<char> room);
    // Waits until there is something to read. False if the descriptor `stop` could be read
    // first; -1: there is none.
    bool wait(int stop) const;
    // Goes back to the position at which the file was opened.
    void rewind();

  private:
    InputFile(std::string name, Descriptor file);
    void look_at_kind();
    [[noreturn]] void fail(int error) const;

    std::string m_name;
    Descriptor m_file;
    std::int64_t m_begin = 0;
    std::optional<std::int64_t> m_size;
};

}  // namespace jobtally::ingest
