// What the program makes is its user's alone, except the files that --output names.
#pragma once

#include <sys/types.h>

namespace jobtally::cli {

// Sets the umask 0077, once; returns the user's own. To be called first in main().
mode_t keep_files_private();

}  // namespace jobtally::cli
