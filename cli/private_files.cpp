#include "cli/private_files.hpp"

#include <sys/stat.h>

namespace jobtally::cli {

mode_t keep_files_private() {
    static const mode_t before = ::umask(0077);
    return before;
}

}  // namespace jobtally::cli
