#include "cli/terminal/pager.hpp"

#include "core/base/error.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

constexpr int not_found = 127;  // of a shell

std::string pager_command() {
    for (const char* name : {"JOBTALLY_PAGER", "PAGER"}) {
        if (const char* value = std::getenv(name)) return value;
    }
    return "if command -v less >/dev/null; then exec less; else exec cat; fi";
}

[[noreturn]] void become_pager(const std::string& command, int text) {
    ::dup2(text, STDIN_FILENO);
    ::setenv("LESS", "FRX", 0);
    ::setenv("LV", "-c", 0);
    std::signal(SIGPIPE, SIG_DFL);
    std::signal(SIGXFSZ, SIG_DFL);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(not_found);
}

}  // namespace

Pager::Pager() {
    const std::string command = pager_command();
    int ends[2];
    if (command.empty() || command == "cat" || ::pipe2(ends, O_CLOEXEC) != 0) return;
    m_process = ::fork();
    if (m_process == 0) become_pager(command, ends[0]);
    ::close(ends[0]);
    if (m_process < 0) {
        ::close(ends[1]);
        return;
    }
    m_descriptor = ends[1];
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGQUIT, SIG_IGN);
}

Pager::~Pager() {
    finish();
}

int Pager::finish() {
    if (m_process < 0) return 0;
    ::close(std::exchange(m_descriptor, -1));
    int status = 0;
    while (::waitpid(m_process, &status, 0) < 0 && errno == EINTR) {
    }
    m_process = -1;
    return status;
}

void Pager::wait() {
    const int status = finish();
    if (WIFEXITED(status) && WEXITSTATUS(status) == not_found)
        throw Error("there is no such pager: \"" + pager_command() + "\"",
                    "name another in JOBTALLY_PAGER, or use --no-pager");
}

}  // namespace jobtally::cli
