// `jobtally db rejected`: what was sent and could not be accepted.
#pragma once

#include "cli/application.hpp"

namespace jobtally::cli {

void add_db_rejected(Application& application, CLI::App& db);

}  // namespace jobtally::cli
