#!/usr/bin/env python3
"""Memory that is short (a limit of the address space, as LimitAS= sets one): each request is answered 200, 202 or 503 with
Retry-After, never 500; what was answered 503 is in the log, counted by /metrics and told by the next mail; nothing else is lost.
In a control group, as that of a container, which kills who asks for more, a thousand strangers do not get that far.
"""
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from kept import versions
from listener import Listener, NotStarted, environment, in_threads, ingest_nothing, request
from messages import read_answer
from proof import Proof, arguments, skip
from reports import body

PEERS = 40
PADDING = 900_000  # bytes of a body
LIMITS = (26, 34, 60)  # MiB of address space
LEAST_WITH_ADMIN = 30  # its thread takes some
LIMITS_OF_CROWDS = (28, 44, 48)
LIMIT_OF_GROUP = 16  # MiB
STRANGERS = 1000
LONG_HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n" + b"X-Long: %s\r\n" % (b"-" * 400) * 36


def post_in_two(listener, id, answers):
    """The second part comes when all others have sent their first."""
    whole = request(body(id)[:-1] + b', "more": "%s"}' % (b"-" * PADDING))
    try:
        with socket.create_connection(("127.0.0.1", listener.port), timeout=30) as peer:
            peer.sendall(whole[:300_000])
            time.sleep(1)
            peer.sendall(whole[300_000:])
            answers[id] = read_answer(peer)[0]
    except OSError:
        answers[id] = None


def metric(admin, name):
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(30)
        peer.connect(admin)
        peer.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        page = read_answer(peer)[0].body.decode()
    return next(int(line.split()[-1]) for line in page.splitlines() if line.startswith(name + " "))


def rejected(program, store):
    done = subprocess.run([program, "--db", store, "db", "rejected", "-n", "0", "--json"], capture_output=True, env=environment())
    return [row["reason"] for row in json.loads(done.stdout)["rejected"]]


def told(program, store):
    """How many the rows of the store say were answered 503."""
    return sum(int(number) for reason in rejected(program, store)
               for number in re.findall(r"^(\d+) requests? (?:was|were) answered 503 or refused, and not kept$", reason))


