// Files that hold secrets.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace jobtally::listen {

// Set where others than the owner may read the file, with the cure.
std::optional<std::string> warning_of_readers(const std::filesystem::path& path);

}  // namespace jobtally::listen
