#!/usr/bin/env python3
"""End-to-end tests of `jobtally list -f`: a real process that follows while others write to its store.

Usage: follow.py PATH-OF-JOBTALLY [unittest arguments]
"""
import json
import os
import selectors
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ""
PATIENCE = 60  # seconds: the machine may be busy


def report(id, **changes):
    value = {"id": id, "type": "import", "status": "RUNNING", "created_at": "2026-11-01T10:00:00Z",
             "updated_at": "2026-11-01T10:00:00Z", "total_operations": 3, "total_succeeded": 3, "total_failed": 0,
             "definition_id": "d1", "definition_name": "Nightly"}
    value.update(changes)
    return json.dumps(value) + "\n"


class Follower:
    """A running `jobtally list -f`, read line by line."""

    def __init__(self, store, *options):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("JOBTALLY_")}
        environment.update(TZ="UTC", LC_ALL="C.UTF-8")
        self.process = subprocess.Popen([PROGRAM, "--db", store, "list", "-f", *options], env=environment,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.pending = b""
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)

    def line(self):
        """The next line, without its end; it must have been flushed."""
        end = time.monotonic() + PATIENCE
        while b"\n" not in self.pending:
            if not self.selector.select(max(0, end - time.monotonic())):
                raise AssertionError("no line in time; so far: %r" % self.pending)
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                raise AssertionError("ended: %r" % self.process.stderr.read())
            self.pending += piece
        line, self.pending = self.pending.split(b"\n", 1)
        return line.decode()

    def silent_for(self, seconds):
        return self.pending == b"" and not self.selector.select(seconds)

    def end(self, signal_number=None):
        """The exit status, and what stood on stderr."""
        if signal_number is not None:
            self.process.send_signal(signal_number)
        try:
            status = self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        errors = self.process.stderr.read().decode()
        self.close()
        return status, errors

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.selector.close()
        for stream in (self.process.stdout, self.process.stderr):
            if not stream.closed:
                stream.close()


