/* Breaks the store of the program that it is preloaded into, for the controls of the proofs: each must notice.
   JOBTALLY_BREAK=normal commits with synchronous=NORMAL; nosync leaves fsync() out; spool drops what is written to a
   spool, and says that it was written; lie rolls back what should be committed, from the seventh time on; unlock
   opens and closes each file that was locked, by which all locks on it go; clock puts the clock ahead by as many
   seconds as the file JOBTALLY_AHEAD has bytes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

typedef int exec_function(void*, const char*, void*, void*, char**);

static const char* asked(void) {
    const char* how = getenv("JOBTALLY_BREAK");
    return how != NULL ? how : "";
}

static int breaks(const char* how) {
    return strcmp(asked(), how) == 0;
}

int sqlite3_exec(void* database, const char* sql, void* row, void* context, char** error) {
    static int commits = 0;
    exec_function* real = (exec_function*)dlsym(RTLD_NEXT, "sqlite3_exec");
    if (breaks("lie") && strcmp(sql, "COMMIT") == 0 && ++commits > 6) sql = "ROLLBACK";
    int code = real(database, sql, row, context, error);
    if (code == 0 && breaks("normal") && strstr(sql, "synchronous=FULL") != NULL)
        code = real(database, "PRAGMA synchronous=NORMAL", NULL, NULL, error);
    return code;
}

static int ends_with(int file, const char* ending) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = readlink(link, path, sizeof path), wanted = (ssize_t)strlen(ending);
    return length > wanted && memcmp(path + length - wanted, ending, (size_t)wanted) == 0;
}

int fcntl64(int file, int command, ...) {
    int (*real)(int, int, ...) = (int (*)(int, int, ...))dlsym(RTLD_NEXT, "fcntl64");
    va_list more;
    va_start(more, command);
    void* const argument = va_arg(more, void*);
    va_end(more);
    const int result = real(file, command, argument);
    if (breaks("unlock") && command == F_SETLK && ends_with(file, ".db")) {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", file);
        close(open(link, O_RDONLY));
    }
    return result;
}

int fsync(int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return breaks("nosync") ? 0 : real(file);
}

ssize_t write(int file, const void* bytes, size_t count) {
    ssize_t (*real)(int, const void*, size_t) = (ssize_t(*)(int, const void*, size_t))dlsym(RTLD_NEXT, "write");
    return breaks("spool") && ends_with(file, ".part") ? (ssize_t)count : real(file, bytes, count);
}

int clock_gettime(clockid_t clock, struct timespec* now) {
    struct stat ahead;
    const int code = (int)syscall(SYS_clock_gettime, clock, now);
    if (clock == CLOCK_REALTIME && breaks("clock") && stat(getenv("JOBTALLY_AHEAD"), &ahead) == 0)
        now->tv_sec += ahead.st_size;
    return code;
}
