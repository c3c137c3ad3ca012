#!/usr/bin/env python3
"""H2: 500 connections at a time that send nothing, their head or body slowly, or never take their answers. Each is closed in
its time; meanwhile honest requests, each on a new connection, are answered as ever. Prints their p99 and the peak memory."""
import multiprocessing
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from messages import head, post, read_answer, report
from program import Findings, arguments, scratch
from served import Served
from slow_peers import Crowd, Kind

TIMEOUT = 2  # seconds
SLACK = 1.5  # seconds that a busy machine may take on top
MOST_KIB = 160 << 10
CHUNKED = head("Transfer-Encoding: chunked")

KINDS = (
    Kind("silent"),
    Kind("slow request line", b"POST /?", b"a"),
    Kind("slow head", b"POST / HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n"),
    Kind("slow body", head("Content-Length: 5000"), b" "),
    Kind("slow large body", head("Content-Length: 1048576"), b" " * 50),
    Kind("slow chunks", CHUNKED, b"1\r\n \r\n"),
    Kind("slow chunk size", CHUNKED, b"0"),
    Kind("waits for 100 Continue only", head("Content-Length: 5000", "Expect: 100-continue")),
    Kind("never reads", drip=b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 50, reads=False),
)


def send_honest(served, stop, results):
    """In a process of its own, so that the crowd's work is not measured."""
    latencies, wrong, count = [], [], 0
    while not stop.poll():
        count += 1
        began = time.monotonic()
        try:
            with served.connect(timeout=20) as connection:
                connection.sendall(post(report("honest-%s-%d" % (os.getpid(), count))))
                status = read_answer(connection)[0].status
        except OSError as error:
            status = str(error)
        if status != 200:
            wrong.append(status)
        latencies.append(time.monotonic() - began)
        time.sleep(0.004)
    results.send((sorted(latencies), wrong))


def suffer(served, kind, size, seconds, findings):
    """The latencies of the honest while the crowd is there."""
    fork = multiprocessing.get_context("fork")
    stop, stopper = fork.Pipe(duplex=False)  # an Event would take /dev/shm, which not every container has
    results, sender = fork.Pipe(duplex=False)
    honest = fork.Process(target=send_honest, args=(served, stop, sender))
    honest.start()
    crowd = Crowd(served, kind, size)
    left = crowd.stay(seconds, patience=2 * TIMEOUT + (SLACK if kind.reads else 10))
    stopper.send(True)
    latencies, wrong = results.recv()
    honest.join()
    longest = max(crowd.lifetimes, default=0)
    p99 = latencies[min(len(latencies) - 1, len(latencies) * 99 // 100)]
    print("%-28s %4d opened, %d left open, closed after at most %.2f s, answers %s; %d honest, p99 %.1f ms, worst %.1f ms"
          % (kind.name, crowd.opened, left, longest, crowd.statuses, len(latencies), 1000 * p99, 1000 * latencies[-1]), flush=True)
    findings.check(left == 0, "%s: %d were not closed" % (kind.name, left))
    findings.check(longest < TIMEOUT + SLACK, "%s: one was suffered for %.2f s" % (kind.name, longest))
    findings.check(not wrong, "%s: honest requests got %s" % (kind.name, wrong[:5]))
    findings.check(p99 < 0.5, "%s: p99 of the honest is %.0f ms" % (kind.name, 1000 * p99))
    return crowd.opened, left, latencies


def control(program, folder):
    """How many of 20 slow peers are found to be suffered for too long, by a listener with too much patience."""
    with Served(program, os.path.join(folder, "control.db"), "--timeout", "60s") as served:
        return Crowd(served, KINDS[0], 20).stay(0.5, patience=TIMEOUT + SLACK)


given = arguments(__doc__, kind="only this kind of slow peers")
findings = Findings()
opened, open_still, latencies = 0, 0, []
seconds, size = (15, 500) if given.long else (3, 500)
kinds = [kind for kind in KINDS if given.kind in (None, kind.name)]
with scratch() as folder, Served(given.program, os.path.join(folder, "store.db"), "--timeout", "%ds" % TIMEOUT) as served:
    for kind in kinds:
        of_kind, left, honest = suffer(served, kind, size, seconds, findings)
        opened += of_kind
        open_still += left
        latencies += honest
    peak = served.peak_memory_kib()
with scratch() as folder:
    found = control(given.program, folder)
findings.check(found == 20, "the control: %d of 20 found" % found)
latencies.sort()
p99 = latencies[len(latencies) * 99 // 100]
findings.check(peak < MOST_KIB, "%d KiB of memory" % peak)
findings.conclude("H2: %d kinds, %d at a time, %d connections, %d left open; %d honest served, p99 %.1f ms; peak memory "
                  "%.1f MiB; the control: %d of 20 found" % (len(kinds), size, opened, open_still, len(latencies), 1000 * p99,
                                                             peak / 1024, found))
