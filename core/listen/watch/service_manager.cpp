#include "core/listen/watch/service_manager.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace jobtally::listen {
namespace {

constexpr int first_passed = 3;  // SD_LISTEN_FDS_START
constexpr int most_passed = 1024;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::string take_variable(const char* name) {
    auto value = variable(name);
    ::unsetenv(name);
    return value;
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || problem != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

bool is_us(std::string_view pid) {
    return number(pid) == static_cast<std::uint64_t>(::getpid());
}

std::uint64_t monotonic_micros() {
    std::timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
}

// Removes the first name from a colon-separated list and returns it.
std::string_view next_name(std::string_view& names) {
    const auto name = names.substr(0, names.find(':'));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    return name;
}

}  // namespace

PassedSockets take_passed_sockets() {
    const auto pid = take_variable("LISTEN_PID");
    const auto count_text = take_variable("LISTEN_FDS");
    const auto names_text = take_variable("LISTEN_FDNAMES");
    PassedSockets passed;
    if (!is_us(pid)) return passed;
    const auto count = number(count_text);
    if (!count || *count > most_passed)
        throw UsageError(fmt::format("LISTEN_FDS is \"{}\"", visible(count_text)),
                         "a service manager sets it to the number of sockets that it passes");
    std::string_view names = names_text;
    for (int fd = first_passed; fd < first_passed + static_cast<int>(*count); ++fd) {
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        (next_name(names) == "admin" ? passed.admin : passed.reports).push_back(fd);
    }
    return passed;
}

ServiceManager::ServiceManager() : m_name(variable("NOTIFY_SOCKET")) {
    const bool is_known = m_name.starts_with('/') || m_name.starts_with('@');
    if (!is_known || m_name.size() >= sizeof(sockaddr_un::sun_path)) return;
    if (m_name.front() == '@') m_name.front() = '\0';
    m_socket = Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const timeval patience{1, 0};
    ::setsockopt(m_socket.number(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

void ServiceManager::ready(std::string_view status) {
    const std::lock_guard lock(m_mutex);
    m_status = visible(status);
    tell("READY=1\n" + status_line());
}

void ServiceManager::fails(std::string_view what) {
    const std::lock_guard lock(m_mutex);
    m_trouble = visible(what);
    tell(status_line());
}

std::string ServiceManager::status_line() const {
    const bool has_both = !m_status.empty() && !m_trouble.empty();
    return fmt::format("STATUS={}{}{}", m_status, has_both ? "; " : "", m_trouble);
}

void ServiceManager::reloading() const {
    tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_micros()));
}

void ServiceManager::stopping() const {
    tell("STOPPING=1\nSTATUS=finishing what is under way");
}

void ServiceManager::alive() const {
    tell("WATCHDOG=1");
}

std::optional<std::chrono::microseconds> ServiceManager::watchdog() const {
    const auto micros = number(variable("WATCHDOG_USEC"));
    const auto pid = variable("WATCHDOG_PID");
    const bool is_ours = pid.empty() || is_us(pid);
    if (!m_socket || !is_ours || micros.value_or(0) == 0) return std::nullopt;
    return std::chrono::microseconds(*micros);
}

// Uses sendmsg(), because an abstract name begins with a NUL, so its length must be passed along.
void ServiceManager::tell(std::string_view lines) const {
    if (!m_socket) return;
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    m_name.copy(name.sun_path, sizeof(name.sun_path) - 1);
    iovec piece{const_cast<char*>(lines.data()), lines.size()};
    msghdr message{};
    message.msg_name = &name;
    message.msg_namelen = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + m_name.size());
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    ::sendmsg(m_socket.number(), &message, MSG_NOSIGNAL);
}

}  // namespace jobtally::listen
