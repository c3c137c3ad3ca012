// The inputs of one load, in their order.
#pragma once

#include "core/ingest/input_file.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::ingest {

// Each is opened at once, so that nothing is loaded where one is missing; of many plain files only
// the first stay open. With `read_twice`, what can't be rewound is copied to a temporary file.
// Throws IoError.
class Sources {
  public:
    Sources(const std::vector<std::string>& paths, bool read_twice);

    std::size_t count() const { return m_files.size(); }
    // The bytes of all inputs together; 0 if the size of one is unknown.
    std::int64_t total() const { return m_total; }
    // The input, positioned at its first byte; with `read_twice` it may be asked for more than
    // once.
    InputFile& at(std::size_t index);

  private:
    std::vector<std::string> m_paths;
    std::vector<std::optional<InputFile>> m_files;
    std::optional<InputFile> m_reopened;
    std::int64_t m_total = 0;
};

}  // namespace jobtally::ingest
