#!/usr/bin/env python3
"""The answers from the packed copy and those from the rows alone are the same bytes; a false segment is noticed.

Each question is asked of one store by one thread and by five, and a third time with JOBTALLY_SEGMENTS=off. The store is settled and has holes:
reports were replaced and pruned. --long asks a larger store. Usage: without_segments.py PROGRAM [--long]
"""
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from support import program as support  # noqa: E402

NOW = "2026-11-20T00:00:00Z"
BLOCK = 16_384  # sequences that a whole segment covers
# ThreadSanitizer has nothing to see in rows, which one thread reads, and takes minutes for them.
ONLY_THREADS = "TSAN_OPTIONS" in os.environ
QUESTIONS = [[command, *more, *window]
             for command, *more in (["rates"], ["rates", "--by", "hour"], ["rates", "--every", "month"],
                                    ["rates", "--by", "status"], ["rates", "--by", "source"], ["failures"],
                                    ["failures", "--source", "n*"], ["failures", "--by", "weekday"],
                                    ["failures", "--every", "month"], ["failures", "--status", "FAILURE"],
                                    ["durations"], ["durations", "--by", "type"], ["durations", "--by", "none"],
                                    ["durations", "--percentiles", "0.001,33.3,100"], ["list", "-n", "200"],
                                    ["definitions"], ["missed"], ["summary"], ["incidents"])
             for window in ([], ["--since=-90d"], ["--since=-400d", "--until=-200d", "--at", "updated"])
             if not (window[1:] and command in ("summary", "missed", "incidents"))]


def run(program, store, *words, **environment):
    return subprocess.run([program, "--db", store, "--now", NOW, *words], capture_output=True,
                          env={**os.environ, **environment})


def make(program, folder, count):
    """A settled store: loaded in three parts from two sources and none, which replace some reports of those before; then pruned."""
    store, generator = folder / "store.db", Path(__file__).parent.parent / "reference/generate.py"
    lines = subprocess.run([sys.executable, generator, str(count), "7"], capture_output=True, check=True).stdout.splitlines()
    third = count // 3
    for part, source in ((lines[:third], []), (lines[third:2 * third], ["--source", "north"]),
                         (lines[2 * third:], ["--source", "south"])):
        subprocess.run([program, "--db", store, "ingest", *source, "-"], input=b"\n".join(part), capture_output=True, check=True)
    subprocess.run([program, "--db", store, "db", "prune", "--before=2024-06-01"], capture_output=True, check=True)
    return store


def differing(program, store, told=None):
    """The questions that are answered differently."""
    found = []
    for words in QUESTIONS:
        packed = run(program, store, *words, "--json", JOBTALLY_THREADS="5")
        others = [run(program, store, *words, "--json", JOBTALLY_THREADS="1")]
        if not ONLY_THREADS:
            others.append(run(program, store, *words, "--json", JOBTALLY_SEGMENTS="off"))
        if told:
            told.check(packed.returncode == 0 and packed.stdout, f"{words}: exit {packed.returncode}, {packed.stderr}")
        if any((packed.returncode, packed.stdout, packed.stderr) != (other.returncode, other.stdout, other.stderr)
               for other in others):
            found.append(" ".join(words))
    return found


def falsify(store):
    """Makes every SUCCESS of the segments a FAILURE and the other way round: SQLite's own checks find nothing wrong."""
    with sqlite3.connect(store) as database:
        segments = database.execute("SELECT first_sequence, packed FROM packed_column WHERE column_number = 4").fetchall()
        for first, packed in segments:
            assert packed[0] == 1 and packed[8] == 1, "the statuses are not packed in bytes from 1 on"
            codes = bytes(code ^ 1 if code < 2 else code for code in packed[16:])
            database.execute("UPDATE packed_column SET packed = ? WHERE first_sequence = ? AND column_number = 4",
                             (packed[:16] + codes, first))
    database.close()


def differing_by_false_segments(program, store, findings):
    false = store.with_name("false.db")
    shutil.copy(store, false)
    falsify(false)
    noticed = differing(program, false)
    findings.check(len(noticed) >= 20, f"only {noticed} differ where the segments are false")
    findings.check(run(program, false, "db", "verify").returncode != 0, "db verify found nothing")
    return len(noticed)


def main():
    given = support.arguments(__doc__.splitlines()[0])
    findings = support.Findings()
    with support.scratch() as folder:
        store = make(given.program, Path(folder), 400_000 if given.long else 60_000)
        with sqlite3.connect(store) as database:
            segments, packed = database.execute("SELECT count(*), sum(row_count) FROM segment").fetchone()
            reports, = database.execute("SELECT count(*) FROM report").fetchone()
            wide, = database.execute("SELECT count(*) FROM segment WHERE last_sequence - first_sequence + 1 > row_count").fetchone()
        database.close()
        findings.check(segments >= 3 and reports - packed < 512, f"{packed} of {reports} reports are packed")
        findings.check(wide >= 2, f"{wide} segments have holes")
        for words in differing(given.program, store, findings):
            findings.check(False, f"{words}: another answer without segments")
        told = f"{len(QUESTIONS)} questions of {reports} reports, {packed} of them in {segments} segments"
        if not ONLY_THREADS:
            told += f"; with false segments {differing_by_false_segments(given.program, store, findings)} answers differ"
    findings.conclude(told)


if __name__ == "__main__":
    main()
