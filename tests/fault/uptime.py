#!/usr/bin/env python3
"""When a listener was up. A clock that leaps (a virtual machine that was paused, a clock that is set) makes nothing of what
was due meanwhile missed, and one that is set wrong and right again no downtime. Where the store is overwritten, and the spool
takes what comes, the listener was up when the store has been restored.
"""
import json
import os
import shutil
import time

from breaking import broken
from kept import reading
from listener import Listener
from p12_another_hand import call
from p6_full import health
from proof import Proof, arguments

HOUR = 3600


def hourly(number, at):
    begun, ended = (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at + more)) for more in (0, 20))
    return json.dumps({"id": "h%d" % number, "status": "SUCCESS", "created_at": begun, "updated_at": ended,
                       "definition_id": "hourly"}).encode() + b"\n"


class Case:
    """A listener whose clock can be set, with a job that has run each hour until half an hour ago."""

    def __init__(self, proof, program, name):
        self.proof, self.program, self.name = proof, program, name
        self.store, self.ahead, self.admin = proof.path("store.db"), proof.path("ahead"), proof.path("admin")
        self.last = time.time() - HOUR / 2
        call(program, self.store, "ingest", "-", input=b"".join(hourly(n, self.last - n * HOUR) for n in range(700)))
        self.set_clock(10 * HOUR)
        self.set_clock(0)
        self.listener = Listener(program, self.store, "--admin", "unix:" + self.admin, log_path=proof.path("log"),
                                 JOBTALLY_AHEAD=self.ahead, **broken(proof, "clock"))
        self.sign()

    def expect(self, holds, text):
        self.proof.expect(holds, "%s: %s" % (self.name, text))

    def set_clock(self, seconds):
        with open(self.ahead, "wb") as file:
            file.truncate(seconds)

    def sign(self, status=200):
        """A question for the health is answered after a sign of life."""
        self.expect(health(self.admin) == status, "the health is not %d: %s" % (status, self.listener.log()[-300:]))

    def gap(self):
        """The longest time in seconds between two spans in which a listener was up."""
        with reading(self.store) as database:
            spans = database.execute("SELECT begun_at, last_alive_at FROM uptime ORDER BY 1, 2").fetchall()
        until, longest = spans[0][1], 0
        for begun, alive in spans:
            longest, until = max(longest, begun - until), max(until, alive)
        return longest / 1e6

    def summary(self, at):
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        return json.loads(call(self.program, self.store, "--now", now, "summary", "--last", "12h", "--json").stdout)

    def end(self):
        self.expect(self.listener.stop() == 0, "ended otherwise: " + self.listener.log()[-300:])
        self.proof.count("cases")
        self.proof.clear()


def leaps(case):
    case.set_clock(int(3.5 * HOUR))
    case.sign()
    case.expect(case.gap() > 3 * HOUR, "it is said to have been up: %g s" % case.gap())
    with case.listener.connect() as connection:
        connection.post(hourly(1000, case.last + 4 * HOUR - 1))
    found = case.summary(time.time() + 3.6 * HOUR)
    case.proof.count("lost runs told", found["lost_runs"])
    case.expect(found["lost_runs"] == 3, "%s runs may be lost" % found["lost_runs"])
    case.expect(not found["missed"], "missed: %s" % found["missed"])
    case.expect(case.listener.log().count("clock was set forward") == 1, "the log: " + case.listener.log()[-300:])


def set_wrong(case):
    for seconds in (5 * HOUR, 0):
        case.set_clock(seconds)
        case.sign()
    case.expect(case.gap() < 60, "a gap of %g s" % case.gap())


def put_back(case):
    for seconds in (5 * HOUR, 2 * HOUR, 5 * HOUR):
        case.set_clock(seconds)
        case.sign()
    log = case.listener.log()
    case.expect(log.count("went back") == 1 and log.count("set forward") == 1, "the log: " + log[-500:])


def restored(case):
    backup = case.proof.path("backup.db")
    call(case.program, case.store, "db", "backup", backup)
    case.sign()
    shutil.copyfile(backup, case.store)
    time.sleep(1.5)  # it is looked at once a second
    case.sign(503)
    time.sleep(3)
    done = call(case.program, case.store, "db", "restore", backup)
    case.expect(done.returncode == 0, "db restore: %s" % done.stderr)
    time.sleep(1.5)
    case.sign()
    case.proof.count("tenths of a second in a gap", int(case.gap() * 10))
    case.expect(case.gap() < 1, "a gap of %g s" % case.gap())


def main():
    options = arguments(__doc__)
    proof = Proof("uptime")
    for play in (leaps, set_wrong, put_back, restored):
        case = Case(proof, options.program, play.__name__)
        play(case)
        case.end()
    proof.end()


if __name__ == "__main__":
    main()
