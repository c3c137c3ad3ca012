#include "core/base/parallel.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"

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

#include <fmt/format.h>

namespace jobtally {

namespace {

constexpr std::size_t most_threads = 8;

}  // namespace

std::optional<std::size_t> threads_wanted() {
    const char* const word = std::getenv("JOBTALLY_THREADS");
    if (word == nullptr || *word == '\0') return std::nullopt;
    const std::string_view text = word;
    const char* const end = text.data() + text.size();
    std::size_t wanted = 0;
    const auto [stop, problem] = std::from_chars(text.data(), end, wanted);
    if (problem == std::errc{} && stop == end && wanted > 0) return std::min(wanted, most_threads);
    throw UsageError(fmt::format("JOBTALLY_THREADS is {}", in_short_quotes(text)),
                     fmt::format("it is a number of threads, 1 to {}", most_threads));
}

std::size_t thread_limit() {
    if (const auto wanted = threads_wanted()) return *wanted;
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, most_threads);
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
