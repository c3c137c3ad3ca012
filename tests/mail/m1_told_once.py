#!/usr/bin/env python3
"""M1: however mails are made, each failure and each recovery is told, and twice only what came while the mail was waited for.

Usage: m1_told_once.py PATH-OF-JOBTALLY
2,000 jobs of 2 minutes to 5 hours fail, among others in the very seconds of a mail; some are RUNNING in a list before,
some have no updated_at, some reports come up to three weeks late, some have the clock of another year. Some successes
have a clock that is hours or days ahead, by created_at or both times: they are known from that time on. Five rows of mails go through the same weeks, and a
clock change, each with windows that join: at 07:30 in Berlin on working days by --since and --until (skipping a week),
made seconds after that, or up to ten hours; --last 24h; --period yesterday and last-week, made up to ten hours later.
Before each mail the store is given what had arrived by then. A mail made within a minute of its window's end tells
exactly what no other does; another tells what came between that end and its making, and the next tells that as late.
At last old history is loaded at once: one line tells it.
"""
import json
import os
import random
import re
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
        if day.weekday() < 5 and not (day.month == 9 and 21 <= day.day <= 27):  # a week off
            times.append(day.astimezone(timezone.utc))
        day += timedelta(days=1)  # of the wall's clock
    return times


def midnights(days):
    """Of Berlin: each of them, or each Monday's."""
    day, times = datetime(2026, 8, 31, tzinfo=BERLIN), []
    while day < datetime(2026, 12, 8, tzinfo=BERLIN):
        times.append(day.astimezone(timezone.utc))
        day += timedelta(days=days)
    return times


def rows_of_mails(chance, mails):
    """{row: [(when it is made, its window, the words that ask for it)]}"""
    def row(times, delay, words):
        return [(until + timedelta(seconds=delay()), (since, until), words(since, until))
                for since, until in zip(times, times[1:])]

    def at_once():
        return chance.uniform(0, 20)

    def at_any_time():
        return chance.choice([chance.uniform(0, 120), chance.uniform(0, 36000)])

    def both_ends(since, until):
        return ["--since", text(since), "--until", text(until)]
    every_24h = [mails[0] + timedelta(days=day, minutes=17) for day in range(-1, 96)]
    return {"seconds later": row(mails, at_once, both_ends), "hours later": row(mails, at_any_time, both_ends),
            "--last 24h": row(every_24h, lambda: 0, lambda *_: ["--last", "24h"]),
            "yesterday": row(midnights(1), at_any_time, lambda *_: ["--period", "yesterday"]),
            "last-week": row(midnights(7), at_any_time, lambda *_: ["--period", "last-week"])}


def text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def report(name, number, status, created, ended):
    one = {"id": "%s-%d" % (name, number), "type": "import", "status": status, "created_at": text(created),
           "definition_id": name, "definition_name": name, "total_operations": 3, "total_succeeded": 3, "total_failed": 0}
    if ended:
        one["updated_at"] = text(ended)
    return one


def is_ahead(number):
    return number % 100 == 7


def made(chance, mails, moments):
    """[(when it arrives, report)]: a failure and the success that ends it, a definition each."""
    arrivals = []
    for number in range(FAILURES):
        name = "job%04d" % number
        length = timedelta(minutes=2 * 150 ** chance.random())
        ended = mails[0] + (mails[-1] - mails[0]) * chance.random() * 0.9
        if number % 3 == 0:  # in the seconds of a mail
            ended = chance.choice(moments) + timedelta(seconds=chance.uniform(-4, 4))
        if number % 50 == 0:  # on the very microsecond
            ended = chance.choice(moments)
        late = timedelta(seconds=chance.uniform(0.01, 3))
        if number % 10 == 1:
            late = timedelta(minutes=chance.uniform(1, 60)) if number % 20 == 1 else timedelta(days=chance.uniform(0, 21))
        arrived = max(ended, min(ended + late, mails[-8]))
        told_end = ended + timedelta(days=1500) if is_ahead(number) else ended
        arrivals.append((arrived, report(name, 0, "FAILURE", ended - length, None if number % 17 == 2 else told_end)))
        if number % 13 == 3 and number % 17 != 2 and not is_ahead(number):  # a list was loaded while it ran
            seen = ended - length * chance.random()
            arrivals.append((seen, report(name, 0, "RUNNING", ended - length, seen)))
        again = max(ended, arrived) + timedelta(hours=chance.uniform(0.01, 60))
        end = again + timedelta(minutes=chance.uniform(1, 30))
        came = end + timedelta(seconds=1)
        if number % 20 == 11:
            again = end + timedelta(hours=chance.uniform(1, 70))
            end = again + timedelta(hours=chance.uniform(0.01, 30)) if number % 40 == 11 else end
        arrivals.append((came, report(name, 1, "SUCCESS", again, end)))
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
            store.execute("DELETE FROM packed_column")  # packed copies are made again from the rows
            store.execute("DELETE FROM segment")
        store.close()


