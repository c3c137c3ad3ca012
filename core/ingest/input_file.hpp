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
    // `path` `-` is stdin. Throws also for a directory, and for a gzip file that is told by its
    // first bytes.
    static InputFile open(const std::string& path);
    // An unlinked temporary file with all that `other` has left, under its name: it can be read
    // twice.
    static InputFile copy_of(InputFile& other);

    // The path, or `stdin`.
    const std::string& name() const { return m_name; }
    // The bytes there are, or nothing where that can't be known.
    std::optional<std::int64_t> size() const { return m_size; }
    bool can_be_read_twice() const { return m_size.has_value(); }

    // What fitted into `room`; empty at the end.
    std::string_view read(std::span<char> room);
    // To where it was when it was opened.
    void rewind();

  private:
    InputFile(std::string name, Descriptor file);
    void look_at_kind();
    void refuse_gzip(std::string_view first_bytes) const;
    [[noreturn]] void fail(int error) const;

    std::string m_name;
    Descriptor m_file;
    std::int64_t m_begin = 0;
    std::optional<std::int64_t> m_size;
    bool m_is_at_begin = true;
};

}  // namespace jobtally::ingest