class Following(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.store = os.path.join(self.folder.name, "store.db")
        self.ingest(report("a"))

    def ingest(self, text):
        subprocess.run([PROGRAM, "-q", "--db", self.store, "ingest", "-"], input=text.encode(), check=True,
                       stdout=subprocess.DEVNULL)

    def follow(self, *options):
        follower = Follower(self.store, *options)
        self.addCleanup(follower.close)
        return follower

    def test_new_and_updated_reports_appear_as_they_are_stored(self):
        follower = self.follow("-F", "ndjson", "--columns", "id,status")
        self.assertEqual(json.loads(follower.line()), {"id": "a", "status": "RUNNING"})
        self.ingest(report("b", status="FAILURE"))
        self.assertEqual(json.loads(follower.line()), {"id": "b", "status": "FAILURE"})
        self.ingest(report("a", status="SUCCESS", updated_at="2026-11-01T10:00:05Z"))
        self.assertEqual(json.loads(follower.line()), {"id": "a", "status": "SUCCESS"})
        self.ingest(report("b", status="FAILURE"))  # unchanged
        self.assertTrue(follower.silent_for(1))
        self.assertEqual(follower.end(signal.SIGINT), (0, ""))

    def test_a_table_has_one_header_and_keeps_its_widths(self):
        follower = self.follow("--columns", "id,status,total_operations")
        self.assertEqual([follower.line() for _ in range(3)],
                         ["all reports", "id  status   records", "a   RUNNING        3"])
        self.ingest(report("b", status="FAILURE", total_operations=12))
        self.assertEqual(follower.line(), "b   FAILURE       12")
        self.ingest(report("c", total_operations=1234567, total_succeeded=1234567))
        self.assertEqual(follower.line(), "c   RUNNING  1,234,567")
        self.ingest(report("d"))
        self.assertEqual(follower.line(), "d   RUNNING          3")
        self.assertEqual(follower.end(signal.SIGTERM), (0, ""))

    def test_the_header_of_csv_comes_once(self):
        follower = self.follow("-F", "csv", "--columns", "id")
        self.assertEqual([follower.line(), follower.line()], ["id", "a"])
        self.ingest(report("b") + report("c"))
        self.assertEqual([follower.line(), follower.line()], ["b", "c"])

    def test_the_selection_holds_for_definitions_first_seen_later(self):
        follower = self.follow("-F", "csv", "--no-header", "--columns", "id", "-d", "New*", "-s", "FAILURE", "-q")
        self.ingest(report("other", status="FAILURE") + report("running", definition_id="d2", definition_name="New one"))
        self.ingest(report("wanted", status="FAILURE", definition_id="d3", definition_name="New two"))
        self.assertEqual(follower.line(), "wanted")
        self.ingest(report("renamed", status="FAILURE", definition_name="Newer", created_at="2026-11-02T00:00:00Z"))
        self.assertEqual(follower.line(), "renamed")

    def test_a_window_up_to_now_does_not_end_there(self):
        follower = self.follow("-F", "csv", "--no-header", "--columns", "id", "--last", "1h", "--now", "2026-11-01T10:30:00Z")
        self.assertEqual(follower.line(), "a")
        self.ingest(report("old", created_at="2026-11-01T09:00:00Z") + report("new", created_at="2026-11-01T11:00:00Z"))
        self.assertEqual(follower.line(), "new")

    def test_an_empty_store_is_followed_from_its_first_report(self):
        self.store = os.path.join(self.folder.name, "empty.db")
        self.ingest("")
        follower = self.follow("--columns", "id,total_operations")
        self.assertEqual(follower.line(), "all reports")
        self.ingest(report("a"))
        self.assertEqual([follower.line(), follower.line()], ["id  records", "a         3"])

    def test_many_at_once_come_all_and_in_order(self):
        follower = self.follow("-F", "csv", "--no-header", "--columns", "id")
        self.assertEqual(follower.line(), "a")
        ids = ["x%04d" % n for n in range(3000)]
        self.ingest("".join(report(id) for id in ids))
        self.assertEqual([follower.line() for _ in ids], ids)

    def test_the_list_before_is_the_usual_one(self):
        self.ingest("".join(report("n%d" % n, created_at="2026-11-0%dT00:00:00Z" % n) for n in range(2, 6)))
        follower = self.follow("-n", "2", "-F", "csv", "--no-header", "--columns", "id")
        self.assertEqual([follower.line(), follower.line()], ["n4", "n5"])
        self.assertTrue(follower.silent_for(1))

    def test_nothing_is_held_between_looks(self):
        follower = self.follow("-F", "csv", "--no-header", "--columns", "id")
        self.assertEqual(follower.line(), "a")
        self.ingest(report("b"))
        self.assertEqual(follower.line(), "b")
        time.sleep(0.5)  # it looks, finds nothing, and waits
        with sqlite3.connect(self.store) as database:
            busy, log, done = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        database.close()
        self.assertEqual((busy, log, done), (0, 0, 0))

    def test_a_reader_that_goes_away_ends_it_though_nothing_comes(self):
        follower = self.follow("-F", "csv")
        follower.line()
        follower.process.stdout.close()
        self.assertEqual(follower.end(), (0, ""))

    def test_a_reader_that_goes_away_ends_it_when_something_comes(self):
        follower = self.follow("-F", "csv", "--no-header")
        follower.line()
        follower.process.send_signal(signal.SIGSTOP)  # so that the report is there before it notices
        self.ingest(report("b"))
        follower.process.stdout.close()
        follower.process.send_signal(signal.SIGCONT)
        self.assertEqual(follower.end(), (0, ""))

    def test_a_signal_ends_it_though_its_reader_does_not_read(self):
        self.ingest("".join(report("x%05d" % n) for n in range(20000)))
        follower = self.follow("-n", "0", "-F", "csv")
        follower.line()  # far more than a pipe holds is to come
        time.sleep(0.2)
        self.assertEqual(follower.end(signal.SIGINT), (0, ""))


if __name__ == "__main__":
    PROGRAM = os.path.realpath(sys.argv.pop(1))
    unittest.main()
