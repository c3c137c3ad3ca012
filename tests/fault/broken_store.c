/* Breaks the store of the program that it is preloaded into, for the controls of the proofs: each must notice.
   JOBTALLY_BREAK=normal commits with synchronous=NORMAL; nosync leaves fsync() out; drop drops what is written to a
   write-ahead log beyond the first MiB, and says that it was written. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int exec_function(void*, const char*, void*, void*, char**);
typedef ssize_t write_function(int, const void*, size_t, off64_t);

static int breaks(const char* how) {
    const char* asked = getenv("JOBTALLY_BREAK");
    return asked != NULL && strcmp(asked, how) == 0;
}

int sqlite3_exec(void* database, const char* sql, void* row, void* context, char** error) {
    exec_function* real = (exec_function*)dlsym(RTLD_NEXT, "sqlite3_exec");
    int code = real(database, sql, row, context, error);
    if (code == 0 && breaks("normal") && strstr(sql, "synchronous=FULL") != NULL)
        code = real(database, "PRAGMA synchronous=NORMAL", NULL, NULL, error);
    return code;
}

static int is_log(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path);
    return length > 4 && memcmp(path + length - 4, "-wal", 4) == 0;
}

int fsync(int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return breaks("nosync") ? 0 : real(file);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
    static size_t written = 0;
    write_function* real = (write_function*)dlsym(RTLD_NEXT, "pwrite64");
    if (!breaks("drop") || !is_log(file)) return real(file, bytes, count, offset);
    written += count;
    return written > 1 << 20 ? (ssize_t)count : real(file, bytes, count, offset);
}
