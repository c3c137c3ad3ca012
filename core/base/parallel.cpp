#include "core/base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace jobtally {

std::size_t thread_limit() {
    constexpr unsigned most = 8;
    const std::size_t processors = std::clamp(std::thread::hardware_concurrency(), 1U, most);
    const char* const word = std::getenv("JOBTALLY_THREADS");
    if (word == nullptr) return processors;
    const std::string_view text = word;
    std::size_t wanted = 0;
    std::from_chars(text.data(), text.data() + text.size(), wanted);
    return wanted == 0 ? processors : std::min<std::size_t>(wanted, most);
}

void for_workers(std::size_t count, const std::function<void(std::size_t worker)>& act) {
    std::exception_ptr first;
    std::mutex of_first;
    const auto work = [&](std::size_t worker) {
        try {
            act(worker);
        } catch (...) {
            const std::lock_guard lock(of_first);
            if (!first) first = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> others;
        try {
            while (others.size() + 1 < count) others.emplace_back(work, others.size() + 1);
        } catch (const std::system_error&) {
            // a limit of processes: those that there are do it all
        }
        work(0);
    }
    if (first) std::rethrow_exception(first);
}

void for_parts(std::size_t count, std::size_t part,
               const std::function<void(std::size_t begin, std::size_t end)>& act) {
    std::atomic<std::size_t> next = 0;
    const std::size_t parts = (count + part - 1) / part;
    for_workers(std::min(parts, thread_limit()), [&](std::size_t) {
        try {
            for (;;) {
                const std::size_t begin = next.fetch_add(part);
                if (begin >= count) return;
                act(begin, std::min(begin + part, count));
            }
        } catch (...) {
            next = count;
            throw;
        }
    });
}

}  // namespace jobtally
