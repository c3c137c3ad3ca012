// `jobtally db prune`: deleting what is old.
#pragma once

#include "cli/application.hpp"

namespace jobtally::cli {

void add_db_prune(Application& application, CLI::App& db);

}  // namespace jobtally::cli
