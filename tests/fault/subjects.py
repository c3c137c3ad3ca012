"""What is killed in P4: each subject lays out its files, runs the program once, and tells what holds afterwards.

run() returns the exit status, -9 where it was killed; check() is called after every run, check_again() after the next,
undisturbed one.
"""

import json
import os
import signal
import sqlite3
import subprocess
from contextlib import closing

from kept import copied, damage, duplicates, lost, reading, versions
from listener import PATIENCE, Listener, NotStarted, environment, ingest_nothing
from locks import guard_held
from reports import body, lines, report
from spooled import waiting

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../core/store/sql")
APPLICATION = 0x6A746C79  # "jtly"


class Subject:
    def __init__(self, proof, program):
        self.proof = proof
        self.program = program
        self.store = os.path.realpath(proof.path(self.name + ".db"))

    def command(self, before, *words, text=b""):
        done = subprocess.run([*before, self.program, "--db", self.store, *words], input=text, env=environment(),
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE)
        self.printed = done.stdout
        return done.returncode

    def expect(self, holds, text):
        return self.proof.expect(holds, "%s: %s" % (self.at, text))

    def look(self, store):
        """The versions() in a file that may not be there yet; damage is a problem."""
        if not os.path.exists(store):
            return {}
        with copied(store) as copy:
            for problem in damage(copy):
                self.expect(False, "integrity_check: " + problem)
            with reading(copy) as database:
                is_empty = not database.execute("SELECT 1 FROM sqlite_schema").fetchall()
            return {} if is_empty else versions(copy)


class Listen(Subject):
    """From no store to reports stored, updated, several at once, rejected, and the end on SIGTERM."""
    name = "listen"
    several = ["several%d" % n for n in range(30)]

    def prepare(self):
        self.proof.clear()

    def steps(self):
        """(body, {id: version} that a 2xx acknowledges)."""
        for id, version in (("a", 1), ("b", 1), ("a", 2), ("a", 1), ("b", 3)):
            yield body(id, version), {id: version}
        yield json.dumps([report(id) for id in self.several]).encode(), dict.fromkeys(self.several, 1)
        yield b'{"id": "bad"', {}
        yield body("c", 1), {"c": 1}

    def run(self, before):
        self.acknowledged, self.answers = {}, []
        try:
            listener = Listener(self.program, self.store, before=before)
        except NotStarted as error:
            return error.code
        try:
            with listener.connect() as connection:
                for text, reports in self.steps():
                    self.answers.append(connection.post(text))
                    if self.answers[-1][0] // 100 == 2:
                        self.acknowledged.update(reports)
        except OSError:
            pass
        return listener.stop()

    def check(self, code):
        there = self.look(self.store)
        self.proof.count("acknowledged", len(self.acknowledged))
        self.expect(len(set(self.several) & set(there)) in (0, 30), "a part of one body is there")
        if code == 0:
            self.expect(set(self.acknowledged) == {"a", "b", "c", *self.several}, "not all were acknowledged")

    def check_again(self):
        """The acknowledged ones are looked for after the next start: it may have to take the spool in."""
        acknowledged = self.acknowledged
        listener = Listener(self.program, self.store)
        missing = lost(self.store, acknowledged)
        self.expect(listener.stop() == 0, "the next listener ended badly")
        self.proof.count("lost", len(missing))
        self.expect(not missing, "lost %s" % missing)
        self.expect(len(set(self.several) & set(versions(self.store))) in (0, 30), "a part of one body is there")
        self.expect(self.run(()) == 0 and len(self.acknowledged) == 33, "the run after that was not clean")
        self.expect(versions(self.store) == {"a": 2, "b": 3, "c": 1, **dict.fromkeys(self.several, 1)},
                    "not what was sent is there: %s" % versions(self.store))
        self.expect(duplicates(self.store) == 0, "duplicates")


class Ingest(Subject):
    """One file into no store: all of it or nothing, and all of it the next time."""
    name = "ingest"
    ids = ["i%d" % n for n in range(300)]

    def prepare(self):
        self.proof.clear()

    def run(self, before):
        return self.command(before, "ingest", "-", text=lines(self.ids))

    def check(self, code):
        there = len(self.look(self.store))
        self.expect(there in ((300,) if code == 0 or self.printed else (0, 300)), "%d of 300 are there" % there)

    def check_again(self):
        self.expect(self.run(()) == 0, "ingesting again failed")
        self.expect(versions(self.store) == dict.fromkeys(self.ids, 1), "not what was ingested is there")
        self.expect(duplicates(self.store) == 0, "duplicates")
        self.look(self.store)


