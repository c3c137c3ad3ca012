// The open files of this process, and how many it may have.
#pragma once

#include <cstdint>
#include <optional>

namespace jobtally::listen {

// None where /proc is not there, or where no descriptor is left to look.
std::optional<std::uint64_t> open_descriptors();
std::uint64_t descriptor_limit();

// Raises the soft limit towards `wanted` as far as the hard one allows; returns what it is then.
std::uint64_t allow_descriptors(std::uint64_t wanted);

}  // namespace jobtally::listen