def names_of(mail, *sections):
    """The definitions that the sections name, each as often as it failed or recovered there."""
    return [row["definition_id"] for section in sections for row in mail.get(section, [])
            for _ in range(row.get("failed", 1))]


def times_told(window, sent, arrived):
    """How often the mail of the window and the next ones tell what ended in it."""
    _, until = window
    return 2 if until <= arrived < sent and sent >= until + timedelta(minutes=1) else 1


def main():
    given = program.arguments(__doc__.splitlines()[0])
    chance = random.Random(7)
    findings = program.Findings()
    mails = mail_times()
    rows = rows_of_mails(chance, mails)
    events = sorted((sent, name, window, words) for name, row in rows.items() for sent, window, words in row)
    moments = [at for sent, _, window, _ in events for at in (sent, window[1]) if mails[1] <= at < mails[-8] - timedelta(hours=1)]
    arrivals = made(chance, mails, moments)
    came = {one["id"]: (at, one) for at, one in arrivals if one["status"] != "RUNNING"}
    told, late = {}, 0
    with program.scratch() as folder:
        store = Store(given.program, folder)
        store.take([(mails[0], report("first", 0, "SUCCESS", mails[0] - timedelta(days=1), mails[0] - timedelta(hours=2)))])
        for sent, name, _, words in events:
            store.take([one for one in arrivals if one[0] < sent])
            arrivals = [one for one in arrivals if one[0] >= sent]
            mail = json.loads(store.run("summary", "--json", "--now", text(sent), *words))
            for kind, names in (("failure", names_of(mail, "failed", "late")), ("recovery", names_of(mail, "recovered"))):
                for job in names:
                    told[name, kind, job] = told.get((name, kind, job), 0) + 1
            late += len(mail.get("late", []))
        findings.check(not arrivals, "%d reports had not arrived by the last mail" % len(arrivals))
        twice = dict.fromkeys(rows, 0)
        for name, kind, job in ((name, kind, "job%04d" % n) for name in rows for n in range(FAILURES)
                                for kind in ("failure", "recovery")):
            arrived, one = came[job + ("-0" if kind == "failure" else "-1")]
            created = datetime.fromisoformat(one["created_at"].replace("Z", "+00:00"))
            ended = datetime.fromisoformat(one.get("updated_at", one["created_at"]).replace("Z", "+00:00"))
            known_by = arrived if ended > mails[-1] else ended  # a clock that is years ahead says nothing
            if created > arrived:
                known_by = created - timedelta(minutes=1)
            sent, window = next((sent, window) for sent, window, _ in rows[name] if known_by < window[1])
            expected = times_told(window, sent, arrived)
            twice[name] += expected == 2
            times = told.get((name, kind, job), 0)
            findings.check(times == expected, "%s: the %s of %s was told %d times, not %d" % (name, kind, job, times, expected))
        findings.check(twice["seconds later"] == twice["--last 24h"] == 0 < min(twice["hours later"], twice["yesterday"]),
                       "told twice by plan: %s" % twice)

        old = datetime(2024, 1, 1, tzinfo=timezone.utc)
        store.take([(mails[-1] + timedelta(hours=1), report("old%d" % (n % 50), n, "FAILURE", old + timedelta(hours=n),
                                                            old + timedelta(hours=n, minutes=9))) for n in range(OLD)])
        last = mails[-1] + timedelta(days=1)
        words = ["summary", "--now", text(last), "--since", text(mails[-1]), "--until", text(last)]
        told = re.findall(r"\S+ reports came late: .*?`jobtally failures", " ".join(store.run(*words).split()))
        findings.check(len(told) == 1 and "%d failed" % OLD in told[0], "old history is not told in one line")
        findings.check("Came late" not in store.run(*words), "old history is told row by row")
    findings.conclude("%d failures and %d recoveries across %d mails in %d rows: all told, %d of them twice, as they came "
                      "before a mail and after its window; %d rows of late ones; %d old ones in one line"
                      % (FAILURES, FAILURES, len(events), len(rows), sum(twice.values()), late, OLD))


main()
