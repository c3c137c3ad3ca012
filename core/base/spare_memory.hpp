// Memory for when there is none: who can't get much for a large body can still get the little that
// it takes to answer, to log and to count that.
#pragma once

namespace jobtally {

// Sets some aside, in small pieces, and makes it whole again after it was given up; else does next
// to nothing. From then on operator new gives it up before it throws. Call it in one thread.
void keep_spare_memory() noexcept;

}  // namespace jobtally
