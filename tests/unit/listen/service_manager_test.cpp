// The protocols of a service manager, whose part is played here.
#include "core/listen/watch/service_manager.hpp"

#include "core/base/error.hpp"
#include "tests/support/catch.hpp"

#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

using jobtally::listen::ServiceManager;
using jobtally::listen::take_passed_sockets;

// Sets variables for as long as it lives.
class Environment {
  public:
    Environment(std::initializer_list<std::pair<const std::string, std::string>> values)
        : m_values(values) {
        for (const auto& [name, value] : m_values) ::setenv(name.c_str(), value.c_str(), 1);
    }
    ~Environment() {
        for (const auto& [name, value] : m_values) ::unsetenv(name.c_str());
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

  private:
    std::map<std::string, std::string> m_values;
};

std::string our_pid() {
    return std::to_string(::getpid());
}

// A datagram socket with an abstract name.
class Manager {
  public:
    Manager() : name("@jobtally-test-" + our_pid()) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name.copy(address.sun_path, name.size());
        address.sun_path[0] = '\0';
        m_fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        REQUIRE(::bind(m_fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
    }
    ~Manager() { ::close(m_fd); }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;
    std::string heard() const {
        char room[500];
        const auto size = ::recv(m_fd, room, sizeof room, 0);
        return size < 0 ? "" : std::string(room, static_cast<std::size_t>(size));
    }
    const std::string name;

  private:
    int m_fd;
};

}  // namespace

TEST_CASE("sockets are taken when they are meant for this process, once", "[listen]") {
    CHECK(take_passed_sockets().reports.empty());
    {
        const Environment others{{"LISTEN_PID", "1"}, {"LISTEN_FDS", "2"}};
        CHECK(take_passed_sockets().reports.empty());
    }
    const Environment ours{{"LISTEN_PID", our_pid()},
                           {"LISTEN_FDS", "4"},
                           {"LISTEN_FDNAMES", "one:admin:jobtally.socket"}};
    const auto passed = take_passed_sockets();
    CHECK(passed.reports == std::vector<int>{3, 5, 6});
    CHECK(passed.admin == std::vector<int>{4});
    CHECK(std::getenv("LISTEN_FDS") == nullptr);
    CHECK(std::getenv("LISTEN_FDNAMES") == nullptr);
    CHECK(take_passed_sockets().reports.empty());
}

TEST_CASE("a number of sockets that is none is an error", "[listen]") {
    for (const auto* count : {"", "x", "-1", "1 ", "4000000000"}) {
        const Environment ours{{"LISTEN_PID", our_pid()}, {"LISTEN_FDS", count}};
        CHECK_THROWS_AS(take_passed_sockets(), jobtally::UsageError);
    }
}

TEST_CASE("a service manager hears how it goes", "[listen]") {
    const Manager manager;
    const Environment set{{"NOTIFY_SOCKET", manager.name}};
    ServiceManager notified;
    notified.ready("listening\non it");
    CHECK(manager.heard() == "READY=1\nSTATUS=listening\\non it");
    notified.fails("no room\nleft");
    CHECK(manager.heard() == "STATUS=listening\\non it; no room\\nleft");
    notified.fails({});
    CHECK(manager.heard() == "STATUS=listening\\non it");
    notified.reloading();
    CHECK(manager.heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    notified.alive();
    CHECK(manager.heard() == "WATCHDOG=1");
    notified.stopping();
    CHECK(manager.heard().starts_with("STOPPING=1\n"));
    CHECK_FALSE(notified.watchdog());
}

TEST_CASE("the watchdog is for the process that it names", "[listen]") {
    const Manager manager;
    const Environment set{{"NOTIFY_SOCKET", manager.name}, {"WATCHDOG_USEC", "3000000"}};
    const ServiceManager notified;
    CHECK(notified.watchdog() == std::chrono::seconds(3));
    {
        const Environment others{{"WATCHDOG_PID", "1"}};
        CHECK_FALSE(notified.watchdog());
    }
    const Environment ours{{"WATCHDOG_PID", our_pid()}};
    CHECK(notified.watchdog() == std::chrono::seconds(3));
}

TEST_CASE("without a service manager nothing is said", "[listen]") {
    for (const auto* name : {"", "relative", "vsock:2:1234", "/nobody/listens/here"}) {
        const Environment set{{"NOTIFY_SOCKET", name}};
        ServiceManager nobody;
        CHECK_NOTHROW(nobody.ready("x"));
    }
}
