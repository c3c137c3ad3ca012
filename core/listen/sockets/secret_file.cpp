#include "core/listen/sockets/secret_file.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/text.hpp"

#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

namespace jobtally::listen {
namespace {

constexpr std::size_t most_file_bytes = 1 << 20;

// systemd grants its credentials by access control lists, which look like the rights of a group.
bool is_credential(const std::filesystem::path& path) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    return folder != nullptr && *folder != '\0' && path.parent_path() == folder;
}

}  // namespace

std::string read_secret_file(const std::filesystem::path& path) {
    auto text = read_regular_file(path, most_file_bytes);
    if (text.error != 0)
        throw IoError(fmt::format("can't read \"{}\": {}", visible(path.string()), text.problem));
    return std::move(text.bytes);
}

std::optional<std::string> warning_of_readers(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || (status.st_mode & (S_IRGRP | S_IROTH)) == 0)
        return {};
    if (is_credential(path)) return {};
    return fmt::format("\"{}\" can be read by others (chmod 600 cures it)", visible(path.string()));
}

}  // namespace jobtally::listen
