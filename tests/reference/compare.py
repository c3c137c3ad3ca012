#!/usr/bin/env python3
"""Holds every cell of jobtally's answers against the same figures worked out anew from the reports alone.

Usage: compare.py JOBTALLY [COUNT [SEED]]     (20000 reports, seed 1)
Exit 1 when any cell differs. Prints how many cells were compared.
"""

import fnmatch
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import answers
import history

BY = ("definition", "name", "type", "status", "weekday", "hour", "none")
MOST_SHOWN = 20


class Selection:
    def __init__(self, zone="UTC", since=None, until=None, at="created", definitions=(), types=(), statuses=(),
                 min_runs=0):
        self.zone, self.since, self.until, self.at = zone, since, until, at
        self.definitions, self.types, self.statuses, self.min_runs = definitions, types, statuses, min_runs

    def options(self):
        words = ["--tz", self.zone, "--at", self.at]
        for name, value in (("since", self.since), ("until", self.until)):
            words += [f"--{name}", value] if value else []
        for name, values in (("definition", self.definitions), ("type", self.types), ("status", self.statuses)):
            for value in values:
                words.append(f"--{name}={value}")
        return words + (["--min-runs", str(self.min_runs)] if self.min_runs else [])

    def choose(self, reports):
        names = history.labels(reports)
        chosen = [report for report in reports if self.accepts(report, names.get(report.definition_id))]
        if self.min_runs:
            finished = {}
            for report in chosen:
                finished[report.definition_id] = finished.get(report.definition_id, 0) + report.finished
            chosen = [report for report in chosen if finished[report.definition_id] >= self.min_runs]
        return chosen

    def accepts(self, report, name):
        at = history.time_of(report, self.at)
        if self.since and at < history.micros(self.since):
            return False
        if self.until and at >= history.micros(self.until):
            return False
        if self.types and (report.type or "\0").lower() not in [text.lower() for text in self.types]:
            return False
        if self.statuses and report.status.lower() not in [text.lower() for text in self.statuses]:
            return False
        return self.accepts_definition(report.definition_id, name)

    def accepts_definition(self, key, name):
        def matches(pattern):
            return any(text is not None and (text == pattern or fnmatch.fnmatchcase(text, pattern))
                       for text in (key, name))
        wanted = [pattern for pattern in self.definitions if not pattern.startswith("!")]
        unwanted = [pattern[1:] for pattern in self.definitions if pattern.startswith("!")]
        return (not wanted or any(map(matches, wanted))) and not any(map(matches, unwanted))


def selections(reports):
    some_id = next(report.definition_id for report in reports if report.definition_id)
    return [
        Selection(),
        Selection(zone="Europe/Paris"),
        Selection(zone="America/New_York", at="updated"),
        Selection(zone="Australia/Lord_Howe", since="2025-01-01T00:00:00Z", until="2026-06-01T12:30:00Z"),
        Selection(zone="Asia/Kathmandu", at="updated", since="2025-10-25T22:00:00Z", until="2025-10-27T00:00:00Z"),
        Selection(zone="Europe/Paris", definitions=("Daily*", "!*v2", some_id)),
        Selection(definitions=("!CRM*", "!Nightly*")),
        Selection(types=("IMPORT", "sync"), statuses=("success", "FAILURE")),
        Selection(statuses=("FAILURE", "running")),
        Selection(min_runs=70),
        Selection(definitions=("nothing has this name",)),
        Selection(zone="Europe/Paris", since="2026-03-28T23:00:00Z", until="2026-03-29T22:00:00Z", min_runs=2),
    ]


class Comparison:
    def __init__(self):
        self.cells = 0
        self.differences = 0

    def complain(self, where, expected, got):
        self.differences += 1
        if self.differences <= MOST_SHOWN:
            print(f"differs: {where}: expected {expected!r}, got {got!r}")

    def cell(self, where, expected, got):
        self.cells += 1
        if isinstance(expected, float) and isinstance(got, (int, float)) and not isinstance(got, bool):
            if abs(expected - got) > 1e-12 * max(abs(expected), abs(got)):
                self.complain(where, expected, got)
        elif expected != got:
            self.complain(where, expected, got)

    def row(self, where, expected, got):
        if list(expected) != list(got):
            self.complain(where + " keys", list(expected), list(got))
            return
        for key in expected:
            self.cell(f"{where} {key}", expected[key], got[key])

    def rows(self, where, expected, got):
        if len(expected) != len(got):
            self.complain(where + " rows", len(expected), len(got))
        for number, (mine, theirs) in enumerate(zip(expected, got)):
            self.row(f"{where} row {number}", mine, theirs)


class Program:
    def __init__(self, path, store):
        self.path, self.store = path, store

    def json(self, *words):
        done = subprocess.run([self.path, "--db", self.store, *words, "--json"], capture_output=True, encoding="utf-8")
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(words)}: exit {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)


def compare_selection(program, comparison, reports, selection):
    chosen = selection.choose(reports)
    options = selection.options()
    for by in BY:
        question = answers.Question(reports, chosen, by, selection.zone, selection.at)
        for name, expected, more in (("rates", answers.rates(question), []),
                                     ("failures", answers.failures(question), []),
                                     ("durations", answers.durations(question), []),
                                     ("durations", answers.durations(question, ("0.1", "33.3", "99.9", "100")),
                                      ["-p", "0.1,33.3,99.9,100"])):
            got = program.json(name, "--by", by, *more, *options)
            where = " ".join([name, "--by", by, *more, *options])
            comparison.rows(where, expected[0], got["groups"])
            comparison.row(where + " total", expected[1], got["total"])
    question = answers.Question(reports, chosen, "definition", selection.zone, selection.at)
    got = program.json("definitions", *options)
    comparison.rows(" ".join(["definitions", *options]), answers.definitions(question), got["definitions"])


def main():
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    count, seed = (sys.argv[2:] + ["20000", "1"][len(sys.argv) - 2:])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "reports.ndjson")
        with open(path, "wb") as out:
            generator = Path(__file__).with_name("generate.py")
            subprocess.run([sys.executable, generator, count, seed], stdout=out, check=True)
        program = Program(os.path.abspath(sys.argv[1]), os.path.join(folder, "store.db"))
        comparison = Comparison()
        reports, tally = history.read(path)
        loaded = program.json("ingest", path)
        comparison.row("ingest", tally, loaded["groups"][0] if "groups" in loaded else loaded)
        for selection in selections(reports):
            compare_selection(program, comparison, reports, selection)
    print(f"compared {comparison.cells} cells of {len(reports)} reports: {comparison.differences} differences")
    return 1 if comparison.differences or not comparison.cells else 0


if __name__ == "__main__":
    sys.exit(main())