def try_limit(proof, program, limit):
    store, admin = proof.path("%d.db" % limit), proof.path("%d.admin" % limit)
    limited = ["sh", "-c", 'ulimit -v %d; exec "$@"' % (limit << 10), "sh"]
    try:
        has_admin = limit >= LEAST_WITH_ADMIN
        listener = Listener(program, store, *(("--admin", "unix:" + admin) if has_admin else ()), before=limited)
    except NotStarted as why:
        return print("with %d MiB it does not start: %s" % (limit, why))
    answers = {}
    for thread in in_threads(lambda number: post_in_two(listener, "%d-%d" % (limit, number), answers), PEERS):
        thread.join()
    statuses = Counter(answer.status if answer else 0 for answer in answers.values())
    proof.expect(set(statuses) <= {200, 202, 503}, "%d MiB: answered %s" % (limit, dict(statuses)))
    refused = [answer for answer in answers.values() if answer and answer.status == 503]
    proof.expect(all("retry-after" in answer.fields for answer in refused), "%d MiB: 503 without Retry-After" % limit)
    if has_admin:
        proof.expect(metric(admin, 'jobtally_results_total{result="lost"}') == len(refused), "%d MiB: not counted" % limit)
    end = time.monotonic() + 10
    kept = {id for id, answer in answers.items() if answer and answer.status // 100 == 2}
    while told(program, store) != len(refused) and time.monotonic() < end:
        time.sleep(0.2)
    proof.expect(told(program, store) == len(refused), "%d MiB: of %d the store tells %s" % (limit, len(refused), rejected(program, store)))
    lines = listener.log().count("could not be stored, from ") + listener.log().count("a line is left out here")
    proof.expect(lines >= len(refused), "%d MiB: %d of %d in the log" % (limit, lines, len(refused)))
    with listener.connect() as connection:
        proof.expect(connection.post(body("after"))[0] in (200, 202), "%d MiB: not kept afterwards" % limit)
    proof.expect(listener.stop() == 0, "%d MiB: did not end well" % limit)
    ingest_nothing(proof, program, store)  # takes in what waits still
    proof.expect(kept <= set(versions(store)), "%d MiB: acknowledged and lost: %s" % (limit, kept - set(versions(store))))
    for status, count in statuses.items():
        proof.count("answered %d" % status, count)
    return len(refused)


def post_at_once(listener, id, padding, answers):
    try:
        with socket.create_connection(("127.0.0.1", listener.port), timeout=30) as peer:
            peer.sendall(request(body(id)[:-1] + b', "more": "%s"}' % (b"-" * padding)))
            answers[id] = read_answer(peer)[0].status
    except OSError:
        answers[id] = None


def try_crowd(proof, program, limit):
    """Small reports beside large ones, while another process writes: none of them is refused."""
    store = proof.path("crowd%d.db" % limit)
    listener = Listener(program, store, before=["sh", "-c", 'ulimit -v %d; exec "$@"' % (limit << 10), "sh"])
    answers = {}
    with closing(sqlite3.connect(store, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        for thread in in_threads(lambda number: post_at_once(listener, "%d-%d" % (limit, number), 0 if number % 3 else PADDING, answers),
                                 PEERS):
            thread.join()
        database.execute("ROLLBACK")
    small = Counter(status for id, status in answers.items() if int(id.split("-")[1]) % 3)
    proof.expect(set(small) <= {200, 202}, "%d MiB: small ones beside large ones: %s" % (limit, dict(small)))
    unkept = sum(1 for status in answers.values() if status not in (200, 202))
    end = time.monotonic() + 10
    while told(program, store) != unkept and time.monotonic() < end:
        time.sleep(0.2)
    proof.expect(told(program, store) == unkept, "%d MiB: of %d the store tells %s" % (limit, unkept, rejected(program, store)))
    proof.expect(listener.stop() == 0, "%d MiB: did not end well" % limit)


class Group:
    """A control group for one process. Throws OSError."""

    def __init__(self, limit):
        first = os.path.isdir("/sys/fs/cgroup/memory")
        self.folder = "/sys/fs/cgroup%s/jobtally-%d" % ("/memory" if first else "", os.getpid())
        self.limit = os.path.join(self.folder, "memory.limit_in_bytes" if first else "memory.max")
        os.mkdir(self.folder)
        with open(self.limit, "w") as file:
            file.write(str(limit << 20))

    def __enter__(self):
        return ["sh", "-c", 'echo $$ >%s/cgroup.procs; exec "$@"' % self.folder, "sh"]

    def __exit__(self, *_):
        os.rmdir(self.folder)


def try_group(proof, program):
    store = proof.path("group.db")
    try:
        group = Group(LIMIT_OF_GROUP)
    except OSError as problem:
        return print("left out: no control group that limits memory can be made here: %s" % problem)
    with group as before:
        listener = Listener(program, store, before=before)
        strangers = []
        try:
            for _ in range(STRANGERS):
                strangers.append(socket.create_connection(("127.0.0.1", listener.port), timeout=30))
                strangers[-1].sendall(LONG_HEAD)
            with listener.connect() as connection:
                proof.expect(connection.post(body("among-strangers"))[0] == 200, "not stored among strangers")
            proof.count("strangers in a control group", len(strangers))
        except OSError as problem:
            proof.expect(False, "after %d strangers: %s" % (len(strangers), problem))
        for peer in strangers:
            peer.close()
        proof.expect(listener.stop() == 0, "in a control group it did not end well")


def main():
    options = arguments(__doc__)
    if b"__asan_init" in open(options.program, "rb").read() or b"__tsan_init" in open(options.program, "rb").read():
        skip("sanitizers need all of the address space")
    proof = Proof("memory")
    refused = [try_limit(proof, options.program, limit) or 0 for limit in LIMITS]
    proof.expect(sum(refused) > 0, "memory was never short")
    for limit in LIMITS_OF_CROWDS:
        try_crowd(proof, options.program, limit)
    try_group(proof, options.program)
    proof.end()


if __name__ == "__main__":
    main()
