// Files that hold secrets.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace jobtally::listen {

// Reads a whole file of at most 1 MiB. Throws IoError where it can't be read.
std::string read_secret_file(const std::filesystem::path& path);

// A warning, with its remedy, if others than the owner may read the file; else nothing.
std::optional<std::string> warning_of_readers(const std::filesystem::path& path);

}  // namespace jobtally::listen
