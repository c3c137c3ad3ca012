#!/usr/bin/env python3
"""M1: of consecutive mails exactly one tells each failure, and one each recovery.

Usage: m1_told_once.py PATH-OF-JOBTALLY
2,000 jobs of 2 minutes to 5 hours fail, among others in the very seconds of a mail; some are RUNNING in a list before,
some have no updated_at, some reports come up to three weeks late. 60 mails are sent at 07:30 in Berlin on working days,
across a clock change, a moment late each, with windows that join: --since of the mail before, --until of its own.
Before each mail the store is given what had arrived by then. At last old history is loaded at once: one line tells it.
"""
import json
import os
import random
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import program  # noqa: E402

FAILURES, MAILS, OLD = 2000, 60, 400
BERLIN = ZoneInfo("Europe/Berlin")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def mail_times():
    day, times = datetime(2026, 9, 1, 7, 30, tzinfo=BERLIN), []
    while len(times) <= MAILS:
        if day.weekday() < 5:
            times.append(day.astimezone(timezone.utc))
        day = (day.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=BERLIN)
    return times


def text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def report(name, number, status, created, ended):
    one = {"id": "%s-%d" % (name, number), "type": "import", "status": status, "created_at": text(created),
           "definition_id": name, "definition_name": name, "total_operations": 3, "total_succeeded": 3, "total_failed": 0}
    if ended:
        one["updated_at"] = text(ended)
    return one


def made(chance, mails):
    """[(when it arrives, report)]: a failure and the success that ends it, a definition each."""
    arrivals = []
    for number in range(FAILURES):
        name = "job%04d" % number
        length = timedelta(minutes=2 * 150 ** chance.random())
        ended = mails[0] + (mails[-1] - mails[0]) * chance.random() * 0.9
        if number % 3 == 0:  # in the seconds of a mail
            ended = chance.choice(mails[1:-8]) + timedelta(seconds=chance.uniform(-4, 4))
        if number % 50 == 0:  # on the very microsecond
            ended = chance.choice(mails[1:-8])
        late = timedelta(seconds=chance.uniform(0.01, 3))
        if number % 10 == 1:
            late = timedelta(minutes=chance.uniform(1, 60)) if number % 20 == 1 else timedelta(days=chance.uniform(0, 21))
        arrived = min(ended + late, mails[-8])
        arrivals.append((arrived, report(name, 0, "FAILURE", ended - length, None if number % 17 == 2 else ended)))
        if number % 13 == 3 and number % 17 != 2:  # a list was loaded while it ran
            seen = ended - length * chance.random()
            arrivals.append((seen, report(name, 0, "RUNNING", ended - length, seen)))
        again = max(ended, arrived) + timedelta(hours=chance.uniform(0.01, 60))
        end = again + timedelta(minutes=chance.uniform(1, 30))
        arrivals.append((end + timedelta(seconds=1), report(name, 1, "SUCCESS", again, end)))
    return sorted(arrivals, key=lambda one: (one[0], one[1]["id"]))


class Store:
    def __init__(self, jobtally, folder):
        self.jobtally, self.path = jobtally, os.path.join(folder, "store.db")

    def run(self, *words, feed=None):
        done = subprocess.run([self.jobtally, "--db", self.path, "--tz", "Europe/Berlin", *words], input=feed, text=True,
                              capture_output=True, check=True)
        return done.stdout

    def take(self, arrivals):
        """Stores the reports as they came at their times; `ingest` alone would say that all came now."""
        if not arrivals:
            return
        self.run("-q", "ingest", feed="".join(json.dumps(one) + "\n" for _, one in arrivals))
        times = {one["id"]: (at - EPOCH) // timedelta(microseconds=1) for at, one in arrivals}
        with sqlite3.connect(self.path) as store:
            store.executemany("UPDATE report SET received_at = ? WHERE id = ?", [(at, id) for id, at in times.items()])
            store.execute("DELETE FROM segment_column")  # packed copies are made again from the rows
            store.execute("DELETE FROM segment")
        store.close()


def names_of(mail, *sections):
    """The definitions that the sections name, each as often as it failed or recovered there."""
    return [row["definition_id"] for section in sections for row in mail.get(section, [])
            for _ in range(row.get("failed", 1))]


def main():
    given = program.arguments(__doc__.splitlines()[0])
    chance = random.Random(7)
    findings = program.Findings()
    mails = mail_times()
    arrivals = made(chance, mails)
    failed, recovered, late = {}, {}, 0
    with program.scratch() as folder:
        store = Store(given.program, folder)
        store.take([(mails[0], report("first", 0, "SUCCESS", mails[0] - timedelta(days=1), mails[0] - timedelta(hours=2)))])
        for before, at in zip(mails, mails[1:]):
            sent = at + timedelta(seconds=chance.uniform(0, 20))
            store.take([one for one in arrivals if one[0] < sent])
            arrivals = [one for one in arrivals if one[0] >= sent]
            window = ["--since", text(before), "--until", text(at)]
            mail = json.loads(store.run("summary", "--json", "--now", text(sent), *window))
            for told, names in ((failed, names_of(mail, "failed", "late")), (recovered, names_of(mail, "recovered"))):
                for name in names:
                    told[name] = told.get(name, 0) + 1
            late += len(mail.get("late", []))
        findings.check(not arrivals, "%d reports had not arrived by the last mail" % len(arrivals))
        for what, told in (("failure", failed), ("recovery", recovered)):
            for number in range(FAILURES):
                times = told.get("job%04d" % number, 0)
                findings.check(times == 1, "the %s of job%04d was told %d times" % (what, number, times))

        old = datetime(2024, 1, 1, tzinfo=timezone.utc)
        store.take([(mails[-1] + timedelta(hours=1), report("old%d" % (n % 50), n, "FAILURE", old + timedelta(hours=n),
                                                            old + timedelta(hours=n, minutes=9))) for n in range(OLD)])
        last = mails[-1] + timedelta(days=1)
        words = ["summary", "--now", text(last), "--since", text(mails[-1]), "--until", text(last)]
        told = [line for line in store.run(*words).splitlines() if "came late" in line and "jobtally failures" in line]
        findings.check(len(told) == 1 and "%d failed" % OLD in told[0], "old history is not told in one line")
        findings.check("Came late" not in store.run(*words), "old history is told row by row")
    once = sum(1 for times in failed.values() if times == 1)
    findings.conclude("%d failures and %d recoveries across %d mails, %d told once, %d of them late; %d old ones in one line"
                      % (FAILURES, FAILURES, MAILS, once, late, OLD))


main()
