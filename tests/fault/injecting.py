"""strace as the thing that goes wrong: a signal or an error at the N-th call of a kind.

Each thread of a program counts by itself. A signal comes before the call, so the N-th is not carried out any more.
"""

import collections
import os
import re

CALLS = ("openat", "write", "pwrite64", "fdatasync", "fsync", "ftruncate", "sendto", "mkdir", "link", "rename",
         "unlink")
LINE = re.compile(r"(\d+) +(?:<\.\.\. )?(\w+)[( ]")


def words(call, what, when, trace="/dev/null"):
    """What to put in front of a command. what: signal=SIGKILL, error=EIO; when: 3, 3+ (from then on)."""
    return [*strace(trace), "-e", "trace=" + call, "-e", "inject=%s:%s:when=%s" % (call, what, when)]


def counting(trace):
    """What to put in front of a command whose calls are to be counted."""
    return [*strace(trace), "-e", "trace=" + ",".join(CALLS)]


def strace(trace):
    """-D: the command, and not strace, is the child that is waited for."""
    return ["strace", "-D", "-f", "-y", "-qqq", "-s", "0", "-e", "signal=none", "-o", trace]


def last_calls(trace):
    """{call: the most that one thread made}."""
    counts = collections.Counter()
    with open(trace, errors="replace") as lines:
        for line in lines:
            found = LINE.match(line)
            if found and "resumed>" not in line:
                counts[found.groups()] += 1
    os.remove(trace)
    most = collections.Counter()
    for (_, call), count in counts.items():
        most[call] = max(most[call], count)
    return most
