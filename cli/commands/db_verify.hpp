// `jobtally db verify`: the checks of a store.
#pragma once

#include "cli/application.hpp"

namespace jobtally::cli {

void add_db_verify(Application& application, CLI::App& db);

}  // namespace jobtally::cli
