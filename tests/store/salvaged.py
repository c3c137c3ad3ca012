#!/usr/bin/env python3
"""A store with one damaged page: `export` prints what can be read, each line as it came, says how many reports are missing and
ends with 1; ingest makes a sound store of that. Every page in turn, zeroed or overwritten by chance (--long: both). Then
copies that were made while the store was written to: one page, or all up to one, is older than the others (--long: of each
page).
"""
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from program import Findings, arguments, scratch
from served import bare_environment

REPORTS = 1000
PAGE = 4096
MOST_LOST = 120  # reports of one page; those of a page that leads to others are more


def run(program, store, *words, text=b""):
    return subprocess.run([program, "--db", store, *words], input=text, capture_output=True, env=bare_environment(), timeout=60)


def reports():
    for number in range(REPORTS):
        yield json.dumps({"id": "r%d" % number, "type": "import" if number % 3 else "export", "status": "SUCCESS" if number % 5 else
                          "FAILURE", "created_at": "2026-11-%02dT%02d:00:00Z" % (1 + number % 28, number % 24),
                          "updated_at": "2026-11-29T00:00:00Z", "total_operations": number, "total_succeeded": number,
                          "total_failed": 0, "definition_id": "d%d" % (number % 40), "definition_name": "name %d" % (number % 90),
                          "note": "-" * 150})


def leading_pages(store):
    """Of tables and indexes: behind them stand pages that are found by no other way."""
    with open(store, "rb") as file:
        bytes_of_store = file.read()
    return {number for number in range(1, len(bytes_of_store) // PAGE) if bytes_of_store[number * PAGE] in (2, 5)}


def has_schema(store):
    with closing(sqlite3.connect("file:%s?mode=ro" % store, uri=True)) as database:
        try:
            return bool(database.execute("SELECT max(sql) FROM sqlite_schema").fetchone())
        except sqlite3.DatabaseError:
            return False


def check_page(program, sound, whole, folder, number, content, is_leading, findings):
    by_id = {json.loads(line)["id"]: json.loads(line) for line in whole}
    store = os.path.join(folder, "damaged.db")
    for name in os.listdir(folder):
        if name.startswith("damaged"):
            os.remove(os.path.join(folder, name))
    shutil.copy(sound, store)
    with open(store, "r+b") as file:
        file.seek(number * PAGE)
        file.write(content)
    done = run(program, store, "export")
    what = "page %d: " % (number + 1)
    if done.returncode == 1 and not has_schema(store):
        return 0, 0  # nobody knows where its tables begin
    lines = done.stdout.splitlines()
    got = [json.loads(line) for line in lines]
    rebuilt = [one for one in got if "note" not in one]
    findings.check(len({one["id"] for one in got}) == len(got), what + "printed twice")
    findings.check(all({**one, "note": "-" * 150} == by_id[one["id"]] for one in got), what + "other reports than were stored")
    findings.check(set(lines) <= set(whole) or rebuilt, what + "other lines than were stored")
    if done.returncode == 0:
        findings.check(len(lines) == len(whole), what + "%d lines, and exit status 0" % len(lines))
        return 0, 0
    said = done.stderr.decode()
    told = re.search(r"error: store .* is damaged: ([\d,]+|some) reports? can't be read(?:, ([\d,]+) reports? w|\n)", said)
    findings.check(done.returncode == 1 and told, what + "ended with %d: %s" % (done.returncode, said))
    missing = len(whole) - len(lines)
    if told and told[1] != "some":
        findings.check(int(told[1].replace(",", "")) == missing, what + "%d are missing: %s" % (missing, said))
    if told:
        findings.check(int((told[2] or "0").replace(",", "")) == len(rebuilt), what + "%d rebuilt: %s" % (len(rebuilt), said))
    findings.check(is_leading or missing <= MOST_LOST, what + "%d are missing: %s" % (missing, said))
    return missing, len(rebuilt)


def older(before, after, number, is_head):
    """A copy of the later state, with one page, or the first ones, of the earlier."""
    begin = 0 if is_head else number * PAGE
    return after[:begin] + before[begin:(number + 1) * PAGE] + after[(number + 1) * PAGE:]


def check_copies(program, sound, folder, step, findings):
    """What `export` of a torn copy does not print is told, but for what no index has either: silence is the exception."""
    def state():
        with open(sound, "rb") as file:
            return file.read()
    ids, before = {"r%d" % number for number in range(REPORTS)}, state()
    later = [{**json.loads(line), "updated_at": "2026-11-30T00:00:00Z", "id": "r%d" % (number * 40 if number < 25 else 1000 + number)}
             for number, line in enumerate(list(reports())[:500])]
    run(program, sound, "ingest", "-", text="\n".join(map(json.dumps, later)).encode())
    after = state()
    store, copies, lacking, silent = os.path.join(folder, "damaged.db"), 0, 0, 0
    for number in range(1, len(before) // PAGE, step):
        for content in {older(before, after, number, is_head) for is_head in (False, True)} - {after}:
            for name in os.listdir(folder):
                if name.startswith("damaged"):
                    os.remove(os.path.join(folder, name))
            with open(store, "wb") as file:
                file.write(content)
            done = run(program, store, "export")
            missing = ids - {json.loads(line)["id"] for line in done.stdout.splitlines()}
            copies += 1
            lacking += bool(missing)
            silent += bool(missing) and done.returncode == 0
    findings.check(lacking * step > 50 and silent <= 5, "of %d torn copies %d lack reports, %d of these end with 0" % (copies, lacking, silent))
    return copies, lacking, silent


def main():
    given = arguments(__doc__)
    findings, chance = Findings(), random.Random(4071)
    with scratch() as folder:
        sound, again = os.path.join(folder, "sound.db"), os.path.join(folder, "again.db")
        run(given.program, sound, "ingest", "-", text="\n".join(reports()).encode())
        whole = run(given.program, sound, "export").stdout.splitlines()
        findings.check(len(whole) == REPORTS, "%d reports in the sound store" % len(whole))
        pages = os.path.getsize(sound) // PAGE
        leading = leading_pages(sound)
        lost = []
        for number in range(1, pages):
            contents = [b"\0" * PAGE, chance.randbytes(PAGE)]
            for content in contents if given.long else contents[number % 2:number % 2 + 1]:
                lost.append(check_page(given.program, sound, whole, folder, number, content, number in leading, findings))
                if sum(lost[-1]) and not os.path.exists(again):
                    kept = run(given.program, os.path.join(folder, "damaged.db"), "export").stdout
                    done = run(given.program, again, "ingest", "-", text=kept)
                    findings.check(done.returncode == 0, "ingest: %r" % done.stderr)
                    findings.check(run(given.program, again, "export").stdout == kept, "another store than what was exported")
        copies, lacking, silent = check_copies(given.program, sound, folder, 1 if given.long else 3, findings)
    missing, rebuilt = zip(*lost)
    findings.conclude("salvaged: %d damages of %d pages: %d of them cost %d reports, at most %d; %d were made of the index and the "
                      "packed copies; %d torn copies, %d lack reports, %d of these untold" % (
                          len(lost), pages, sum(1 for one in missing if one), sum(missing), max(missing), sum(rebuilt),
                          copies, lacking, silent))


main()
