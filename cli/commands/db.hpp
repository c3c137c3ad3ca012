// The commands below `jobtally db`. add_db_backup() stands in db_backup.cpp, and so on.
#pragma once

#include "cli/application.hpp"

namespace jobtally::cli {

void add_db_backup(Application& application, CLI::App& db);
void add_db_restore(Application& application, CLI::App& db);
void add_db_verify(Application& application, CLI::App& db);
void add_db_prune(Application& application, CLI::App& db);
void add_db_rejected(Application& application, CLI::App& db);
void add_db_sql(Application& application, CLI::App& db);

}  // namespace jobtally::cli
