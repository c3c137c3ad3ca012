// How a cell is spelled: exactly for machines, readably for people.
#pragma once

#include "core/render/text/renderer.hpp"
#include "core/table/result_table.hpp"

#include <string>

namespace jobtally::render {

// As machines see it: 0.5 (the shortest decimal that reads back as the same double), 1.285,
// 2020-11-21T14:26:10.345Z; empty where unknown. Texts are as they came, control characters and
// all; lists are joined by `; `; JSON is on one line.
std::string plain_text(const table::Cell& cell);
// The same with texts made visible; neither quoted nor guarded.
std::string machine_text(const table::Cell& cell);

// As a person sees it, with controls made visible: `50.0 %`, `1.29 s`, local time; `-` where
// unknown.
std::string human_text(const table::Cell& cell, const Style& style);

// `2026-11-01 00:00 to 2026-11-08 00:00 Europe/Paris, by created_at`; `all reports` where both
// ends are open.
std::string window_text(const table::Window& window, const Style& style);

}  // namespace jobtally::render
