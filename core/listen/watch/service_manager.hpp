// What a service manager hands over and wants to hear: the protocols of sd_listen_fds(3) and
// sd_notify(3), without their library.
#pragma once

#include "core/base/file.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::listen {

// Descriptors of sockets that listen already. They are shared with who passed them.
struct PassedSockets {
    std::vector<int> reports;
    std::vector<int> admin;  // those named "admin" (FileDescriptorName=)
};

// Takes LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES out of the environment; none where they are meant
// for another process. Call it before there are threads. Throws UsageError where LISTEN_FDS is no
// number.
PassedSockets take_passed_sockets();

// Says how it goes, to the socket that NOTIFY_SOCKET names; silent where there is none. Nothing is
// thrown when that fails: the manager's patience is its own. From any thread.
class ServiceManager {
  public:
    ServiceManager();

    void ready(std::string_view status);  // also after reloading()
    // Stands behind the status until it works again; empty: it does.
    void fails(std::string_view what);
    void reloading() const;
    void stopping() const;
    void alive() const;
    // How often it wants to hear alive(); none: never.
    std::optional<std::chrono::microseconds> watchdog() const;

  private:
    void tell(std::string_view lines) const;
    std::string status_line() const;

    std::string m_name;   // of the socket, as the kernel has it
    Descriptor m_socket;  // kept: it must work when no descriptor is left
    std::mutex m_mutex;
    std::string m_status;
    std::string m_trouble;
};

}  // namespace jobtally::listen
