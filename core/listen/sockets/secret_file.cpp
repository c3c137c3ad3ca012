#include "core/listen/sockets/secret_file.hpp"

#include "core/base/text.hpp"

#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <sys/stat.h>

namespace jobtally::listen {
namespace {

// systemd grants its credentials by access control lists, which look like the rights of a group.
bool is_credential(const std::filesystem::path& path) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    return folder != nullptr && *folder != '\0' && path.parent_path() == folder;
}

}  // namespace

std::optional<std::string> warning_of_readers(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || (status.st_mode & (S_IRGRP | S_IROTH)) == 0)
        return {};
    if (is_credential(path)) return {};
    return fmt::format("\"{}\" can be read by others (chmod 600 cures it)", visible(path.string()));
}

}  // namespace jobtally::listen
