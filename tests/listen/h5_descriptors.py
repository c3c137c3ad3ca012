#!/usr/bin/env python3
"""H5: 64 descriptors and 1,000 connections. No crash, no busy loop, honest requests meanwhile, and recovery.

Usage: h5_descriptors.py PATH-OF-JOBTALLY [--long]. Three cases: the listener starts with a limit of 64 descriptors; the
limit falls while it runs, once with connections that are idle and can give way, once with half a request on each, so that
none can. Some descriptors always stay free, for the spool. The control is a limit that leaves room for all. --long holds the flood for a minute.
"""
import argparse
import os
import resource
import signal
import socket
import sys
import tempfile
import time

import admin
import listener
from listener import post, read_answer, report

CONNECTIONS = 1000
DESCRIPTORS = 64
SPARE = 8
AT_REST = 24  # without connections
# Of one core, while 1,000 silent connections are held. A loop that spins would take all of it.
MOST_CPU = 0.10


def cpu_seconds(pid):
    fields = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def open_descriptors(pid):
    """0 where this is not root, who alone may look."""
    return len(os.listdir("/proc/%d/fd" % pid)) if os.geteuid() == 0 else 0


def is_served(running, id, patience=30):
    """The seconds that an honest request took, trying again where the connection was closed unanswered."""
    began = time.time()
    while time.time() - began < patience and running.process.poll() is None:
        try:
            with running.connect(timeout=patience) as connection:
                connection.sendall(post(report(id)))
                if read_answer(connection)[0].status == 200:
                    return time.time() - began
        except OSError:
            pass
    return None


def flood(running, first_bytes):
    """They and their first bytes come at once, so that none of them is idle when it is accepted."""
    os.kill(running.process.pid, signal.SIGSTOP)
    held = []
    for _ in range(CONNECTIONS):
        connection = socket.create_connection(("127.0.0.1", running.port), timeout=10)
        connection.sendall(first_bytes)
        held.append(connection)
    os.kill(running.process.pid, signal.SIGCONT)
    return held


def case(name, seconds, falls_later, first_bytes=b"", allowed=DESCRIPTORS):
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        limit = (allowed, allowed)
        if not falls_later:
            program, listener.PROGRAM = listener.PROGRAM, os.path.join(folder, "limited")
            with open(listener.PROGRAM, "w") as script:
                script.write("#!/bin/sh\nulimit -n %d && exec %s \"$@\"\n" % (allowed, program))
            os.chmod(listener.PROGRAM, 0o700)
        running = admin.AdminListener(os.path.join(folder, "store.db"), "--admin", "127.0.0.1:0", "--timeout", "60s")
        if not falls_later:
            listener.PROGRAM = program
        pid = running.process.pid
        if is_served(running, "before") is None:
            problems.append("no answer before the flood")
        if falls_later:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limit)
        held = flood(running, first_bytes)
        time.sleep(1)
        # Where nobody can give way, they wait like all others.
        asked = 0 if first_bytes else 20
        honest = [is_served(running, "during-%d" % i) for i in range(asked)]
        if None in honest:
            problems.append("%d of %d honest requests unanswered" % (honest.count(None), asked))
        most = open_descriptors(pid)
        if most > DESCRIPTORS - SPARE:
            problems.append("%d descriptors" % most)
        cpu, began = cpu_seconds(pid), time.time()
        time.sleep(seconds)
        share = (cpu_seconds(pid) - cpu) / (time.time() - began)
        if share > MOST_CPU:
            problems.append("%.0f %% of a core" % (100 * share))
        if running.process.poll() is not None:
            problems.append("it ended")
        for connection in held:
            connection.close()
        after = is_served(running, "after")
        if after is None:
            problems.append("no answer after the flood")
        deadline = time.time() + 10
        while open_descriptors(pid) > AT_REST and time.time() < deadline:
            time.sleep(0.05)
        left = open_descriptors(pid)
        if left > AT_REST:
            problems.append("%d descriptors stay open" % left)
        healthy = running.ask("/healthz")[0]
        code = running.stop()
        if code != 0 or healthy != 200:
            problems.append("exit code %d, /healthz %d" % (code, healthy))
        ids = set(running.ids())
        lost = {"before", "after", *("during-%d" % i for i in range(asked))} - ids
        if lost:
            problems.append("lost %s" % sorted(lost))
    worst = max((one for one in honest if one is not None), default=0)
    print("H5 %s: %d connections, at most %d descriptors, %.1f %% of a core, honest requests %d of %d (worst %.3f s), "
          "%d descriptors after, %d lost%s" % (name, CONNECTIONS, most, 100 * share, asked - honest.count(None), asked, worst, left,
                                              len(lost), "".join("; PROBLEM: " + one for one in problems)))
    return not problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    listener.PROGRAM = os.path.abspath(options.program)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
                                                resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    seconds = 60 if options.long else 2
    good = [case("from the start", seconds, False), case("while it runs", seconds, True),
            case("while it runs, all busy", seconds, True, post(report("half"))[:-1])]
    good.append(not case("control, with room for all: a problem must be found", 0.1, False, allowed=2048))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
