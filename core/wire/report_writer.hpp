// Writes a report as the platform's webhook sends it.
#pragma once

#include "core/model/report.hpp"

#include <string>

namespace jobtally::wire {

// Appends one JSON object on one line without a line break: first the known members, without those
// that have no value, then the unknown members. Reading it again gives an equal report.
void append_report(std::string& out, const model::JobReport& report);

}  // namespace jobtally::wire
