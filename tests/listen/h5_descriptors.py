#!/usr/bin/env python3
"""H5: 64 descriptors and 1,000 connections. No crash, no busy loop, honest requests meanwhile, and recovery.

Usage: h5_descriptors.py PATH-OF-JOBTALLY [--long]. Two cases: the listener starts with a limit of 64 descriptors; and
the limit falls to what is in use while it runs, so that accepting itself fails. --long holds the flood for a minute.
"""
import argparse
import os
import resource
import socket
import sys
import tempfile
import time

import admin
import listener
from listener import post, read_answer, report

CONNECTIONS = 1000
DESCRIPTORS = 64
# Of one core, while 1,000 silent connections are held. A loop that spins would take all of it.
MOST_CPU = 0.10


def cpu_seconds(pid):
    fields = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def open_descriptors(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def is_served(running, id, patience=30):
    """The seconds that an honest request took, trying again where the connection was closed unanswered."""
    began = time.time()
    while time.time() - began < patience:
        try:
            with running.connect(timeout=patience) as connection:
                connection.sendall(post(report(id)))
                if read_answer(connection)[0].status == 200:
                    return time.time() - began
        except OSError:
            pass
    return None


def flood(running):
    held = []
    for _ in range(CONNECTIONS):
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(("127.0.0.1", running.port))
        held.append(connection)
    return held


def case(name, falls_later, seconds):
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        limit = (DESCRIPTORS, DESCRIPTORS)
        if not falls_later:
            program, listener.PROGRAM = listener.PROGRAM, os.path.join(folder, "limited")
            with open(listener.PROGRAM, "w") as script:
                script.write("#!/bin/sh\nulimit -n %d && exec %s \"$@\"\n" % (DESCRIPTORS, program))
            os.chmod(listener.PROGRAM, 0o700)
        running = admin.AdminListener(os.path.join(folder, "store.db"), "--admin", "127.0.0.1:0", "--timeout", "60s")
        if not falls_later:
            listener.PROGRAM = program
        pid = running.process.pid
        if is_served(running, "before") is None:
            problems.append("no answer before the flood")
        if falls_later:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limit)
        held = flood(running)
        time.sleep(1)
        honest = [is_served(running, "during-%s-%d" % (name, i)) for i in range(20)]
        if None in honest:
            problems.append("%d of 20 honest requests unanswered" % honest.count(None))
        most = open_descriptors(pid)
        if most > DESCRIPTORS:
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
        while open_descriptors(pid) > 20 and time.time() < deadline:
            time.sleep(0.05)
        left = open_descriptors(pid)
        if left > 20:
            problems.append("%d descriptors stay open" % left)
        healthy = running.ask("/healthz")[0]
        code = running.stop()
        if code != 0 or healthy != 200:
            problems.append("exit code %d, /healthz %d" % (code, healthy))
        ids = set(running.ids())
        lost = {"before", "after", *("during-%s-%d" % (name, i) for i in range(20))} - ids
        if lost:
            problems.append("lost %s" % sorted(lost))
    worst = max((one for one in honest if one is not None), default=-1)
    print("H5 %s: %d connections, at most %d descriptors, %.1f %% of a core, honest requests %d of 20 (worst %.3f s), "
          "%d descriptors after, %d lost%s" % (name, CONNECTIONS, most, 100 * share, 20 - honest.count(None), worst, left,
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
    good = [case("from the start", False, seconds), case("while it runs", True, seconds)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
