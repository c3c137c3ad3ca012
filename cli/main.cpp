// Parse, run, and turn whatever went wrong into a message and an exit code.
#include "cli/application.hpp"
#include "cli/messages.hpp"
#include "core/base/error.hpp"

#include <csignal>
#include <exception>

namespace {

int run(int argc, char* argv[]) {
    using namespace jobtally;
    try {
        cli::Application application;
        if (auto exit_code = application.parse(argc, argv)) return *exit_code;
        return application.run();
    } catch (const cli::ClosedPipe&) {
        return cli::exit_done;
    } catch (const UsageError& error) {
        cli::print_error(error);
        return cli::exit_usage;
    } catch (const Error& error) {
        cli::print_error(error);
        return cli::exit_error;
    } catch (const std::bad_alloc&) {
        cli::print_error(Error("out of memory"));
        return cli::exit_error;
    } catch (const std::exception& error) {
        cli::print_error(Error(error.what(), "this is a defect of jobtally: please report it"));
        return cli::exit_error;
    }
}

}  // namespace

int main(int argc, char* argv[]) {
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe shows as EPIPE, which ends us quietly
    return run(argc, argv);
}
