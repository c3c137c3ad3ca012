// Writes a report as the platform's webhook sends it.
#pragma once

#include "core/model/report.hpp"

#include <cstdint>
#include <string>

namespace jobtally::wire {

enum class Members : std::uint8_t { all, known };

// Appends one JSON object on one line without a line break: first the known members, without those
// that have no value, then the unknown members. Reading it again gives an equal report.
void append_report(std::string& out, const model::JobReport& report,
                   Members members = Members::all);

}  // namespace jobtally::wire
