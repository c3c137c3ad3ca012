"""What counts: callgrind the instructions, strace the system calls. A work gets a program that runs the counted one."""

import re
import time

# How often these are called depends on who is faster, the program or the test; all others come out the same each time.
UNSTEADY = {"epoll_wait", "futex", "recvfrom", "restart_syscall", "sched_yield", "timerfd_settime"}
# Figures of their own: what costs most, of disk and network, and SQLite's locks and looks.
APART = {"fcntl", "fdatasync", "newfstatat", "pread64", "pwrite64", "read", "sendto"}
PATIENCE = 30  # seconds


def write_program(folder, words):
    path = folder / "counted"
    path.write_text("#!/bin/sh\nexec %s \"$@\"\n" % " ".join("'%s'" % word for word in words))
    path.chmod(0o755)
    return path


def instructions(program, folder, work):
    """Of all threads, from the first of the dynamic linker to the last."""
    counted = folder / "callgrind.out"
    work(write_program(folder, ["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=%s" % counted, program]))
    return int(re.search(r"^(?:summary|totals): (\d+)", counted.read_text(), re.MULTILINE).group(1))


def system_calls(program, folder, work):
    """{name: calls}, with "other calls" for all other steady ones."""
    counted = folder / "strace.out"
    counted.unlink(missing_ok=True)
    # -D: the program, and not strace, is the child that is waited for.
    work(write_program(folder, ["strace", "-D", "-f", "-c", "-U", "calls,name", "-qqq", "-e", "signal=none",
                                "-o", counted, program]))
    calls = dict((name, int(count)) for count, name in re.findall(r"^ *(\d+) +(\w+)$", when_whole(counted), re.MULTILINE))
    apart = {name: count for name, count in calls.items() if name in APART}
    others = sum(count for name, count in calls.items() if name not in APART | UNSTEADY | {"total"})
    return {**apart, "other calls": others}


def when_whole(path):
    """strace ends, and writes, some time after the program that it counts."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        text = path.read_text() if path.exists() else ""
        if re.search(r" total\n", text):
            return text
        time.sleep(0.02)
    raise RuntimeError("strace counted nothing")
