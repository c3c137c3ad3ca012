#include "cli/signals.hpp"

#include "core/base/error.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <string>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

constexpr int pause_without_memory = 100;  // milliseconds

sigset_t our_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
    return set;
}

Descriptor checked(int descriptor) {
    if (descriptor < 0)
        throw Error(std::string("cannot wait for signals: ") + std::strerror(errno));
    return Descriptor(descriptor);
}

// In a signal handler.
[[noreturn]] void end_with(const char* words) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, words, std::strlen(words));
    ::_exit(1);
}

}  // namespace

void hold_signals() {
    const auto set = our_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void end_with_0_on_signals() {
    struct sigaction ending {};
    ending.sa_handler = [](int) { ::_exit(0); };
    for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &ending, nullptr);
}

void end_with_words_on_interrupt(const char* words) {
    static const char* said;
    said = words;
    struct sigaction ending {};
    ending.sa_handler = [](int) { end_with(said); };
    ::sigaction(SIGINT, &ending, nullptr);
}

void end_with_words_on_lost_pages() {
    struct sigaction ending {};
    ending.sa_handler = [](int) {
        end_with(
            "jobtally: error: a page of the store's index is gone: its disk is full, or a file was "
            "cut\njobtally: hint: make room beside the store, then start again: what was "
            "acknowledged is in it\n");
    };
    ::sigaction(SIGBUS, &ending, nullptr);
}

SignalThread::SignalThread(std::function<void()> stop, std::function<void()> reload)
    : m_stop(std::move(stop)), m_reload(std::move(reload)) {
    const auto set = our_signals();
    m_signals = checked(::signalfd(-1, &set, SFD_CLOEXEC));
    m_end = checked(::eventfd(0, EFD_CLOEXEC));
    m_thread = std::thread([this] { wait_for_signals(); });
}

SignalThread::~SignalThread() {
    ::eventfd_write(m_end.number(), 1);
    m_thread.join();
}

void SignalThread::wait_for_signals() {
    pollfd waits[] = {{m_signals.number(), POLLIN, 0}, {m_end.number(), POLLIN, 0}};
    std::uint32_t taken = 0;
    while (true) {
        if (::poll(waits, 2, taken != 0 ? pause_without_memory : -1) < 0 && errno != EINTR) return;
        if (waits[1].revents != 0) return;
        signalfd_siginfo info{};
        if (waits[0].revents != 0) {
            if (::read(m_signals.number(), &info, sizeof info) != sizeof info) return;
            taken = info.ssi_signo;
        }
        if (taken != 0 && act_on(taken)) taken = 0;
    }
}

bool SignalThread::act_on(std::uint32_t signal) const {
    try {
        signal == SIGHUP ? m_reload() : m_stop();
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

}  // namespace jobtally::cli
