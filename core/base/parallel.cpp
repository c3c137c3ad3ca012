#include "core/base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace jobtally {

void for_parts(std::size_t count, std::size_t part,
               const std::function<void(std::size_t begin, std::size_t end)>& act) {
    std::atomic<std::size_t> next = 0;
    std::exception_ptr first;
    std::mutex of_first;
    const auto work = [&] {
        try {
            for (;;) {
                const std::size_t begin = next.fetch_add(part);
                if (begin >= count) return;
                act(begin, std::min(begin + part, count));
            }
        } catch (...) {
            const std::lock_guard lock(of_first);
            if (!first) first = std::current_exception();
            next = count;
        }
    };
    const std::size_t parts = (count + part - 1) / part;
    const std::size_t wanted =
        std::min<std::size_t>(parts, std::max(1U, std::thread::hardware_concurrency()));
    {
        std::vector<std::jthread> others;
        try {
            while (others.size() + 1 < wanted) others.emplace_back(work);
        } catch (const std::system_error&) {
            // a limit of processes: those that there are do it all
        }
        work();
    }
    if (first) std::rethrow_exception(first);
}

}  // namespace jobtally
