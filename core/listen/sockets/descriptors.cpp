#include "core/listen/sockets/descriptors.hpp"

#include "core/base/file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace jobtally::listen {
namespace {

namespace fs = std::filesystem;

// A handshake that is done and half a header behind it; measured with OpenSSL 3.0.
constexpr std::uint64_t bytes_of_tls_connection = 112 << 10, bytes_of_connection = 32 << 10;

// The least of a group and those around it. In a container the folder of its own may be the root.
std::optional<std::uint64_t> least_limit(const fs::path& root, fs::path group, const char* name) {
    std::optional<std::uint64_t> least;
    for (;; group = group.parent_path()) {
        std::uint64_t limit = 0;
        if (std::ifstream(root / group.relative_path() / name) >> limit)
            least = std::min(limit, least.value_or(limit));
        if (!group.has_relative_path()) return least;
    }
}

}  // namespace

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

// cgroups(7): a line is `0::/GROUP` of the second version, `NUMBER:memory:/GROUP` of the first.
std::optional<std::uint64_t> memory_limit() {
    constexpr std::uint64_t nearly_all = std::uint64_t{1} << 60;  // the first version has no "max"
    std::optional<std::uint64_t> least;
    std::ifstream groups("/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        const auto end = line.rfind(':');
        const auto begin = line.find(':');
        if (end == begin) continue;
        const auto kinds = "," + line.substr(begin + 1, end - begin - 1) + ",";
        const bool is_second = kinds == ",,";
        if (!is_second && kinds.find(",memory,") == std::string::npos) continue;
        const auto limit =
            least_limit(is_second ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory",
                        line.substr(end + 1), is_second ? "memory.max" : "memory.limit_in_bytes");
        if (limit && *limit < nearly_all) least = std::min(*limit, least.value_or(*limit));
    }
    return least;
}

std::uint64_t connections_within_memory(std::uint64_t bytes, bool are_tls) {
    const auto each = are_tls ? bytes_of_tls_connection : bytes_of_connection;
    return std::max<std::uint64_t>(1, bytes / 2 / each);
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
