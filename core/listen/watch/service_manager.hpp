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

// Descriptors of sockets that already listen, which the process that passed them may share.
struct PassedSockets {
    std::vector<int> reports;
    std::vector<int> admin;  // those named "admin" (FileDescriptorName=)
};

// Takes LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES out of the environment, and returns the sockets;
// none if the variables are meant for another process. Call it before any thread starts. Throws
// UsageError where LISTEN_FDS is no number.
PassedSockets take_passed_sockets();

// Reports the state of the program to the socket that NOTIFY_SOCKET names, or to nobody if there is
// none. A failure to send throws nothing: the manager decides for itself how long it waits. May be
// used from any thread.
class ServiceManager {
  public:
    ServiceManager();

    void ready(std::string_view status);  // also after reloading()
    // Sets what the status says of a failure; an empty text means that all works again.
    void fails(std::string_view what);
    void reloading() const;
    void stopping() const;
    void alive() const;
    // How often the manager expects alive() to be called; nothing if it does not.
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
