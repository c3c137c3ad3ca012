#!/usr/bin/env python3
"""What Litestream does beside the store, done by another SQLite program: tables of its own, a read transaction held while
reports come, rows written, checkpoints of each kind. The listener goes on storing, warns of nothing, and the store is sound.

Usage: replicated.py PATH-OF-JOBTALLY.
"""
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from messages import post, report  # noqa: E402
from program import Findings, arguments, scratch  # noqa: E402
from served import Served, bare_environment  # noqa: E402

KINDS = ("PASSIVE", "FULL", "RESTART", "TRUNCATE")
REPORTS = 20  # a checkpoint


def replicate(served, number, findings):
    """Reports come while one connection reads; then the other, which alone writes at that moment, writes and checkpoints."""
    acknowledged = set()
    with closing(sqlite3.connect(served.store, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM _litestream_seq").fetchone()
        for place in range(REPORTS):
            id = "r%d-%d" % (number, place)
            answer = served.exchange(post(report(id)))
            if findings.check(answer.status == 200, "%s was answered %d" % (id, answer.status)):
                acknowledged.add(id)
        reader.execute("ROLLBACK")
    with closing(sqlite3.connect(served.store, isolation_level=None)) as writer:
        writer.execute("INSERT INTO _litestream_seq (id, seq) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET seq = seq + 1")
        writer.execute("PRAGMA wal_checkpoint(%s)" % KINDS[number % len(KINDS)]).fetchone()
    return acknowledged


def main():
    given = arguments(__doc__)
    findings, acknowledged, rounds = Findings(), set(), 80 if given.long else 12
    with scratch() as folder:
        with Served(given.program, folder + "/s.db") as served:
            with closing(sqlite3.connect(served.store, isolation_level=None)) as first:
                first.execute("CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)")
                first.execute("CREATE TABLE _litestream_lock (id INTEGER)")
            for number in range(rounds):
                acknowledged |= replicate(served, number, findings)
            lost = acknowledged - served.ids()
            findings.check(not lost, "lost: %s" % sorted(lost)[:5])
            findings.check(not served.log, "the listener says: %s" % served.log[:5])
        done = subprocess.run([given.program, "--db", served.store, "db", "verify"], capture_output=True, text=True, env=bare_environment())
        findings.check(done.returncode == 0, "db verify: " + done.stdout + done.stderr)
    findings.conclude("%d checkpoints of another program: %d acknowledged" % (rounds, len(acknowledged)))


if __name__ == "__main__":
    main()
