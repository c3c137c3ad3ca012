#include "core/listen/sockets/descriptors.hpp"

#include "core/base/file.hpp"

#include <algorithm>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

namespace jobtally::listen {

std::optional<std::uint64_t> open_descriptors() {
    std::uint64_t open = 0;
    if (for_each_name("/proc/self/fd", [&](const char*) { return ++open > 0; }) != 0)
        return std::nullopt;
    return open - 1;  // that of this folder itself, which is open while it is read
}

std::uint64_t descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

std::uint64_t allow_descriptors(std::uint64_t wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= wanted) return limit.rlim_cur;
    limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    return descriptor_limit();
}

std::uint64_t connections_within(std::uint64_t descriptors) {
    return descriptors > 2 * spare_descriptors ? descriptors - spare_descriptors
                                               : std::max<std::uint64_t>(1, descriptors / 2);
}

ProcessUse process_use() {
    ProcessUse use;
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    for (const auto& part : {used.ru_utime, used.ru_stime})
        use.cpu += std::chrono::seconds(part.tv_sec) + std::chrono::microseconds(part.tv_usec);
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::ifstream("/proc/self/statm") >> use.virtual_bytes >> use.resident_bytes;
    use.virtual_bytes *= page;
    use.resident_bytes *= page;
    return use;
}

}  // namespace jobtally::listen
