#include "core/base/file.hpp"

#include "tests/support/catch.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace file_test {

using jobtally::Descriptor;

bool is_open(int number) {
    return ::fcntl(number, F_GETFD) >= 0;
}

}  // namespace file_test

using namespace file_test;

TEST_CASE("a descriptor is closed once, by its last owner", "[base]") {
    int number = -1;
    {
        Descriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        REQUIRE(first);
        number = first.number();
        Descriptor second(std::move(first));
        CHECK_FALSE(first);
        Descriptor third;
        third = std::move(second);
        CHECK(third.number() == number);
        CHECK(is_open(number));
    }
    CHECK_FALSE(is_open(number));
    Descriptor given(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const Descriptor kept(given.release());
    CHECK_FALSE(given);
    CHECK(is_open(kept.number()));
}

TEST_CASE("all bytes are written, or errno is told", "[base]") {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    Descriptor reader(ends[0]);
    const Descriptor writer(ends[1]);
    const std::string bytes(5000, 'x');
    CHECK(jobtally::write_all(writer.number(), bytes) == 0);
    std::string got(6000, '\0');
    CHECK(::read(reader.number(), got.data(), got.size()) == 5000);
    CHECK(jobtally::write_all(reader.number(), bytes) == EBADF);
    const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    CHECK(jobtally::write_all(full.number(), bytes) == ENOSPC);
}

TEST_CASE("only regular files are read, and without waiting", "[base]") {
    char name[] = "/tmp/jobtally-file-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    const std::filesystem::path folder = name;
    std::ofstream(folder / "file") << std::string(100, 'x');
    std::filesystem::create_symlink(folder / "file", folder / "link");
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    using jobtally::read_regular_file;
    CHECK(read_regular_file(folder / "file", 100).bytes == std::string(100, 'x'));
    CHECK(read_regular_file(folder / "file", 100).error == 0);
    CHECK(read_regular_file(folder / "file", 99).error == EFBIG);
    CHECK(read_regular_file(folder / "link", 100).error == 0);
    CHECK(read_regular_file(folder / "link", 100, false).error == ELOOP);
    CHECK(read_regular_file(folder / "fifo", 100).error == EINVAL);
    CHECK(read_regular_file(folder / "none", 100).error == ENOENT);
    CHECK(read_regular_file(folder, 100).error == EISDIR);
    CHECK(read_regular_file(folder / "fifo", 100).problem == "it is not a regular file");
    std::filesystem::remove_all(folder);
}

TEST_CASE("a folder is synced, one that is not there is told", "[base]") {
    CHECK(jobtally::sync_folder("/tmp") == 0);
    CHECK(jobtally::sync_folder("") == 0);
    CHECK(jobtally::sync_folder("/tmp/no such folder of jobtally") == ENOENT);
    CHECK(jobtally::sync_folder("/dev/null") == ENOTDIR);
}
