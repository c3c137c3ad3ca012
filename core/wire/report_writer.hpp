// Writes a report as the platform's webhook sends it.
#pragma once

#include "core/model/report.hpp"

#include <string>
#include <string_view>

namespace jobtally::wire {

// Appends one JSON object on one line without a line break: known members first (unknown ones of
// them left out), then the unknown members. Reading it again gives an equal report.
void append_report(std::string& out, const model::JobReport& report);

// Appends `text` (valid UTF-8) as a JSON string with its quotes. Escaped is what JSON demands and
// what is_unseen(): the line may end on a terminal, and means the same.
void append_json_string(std::string& out, std::string_view text);

}  // namespace jobtally::wire
