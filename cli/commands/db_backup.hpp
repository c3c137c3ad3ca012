// `jobtally db backup`.
#pragma once

#include "cli/application.hpp"

namespace jobtally::cli {

void add_db_backup(Application& application, CLI::App& db);

}  // namespace jobtally::cli
