// Memory for when there is none: who can't get much for a large body can still get the little that
// it takes to answer, to log and to count that.
#pragma once

#include <cstddef>

namespace jobtally {

// Sets some aside, in small pieces, and makes it whole again after it was given up; else does next
// to nothing. From then on operator new gives it up before it throws. Call it in one thread.
void keep_spare_memory() noexcept;
// False while it is given up. From any thread.
bool has_spare_memory() noexcept;
// Gives it to whoever asks next, and does not ask by operator new. From any thread.
void spend_spare_memory() noexcept;
// Whether so many bytes could be had at this moment, without it.
bool has_memory_for(std::size_t bytes) noexcept;

// Where the address space is limited: a thread would reserve most of it for itself, and large
// bodies would leave gaps. Call it before there are threads.
void save_address_space() noexcept;

}  // namespace jobtally
