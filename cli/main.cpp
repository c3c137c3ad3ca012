// Parse, run, and turn whatever went wrong into a message and an exit code.
#include "cli/application.hpp"
#include "cli/messages.hpp"
#include "cli/private_files.hpp"
#include "core/base/error.hpp"

#include <csignal>
#include <exception>

namespace {

using namespace jobtally;

int run(cli::Application& application, int argc, char* argv[]) {
    try {
        if (auto exit_code = application.parse(argc, argv)) return *exit_code;
        return application.run();
    } catch (const cli::ClosedPipe&) {
        return cli::exit_done;
    } catch (const UsageError& error) {
        return application.tell(error, cli::exit_usage);
    } catch (const Error& error) {
        return application.tell(error, cli::exit_error);
    } catch (const std::bad_alloc&) {
        return application.tell(Error("out of memory"), cli::exit_error);
    } catch (const std::exception& error) {
        return application.tell(
            Error(error.what(), "this is a defect of jobtally: please report it"), cli::exit_error);
    }
}

}  // namespace

int main(int argc, char* argv[]) {
    cli::keep_files_private();
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe shows as EPIPE, which ends us quietly
    cli::Application application;
    return run(application, argc, argv);
}
