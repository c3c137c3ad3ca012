#!/usr/bin/env python3
"""The big engines against jobtally, with a real server of the test's own: `load` and the three views.

Two stores feed one engine by `export --cursor --exec load`, bit by bit, and the loads are killed at any moment. A third
store takes in what they held by `ingest`, in the same order; in the end every cell of rates, failures and durations that
the engine answers must be what jobtally answers of it.

Usage: engines.py PATH-OF-JOBTALLY [postgresql|clickhouse|sharded] [--long] [--seed N]     (all where none is named)
6,000 messy reports; --long: 200,000, and the server is killed as well.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("fault", "reference"):
    sys.path.insert(0, os.path.join(HERE, "..", folder))

import generate
from listener import environment
from proof import Proof, arguments, skip
from servers import PATIENCE, ClickHouse, PostgreSQL, Sharded

SERVERS = {"postgresql": PostgreSQL, "clickhouse": ClickHouse, "sharded": Sharded}
QUESTIONS = ("rates", "failures", "durations")
KILLS = 0.5  # of the loads
ODD_NAMES = ["it's \"quoted\"", "back\\slash \\n \\\\", "tab\tand\nline\r\nbreaks", "\\.", "comma, semi; {json} [x]", "顧客 😀",
             "=1+1", "NULL", "\\N", "", " ", "\u200b\u202e\U000e0041", "\x01\x02\x1b[31m", "a\0b", "\\u0000", "e\u0301"]


class Cells:
    """Values as both sides mean them: times and seconds to the microsecond, counts as numbers."""

    def __init__(self, text, nul="\0"):
        self.nul = nul
        self.rows = {}
        for line in text.splitlines():
            row = {key: self.value(key, value) for key, value in json.loads(line).items()}
            self.rows[row["definition_id"]] = row

    def value(self, key, value):
        if value is None:
            return None
        if key.endswith("_at") or key == "failing_since":
            return datetime.fromisoformat(value.replace("Z", "+00:00"))
        if key.endswith("seconds"):
            return round(float(value) * 1e6)
        if key in ("definition_id", "definition_name", "type", "last_status", "last_failure_id"):
            return value.replace("\0", self.nul)
        return float(value) if "rate" in key or "per_second" in key else int(value)


class Feed:
    """Two stores, the engine, and the store that says what the engine ought to say."""

    def __init__(self, proof, program, server, chance):
        self.proof, self.program, self.server, self.chance = proof, program, server, chance
        self.expected = self.path("expected.db")
        self.longest = 1.0  # seconds of a load so far
        self.jobtally(self.expected, "ingest", "-")

    def path(self, name):
        return self.proof.path(type(self.server).__name__ + "-" + name)

    def jobtally(self, store, *words, text=b""):
        done = subprocess.run([self.program, "-q", "--db", store, *words], input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=environment(), timeout=10 * PATIENCE)
        if done.returncode not in (0, 3):
            raise RuntimeError("%s: %s" % (words, done.stderr.decode()))
        return done.stdout

    def load(self, text, code=0):
        done = self.server.run([self.server.load], text)
        self.proof.expect(bool(done.returncode) == bool(code), "load ended with %d: %s"
                          % (done.returncode, done.stderr.decode()[-500:]))

    def take(self, text):
        """A stream straight to `load`, and the same to the other side."""
        self.load(text)
        self.jobtally(self.expected, "ingest", "-", text=text)

    def hand_over(self, store):
        """Again and again, until a run is left alone."""
        while self.chance.random() < KILLS:
            process = self.start(store)
            time.sleep(self.chance.random() * self.longest)
            self.kill(process)
        began = time.monotonic()
        process = self.start(store)
        errors = process.communicate(timeout=10 * PATIENCE)[1]
        self.longest = max(self.longest, time.monotonic() - began)
        self.proof.count("loads")
        self.proof.expect(process.returncode == 0, "a load ended with %d: %s" % (process.returncode, errors.decode()))
        self.jobtally(self.expected, "ingest", "-", text=self.jobtally(store, "export", "--cursor", "expected"))

    def start(self, store):
        return subprocess.Popen([self.program, "-q", "--db", store, "export", "--cursor", "engine", "--exec",
                                 "'%s'" % self.server.load], env=environment(**self.server.environment),
                                stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)

    def kill(self, process):
        """The whole of it, or jobtally alone, whose loader then sees an early end."""
        if process.poll() is None:
            self.proof.count("kills")
            os.killpg(process.pid, signal.SIGKILL) if self.chance.random() < 0.7 else process.kill()
        process.communicate(timeout=10 * PATIENCE)

    def restart(self):
        self.server.end(kill=True)
        self.server.start()
        self.proof.count("kills of the server")

    def compare(self):
        nul = "\u2400" if self.server.name == "postgresql" else "\0"
        for question in QUESTIONS:
            ours = Cells(self.jobtally(self.expected, question, "-F", "ndjson").decode(), nul).rows
            theirs = Cells(self.server.rows("jobtally_" + question)).rows
            self.proof.expect(ours.keys() == theirs.keys(), "%s: other definitions: %s"
                              % (question, list(ours.keys() ^ theirs.keys())[:5]))
            for id in ours.keys() & theirs.keys():
                self.proof.expect(list(ours[id]) == list(theirs[id]), "%s: other keys" % question)
                for key, value in ours[id].items():
                    self.proof.count("cells")
                    self.proof.expect(value == theirs[id].get(key), "%s of %r, %s: %r, the engine has %r"
                                      % (question, id, key, value, theirs[id].get(key)))
        reports = json.loads(self.jobtally(self.expected, "db", "status", "--json"))["reports"]
        self.proof.expect(self.server.count() == reports, "%d reports, not %d" % (self.server.count(), reports))


def lines(reports):
    return "".join(json.dumps(report, ensure_ascii=False, separators=(",", ":")) + "\n" for report in reports).encode()


def odd(number):
    """Reports whose texts are hard to carry."""
    long = random.Random(1).randbytes(6000).hex()
    for place, name in enumerate([*ODD_NAMES, long]):
        yield {"id": "odd %s %d" % (name, number), "type": name, "status": ["SUCCESS", "FAILURE"][place % 2],
               "created_at": "%04d-03-01T00:00:00.000001Z" % (1 + 700 * (place % 14)),
               "updated_at": "%04d-03-01T00:00:%02d.1Z" % (1 + 700 * (place % 14), place),
               "total_operations": 2**63 - 1, "total_succeeded": 2**63 - 1, "total_failed": place % 3,
               "definition_id": "id " + name, "definition_name": name,
               "unknown": [{"a": [1e300, -0.5, None, True, name]}, name], name or "x": {"total_operations": 7}}


def unfinished():
    """A definition of which nothing is known to have taken any time."""
    for number, status in enumerate(["RUNNING", "PAUSED", "SUCCESS", "FAILURE"]):
        report = {"id": "unfinished %d" % number, "status": status, "created_at": "2026-11-03T00:00:00Z",
                  "definition_id": "unfinished"}
        yield report if number > 1 else {**report, "updated_at": "2026-11-04T00:00:00Z"}


def collisions(chance, count):
    """Few ids, statuses and times: all that the rule for two reports with one id may meet."""
    for _ in range(count):
        report = {"id": "c%d" % chance.randrange(count // 6), "status": chance.choice(
            ["SUCCESS", "FAILURE", "RUNNING", "RUNNING", "PAUSED"]), "created_at": "2026-11-0%dT00:00:00Z" % chance.randint(1, 9)}
        if chance.random() < 0.8:
            report["updated_at"] = "2026-11-0%dT00:00:00Z" % chance.randint(1, 9)
        report.update(total_operations=chance.randrange(3), total_failed=chance.randrange(2), total_succeeded=1,
                      definition_id="cd%d" % chance.randrange(5))
        yield report


def shared(reports, chance):
    """What another store may have of the same ids: as they are, older, newer, in another state."""
    for report in reports:
        if chance.random() < 0.1 and report.get("updated_at"):
            other = dict(report)
            change = chance.randrange(4)
            if change == 0:
                other["updated_at"] = "2030-01-01T00:00:00Z"
            elif change == 1:
                other["updated_at"] = "2000-01-01T00:00:00Z"
            elif change == 2:
                other["status"] = chance.choice(["RUNNING", "FAILURE", "CANCELLED"])
            yield other


def try_texts(proof, feed, chance):
    """What `load` takes, refuses, and takes again."""
    feed.take(lines(odd(1)))
    feed.take(lines(unfinished()))
    feed.take(lines(collisions(chance, 300)))
    feed.take(b"")
    before = feed.server.count()
    whole = lines(collisions(chance, 50)) + lines(odd(2))
    feed.load(whole[:-40], code=1)  # its end is missing
    feed.load(b"no report\n" + whole, code=1)
    proof.expect(feed.server.count() == before, "a part of a broken stream is there")
    feed.take(whole)
    feed.take(whole)
    feed.server.make_schema()  # again


def try_stores(proof, feed, chance, count, is_long):
    histories = [list(generate.history(count // 2, 1)), list(generate.history(count // 2, 2))]
    histories[1] += shared(histories[0], chance)
    stores = [feed.path("a.db"), feed.path("b.db")]
    slices = 12 if is_long else 2
    for number in range(slices):
        for store, history in zip(stores, histories):
            size = -(-len(history) // slices)
            feed.jobtally(store, "ingest", "-", text=lines(history[number * size:(number + 1) * size]))
            feed.hand_over(store)
            if is_long and number % 4 == 3:
                feed.restart()
    proof.count("reports", count)


def try_engine(proof, program, kind, is_long, chance):
    server = kind(proof.path(kind.__name__))
    try:
        server.make_schema()
        feed = Feed(proof, program, server, chance)
        try_texts(proof, feed, chance)
        feed.compare()
        try_stores(proof, feed, chance, 200_000 if is_long else 6_000, is_long)
        feed.compare()
    finally:
        server.end()


def main():
    options = arguments(__doc__, ("engine", {"choices": SERVERS, "nargs": "?"}))
    kinds = [SERVERS[options.engine]] if options.engine else list(SERVERS.values())
    there = [kind for kind in kinds if not kind.missing()]
    missing = ", ".join(sorted({kind.missing() for kind in kinds} - {None}))
    if not there:
        skip(missing)
    proof = Proof("engines")
    for kind in there:
        try_engine(proof, options.program, kind, options.long, random.Random(options.seed))
        print("%s is done: %s" % (kind.__name__, proof.counts), flush=True)
    if missing:
        print("left out: " + missing)
    proof.end()


if __name__ == "__main__":
    main()
