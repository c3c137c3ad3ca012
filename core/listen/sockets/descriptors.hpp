// What this process has of the system: open files and how many it may have, memory, processor time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace jobtally::listen {

// None where /proc is not there, or where no descriptor is left to look.
std::optional<std::uint64_t> open_descriptors();
std::uint64_t descriptor_limit();

// Raises the soft limit towards `wanted` as far as the hard one allows; returns what it is then.
std::uint64_t allow_descriptors(std::uint64_t wanted);

// For everything but connections: the store, its log and lock, the spool, the admin address, the
// standard streams.
constexpr std::uint64_t spare_descriptors = 64;
// How many connections leave enough of so many descriptors to all else; at least 1. Where there are
// few, half of them are for connections.
std::uint64_t connections_within(std::uint64_t descriptors);

// How many bytes of memory the control group of this process may use, or one around it: who asks
// for more is killed, and never told that there is none. None where nothing is limited.
std::optional<std::uint64_t> memory_limit();
// How many connections leave half of so much memory to all else; at least 1.
std::uint64_t connections_within_memory(std::uint64_t bytes, bool are_tls);

// What this process has used so far, and holds now; 0 where that is unknown.
struct ProcessUse {
    std::chrono::microseconds cpu{0};  // user and system time
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
};
ProcessUse process_use();

}  // namespace jobtally::listen
