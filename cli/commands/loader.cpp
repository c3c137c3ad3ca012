#include "cli/commands/loader.hpp"

#include "cli/options/output.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

// In the child of fork(): never returns.
[[noreturn]] void become(const char* command, int input) {
    std::signal(SIGPIPE, SIG_DFL);  // main() ignores both, and a command expects neither
    std::signal(SIGXFSZ, SIG_DFL);
    ::umask(keep_files_private());
    if (::dup2(input, STDIN_FILENO) >= 0) ::execl("/bin/sh", "sh", "-c", command, nullptr);
    ::_exit(127);
}

}  // namespace

Loader::~Loader() {
    if (m_child < 0) return;
    ::kill(m_child, SIGTERM);  // before its stream ends, which must not look like its end
    wait();
}

void Loader::start() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw IoError(std::string("pipe: ") + std::strerror(errno));
    const Descriptor input(ends[0]);
    m_pipe = Descriptor(ends[1]);
    m_child = ::fork();
    if (m_child == 0) become(m_command.c_str(), input.number());
    if (m_child < 0) throw IoError(std::string("fork: ") + std::strerror(errno));
}

int Loader::wait() {
    m_pipe = Descriptor();
    int status = 0;
    while (::waitpid(m_child, &status, 0) < 0 && errno == EINTR) {
    }
    m_child = -1;
    return status;
}

void Loader::refuse(int status) const {
    const auto command = in_short_quotes(m_command);
    const char* const hint = "the cursor stays: the next run hands the same reports over again";
    if (WIFSIGNALED(status))
        throw Error(fmt::format("{} was ended by signal {}", command, WTERMSIG(status)), hint);
    if (WEXITSTATUS(status) != 0)
        throw Error(fmt::format("{} ended with status {}", command, WEXITSTATUS(status)), hint);
    throw Error(fmt::format("{} ended before it had read all reports", command), hint);
}

void Loader::write(std::string_view bytes) {
    if (bytes.empty()) return;
    if (m_child < 0) start();
    const int error = write_all(m_pipe.number(), bytes);
    if (error == EPIPE) refuse(wait());
    if (error != 0) throw IoError(std::string("pipe: ") + std::strerror(error));
}

void Loader::finish() {
    if (m_child < 0) return;
    // Keeps what the command leaves in the pipe, to be seen when it has ended.
    const auto name = fmt::format("/proc/self/fd/{}", m_pipe.number());
    const Descriptor rest(::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    const int status = wait();
    int unread = 0;
    if (rest) ::ioctl(rest.number(), FIONREAD, &unread);
    if (status != 0 || unread > 0) refuse(status);
}

}  // namespace jobtally::cli
