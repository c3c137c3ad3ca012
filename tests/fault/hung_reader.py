#!/usr/bin/env python3
"""Whoever reads the log or the printed reports hangs: reports are stored and answered all the same, the end comes when it is
asked for, and a reader that goes on reading is told how much it missed. And a log that can't be written at all (a full disk)
keeps nobody from starting.

200 reports each; --long: 5,000.
"""
import fcntl
import os
import re
import signal
import socket
import subprocess
import time

from kept import lost
from listener import Connection, environment
from proof import Proof, arguments
from reports import body

PIPE_BYTES = 4096
LONGEST = 5  # seconds for one answer


def small_pipe():
    reads, writes = os.pipe()
    fcntl.fcntl(writes, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return reads, writes


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(options, store, port, stdout, stderr):
    # With --allow-anonymous no note of a missing secret is among the lines that are counted.
    return subprocess.Popen([options.program, "--db", store, "listen", "--bind", "127.0.0.1:%d" % port, "--allow-anonymous",
                             "--print", "ndjson"], stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=environment())


def connected(port):
    for _ in range(1000):
        try:
            return Connection(port, timeout=30)
        except OSError:
            time.sleep(0.01)
    raise TimeoutError("the listener did not start")


def post_all(proof, port, ids):
    longest = 0
    with connected(port) as connection:
        for id in ids:
            began = time.monotonic()
            try:
                status, _ = connection.post(body(id))
            except OSError as error:
                proof.wrong("%s: %s" % (id, error))
                return
            longest = max(longest, time.monotonic() - began)
            proof.expect(status == 200, "%s: answered %d" % (id, status))
            proof.count("answered 200")
    proof.expect(longest < LONGEST, "an answer took %.1f s" % longest)


def drained(reads):
    os.set_blocking(reads, False)
    text, end = b"", time.monotonic() + 2
    while time.monotonic() < end:
        try:
            text += os.read(reads, 1 << 16)
        except BlockingIOError:
            time.sleep(0.01)
    return text.decode()


def require_all_accounted_for(proof, said, requests):
    """The last answers may come before their lines are written, so the notice may stand before or after the first of them."""
    missed = sum(int(number) for number in re.findall(r"warning: (\d+) lines? (?:was|were) left out here", said))
    shown = said.count(" POST / 200 ")
    proof.expect(missed > 0 and shown + missed == requests,
                 "%d requests: %d lines shown, %d said to be left out: %s" % (requests, shown, missed, said[-500:]))


def play(proof, options, name, reports, hangs):
    """`hangs` are the streams that nobody reads."""
    store, port = proof.path(name + ".db"), free_port()
    reads, writes = small_pipe()
    process = start(options, store, port, writes if "stdout" in hangs else subprocess.DEVNULL,
                    writes if "stderr" in hangs else subprocess.DEVNULL)
    ids = ["%s-%d" % (name, number) for number in range(reports)]
    post_all(proof, port, ids)
    if hangs == ["stderr"]:
        said = drained(reads)
        post_all(proof, port, [name + "-last"])
        require_all_accounted_for(proof, said + drained(reads), reports + 1)
    process.send_signal(signal.SIGTERM)
    try:
        proof.expect(process.wait(10) == 0, "ended with %s" % process.returncode)
    except subprocess.TimeoutExpired:
        proof.wrong("%s: it did not end" % name)
        process.kill()
        process.wait()
    missing = lost(store, dict.fromkeys(ids, 1))
    proof.expect(not missing, "%s: %d are lost" % (name, len(missing)))
    proof.count("lost", len(missing))
    os.close(reads)
    os.close(writes)


def main():
    options = arguments(__doc__)
    proof = Proof("hung_reader")
    reports = 5000 if options.long else 200
    for hangs in (["stderr"], ["stdout"], ["stdout", "stderr"]):
        play(proof, options, "-".join(hangs), reports, hangs)
    with open("/dev/full", "wb") as full:
        port = free_port()
        process = start(options, proof.path("full.db"), port, subprocess.DEVNULL, full)
        post_all(proof, port, ["full-%d" % number for number in range(20)])
        process.send_signal(signal.SIGTERM)
        proof.expect(process.wait(10) == 0, "with a full log it ended with %s" % process.returncode)
    proof.end()


if __name__ == "__main__":
    main()
