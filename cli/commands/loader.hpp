// `export --exec`: a command that reads a stream on its stdin and says by its exit status whether
// it took it.
#pragma once

#include "core/base/file.hpp"

#include <string>
#include <string_view>

#include <sys/types.h>

namespace jobtally::cli {

// The command is run by /bin/sh, with stdout, stderr and umask as this program was given them, once
// there is something to read: an empty stream needs no receipt.
class Loader {
  public:
    explicit Loader(std::string command) : m_command(std::move(command)) {}
    // Ends a command that was not told the end of its stream, and waits for it.
    ~Loader();
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;

    // Throws Error when the command can't be run or has stopped reading.
    void write(std::string_view bytes);
    // Waits for the command. Throws Error unless it ended with 0 and read every byte.
    void finish();

  private:
    void start();
    int wait();
    [[noreturn]] void refuse(int status) const;

    std::string m_command;
    pid_t m_child = -1;
    Descriptor m_pipe;
};

}  // namespace jobtally::cli
