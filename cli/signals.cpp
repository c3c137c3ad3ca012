#include "cli/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "core/base/error.hpp"

namespace jobtally::cli {

Signals::Signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_descriptor = ::signalfd(-1, &set, SFD_CLOEXEC);
    m_end = ::eventfd(0, EFD_CLOEXEC);
    if (m_descriptor < 0 || m_end < 0) {
        throw Error(std::string("cannot wait for signals: ") + std::strerror(errno));
    }
}

Signals::~Signals() {
    ::eventfd_write(m_end, 1);
    if (m_thread.joinable()) m_thread.join();
    ::close(m_descriptor);
    ::close(m_end);
}

void Signals::on(std::function<void()> stop, std::function<void()> reload) {
    m_stop = std::move(stop);
    m_reload = std::move(reload);
    m_thread = std::thread([this] { wait_for_signals(); });
}

void Signals::wait_for_signals() {
    pollfd waits[] = {{m_descriptor, POLLIN, 0}, {m_end, POLLIN, 0}};
    while (true) {
        if (::poll(waits, 2, -1) < 0 && errno != EINTR) return;
        if (waits[1].revents != 0) return;
        if (waits[0].revents == 0) continue;
        signalfd_siginfo info{};
        if (::read(m_descriptor, &info, sizeof info) != sizeof info) return;
        info.ssi_signo == SIGHUP ? m_reload() : m_stop();
    }
}

}  // namespace jobtally::cli
