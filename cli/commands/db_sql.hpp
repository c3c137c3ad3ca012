// `jobtally db sql`: a question in SQL that only reads.
#pragma once

#include "cli/application.hpp"

namespace jobtally::cli {

void add_db_sql(Application& application, CLI::App& db);

}  // namespace jobtally::cli