class TakeIn(Subject):
    """A listener takes in what a locked one has left in the spool: each report is in the spool or in the store."""
    name = "spool"
    ids = ["s%d" % n for n in range(12)]

    def __init__(self, proof, program):
        super().__init__(proof, program)
        self.spool = self.store + "-spool"
        self.left = None  # {name in the spool: its bytes}

    def prepare(self):
        self.proof.clear()
        if self.left is None:
            self.left = self.fill_spool()
            self.proof.clear()
        ingest_nothing(self.proof, self.program, self.store)
        os.makedirs(self.spool, mode=0o700, exist_ok=True)
        for name, text in self.left.items():
            with open(os.path.join(self.spool, name), "wb") as file:
                file.write(text)

    def fill_spool(self):
        listener = Listener(self.program, self.store)
        with guard_held(self.store), listener.connect() as connection:
            for id in self.ids:
                connection.send(body(id))
            statuses = [connection.answer()[0] for _ in self.ids]
            listener.kill()
        self.expect(statuses == [202] * len(self.ids), "not spooled: %s" % statuses)
        return {name: open(os.path.join(self.spool, name), "rb").read() for name in waiting(self.spool)}

    def run(self, before):
        try:
            listener = Listener(self.program, self.store, before=before)
        except NotStarted as error:
            return error.code
        while waiting(self.spool) and listener.wait(0.02) is None:
            pass
        return listener.stop()

    def check(self, code):
        there = self.look(self.store)
        self.expect(len(there) in (0, 12), "%d of 12 are there, which are one commit" % len(there))
        self.expect(there or len(waiting(self.spool)) == 12, "the spool lost some")
        if code == 0:
            self.expect(len(there) == 12 and not waiting(self.spool), "not taken in")

    def check_again(self):
        self.expect(self.run(()) == 0, "the next listener ended badly")
        missing = lost(self.store, dict.fromkeys(self.ids, 1))
        self.proof.count("acknowledged", 12)
        self.proof.count("lost", len(missing))
        self.expect(not missing and not waiting(self.spool), "lost %s" % missing)
        self.expect(duplicates(self.store) == 0, "duplicates")


class Migrate(Subject):
    """A store of schema version 1 is opened: it is of the old version or of the new one, with all its reports."""
    name = "migrate"

    def prepare(self):
        self.proof.clear()
        with open(os.path.join(SCHEMA, "001_reports.sql")) as file:
            schema = file.read()
        with closing(sqlite3.connect(self.store, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.executescript("BEGIN; %s; PRAGMA application_id=%d; PRAGMA user_version=1; COMMIT"
                                   % (schema, APPLICATION))
            rows = [(n + 1, "m%d" % n, n + 1, (1793527200000 + n + 1) * 1000) for n in range(200)]
            database.execute("BEGIN")
            database.executemany("INSERT INTO report (sequence, id, status, created_at, received_at, total_operations, "
                                 "updated_at) VALUES (?, ?, 1, 0, 0, ?, ?)", rows)
            database.execute("UPDATE state SET value = 200 WHERE name = 'last_sequence'")
            database.execute("COMMIT")

    def run(self, before):
        return self.command(before, "ingest", "-", text=body("new"))

    def version(self):
        with copied(self.store) as copy, reading(copy) as database:
            tables = {row[0] for row in database.execute("SELECT name FROM sqlite_schema")}
            return database.execute("PRAGMA user_version").fetchone()[0], len(tables & {"uptime", "probe"})

    def check(self, code):
        newest = len([name for name in os.listdir(SCHEMA) if name.endswith(".sql")])
        self.expect(self.version() in (((newest, 2),) if code == 0 else ((1, 0), (newest, 2))),
                    "(version, new tables) is %s" % (self.version(),))
        old = {"m%d" % n: n + 1 for n in range(200)}
        there = self.look(self.store)
        self.expect(there in (old, {**old, "new": 1}), "the old reports are not as they were")

    def check_again(self):
        self.expect(self.run(()) == 0, "the next run failed")
        self.check(0)
        self.expect("new" in versions(self.store), "the next run did not store its report")


class Backup(Subject):
    """A backup is there as a whole or not at all; the store is as it was."""
    name = "backup"

    def __init__(self, proof, program):
        super().__init__(proof, program)
        self.copy = os.path.realpath(proof.path("copy.db"))

    def prepare(self):
        self.proof.clear()
        self.command((), "ingest", "-", text=lines(Ingest.ids))

    def run(self, before):
        return self.command(before, "db", "backup", self.copy)

    def check(self, code):
        self.expect(len(self.look(self.store)) == 300, "the store is not as it was")
        if code == 0 or os.path.exists(self.copy):
            self.expect(len(self.look(self.copy)) == 300, "half a backup")

    def check_again(self):
        if os.path.exists(self.copy):
            os.remove(self.copy)
        self.expect(self.run(()) == 0, "the next backup failed")
        self.check(0)


def was_killed(code):
    return code == -signal.SIGKILL
