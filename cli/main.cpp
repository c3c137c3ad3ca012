// Parses the command line, runs the command, and turns every error into a message and an exit code.
#include "cli/application.hpp"
#include "cli/options/output.hpp"
#include "cli/signals.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/error.hpp"

#include <csignal>
#include <exception>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace jobtally;

// `parses`: not yet done.
int run(cli::Application& application, int argc, char* argv[], bool parses) {
    try {
        const auto exit_code = parses ? application.parse(argc, argv) : std::nullopt;
        return exit_code ? *exit_code : application.run();
    } catch (const cli::ClosedPipe&) {
        return cli::exit_done;
    } catch (const UsageError& error) {
        return application.tell(error, cli::exit_usage);
    } catch (const Error& error) {
        return application.tell(error, cli::exit_error);
    } catch (const std::bad_alloc&) {
        return application.tell(Error("out of memory"), cli::exit_error);
    } catch (const std::system_error& error) {
        return application.tell(Error(error.what()), cli::exit_error);
    } catch (const std::exception& error) {
        return application.tell(
            Error(error.what(), "this is a defect of jobtally: please report it"), cli::exit_error);
    }
}

// Opens /dev/null in place of each standard stream that is closed: otherwise the first files that
// are opened would get the numbers 0 to 2, and messages would be written into them. Each is opened
// for the wrong direction, so that using it is an error, as using the closed stream was.
void open_standard_streams() {
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        const bool is_open = ::fcntl(number, F_GETFD) >= 0;
        if (!is_open) ::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

}  // namespace

int main(int argc, char* argv[]) {
    open_standard_streams();
    cli::keep_files_private();
    cli::end_with_words_on_lost_pages();
    std::signal(SIGPIPE, SIG_IGN);  // write() returns EPIPE instead, which ends the program quietly
    std::signal(SIGXFSZ, SIG_IGN);  // write() returns EFBIG instead
    // To make all commands takes longer than many an answer.
    cli::Application application(argc > 1 ? argv[1] : "");
    if (application.has_all_commands()) return run(application, argc, argv, true);
    if (application.understands(argc, argv)) return run(application, argc, argv, false);
    cli::Application whole;
    return run(whole, argc, argv, true);
}
