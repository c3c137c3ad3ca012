// A warning where others than its owner can open the store.
#pragma once

#include "cli/options/globals.hpp"

namespace jobtally::cli {

// On stderr, with the cure, unless -q. Creates nothing and never fails.
void warn_about_modes(const Globals& globals);

}  // namespace jobtally::cli
