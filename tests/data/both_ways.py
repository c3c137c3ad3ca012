"""Sends bodies in through the listener and through `ingest`, and tells what became of each."""
import os
import sqlite3
import subprocess
from collections import namedtuple

from messages import post
from served import Served, bare_environment

# verdict: accept (stored), json (JSON, but no report), reject, nothing (nothing in it: as a file there is nothing to reject),
# either. `id`: of the report that it would store, or None.
Body = namedtuple("Body", "name verdict bytes id")
# What became of a body: its HTTP status (None by ingest), whether its report is stored, the reasons of its rejections.
Fate = namedtuple("Fate", "status stored reasons")


def kept_as_rejected(store):
    with sqlite3.connect("file:" + store + "?mode=ro", uri=True) as database:
        return database.execute("SELECT source, reason FROM rejected ORDER BY rejected_id").fetchall()


def stored_ids(store):
    with sqlite3.connect("file:" + store + "?mode=ro", uri=True) as database:
        return {row[0] for row in database.execute("SELECT id FROM reports")}


def through_listener(program, store, bodies, findings):
    fates = []
    told = 0
    with Served(program, store, "--max-body", "4MiB") as served:
        with served.connect() as connection:
            connection.close()
        for body in bodies:
            answer = served.exchange(post(body.bytes))
            said = answer.json()
            count = said.get("rejected", 0)
            told += count
            findings.check(answer.status == 200 or said["error"], "%s: no reason in its answer" % body.name)
            fates.append([answer.status, count])
    rejected = kept_as_rejected(store)
    findings.check(len(rejected) == told, "%d rejections told, %d kept" % (told, len(rejected)))
    findings.check(all(reason for _, reason in rejected), "a rejection without a reason is kept")
    ids = stored_ids(store)
    made, at = [], 0
    for body, (status, count) in zip(bodies, fates):
        reasons = [reason for _, reason in rejected[at:at + count]]
        at += count
        made.append(Fate(status, body.id in ids, reasons))
    return made


def through_ingest(program, store, bodies, folder, findings):
    paths = []
    for number, body in enumerate(bodies):
        paths.append(os.path.join(folder, "%04d" % number))
        with open(paths[-1], "wb") as file:
            file.write(body.bytes)
    run = subprocess.run([program, "--db", store, "ingest", *paths], capture_output=True, env=bare_environment())
    findings.check(run.returncode in (0, 3), "ingest ended with %d: %r" % (run.returncode, run.stderr[-300:]))
    reasons = {}
    for source, reason in kept_as_rejected(store):
        reasons.setdefault(source.rsplit(":", 1)[0], []).append(reason)
    known = {name: found for name, found in reasons.items()}
    ids = stored_ids(store)
    fates = []
    for path, body in zip(paths, bodies):
        fates.append(Fate(None, body.id in ids, known.pop(path, None) or known.pop(os.path.basename(path), [])))
    findings.check(not known, "rejections of no file: %s" % list(known)[:3])
    return fates


def judge(body, fate, way, findings):
    what = "%s %s: %s" % (body.name, way, tuple(fate))
    if body.verdict == "accept":
        findings.check(fate.stored and not fate.reasons and fate.status in (None, 200), what)
    elif body.verdict == "json":
        not_json = [reason for reason in fate.reasons if reason.startswith("not JSON")]
        findings.check(not fate.stored and fate.status in (None, 422) and not not_json, what)
    elif body.verdict == "nothing" and fate.status is None:
        findings.check(not fate.stored and not fate.reasons, what)
    elif body.verdict in ("reject", "nothing"):
        findings.check(not fate.stored and fate.reasons and fate.status in (None, 400, 422), what)
    else:
        findings.check(fate.status in (None, 200, 400, 422) and fate.stored != bool(fate.reasons), what)


def send_both_ways(program, folder, bodies, findings):
    """Judges the fates of all bodies; returns those by the listener, and the two stores."""
    stores = [os.path.join(folder, name + ".db") for name in ("http", "ingest")]
    files = os.path.join(folder, "files")
    os.mkdir(files)
    by_http = through_listener(program, stores[0], bodies, findings)
    by_ingest = through_ingest(program, stores[1], bodies, files, findings)
    for body, first, second in zip(bodies, by_http, by_ingest):
        judge(body, first, "by HTTP", findings)
        judge(body, second, "by ingest", findings)
        findings.check(first.stored == second.stored, "%s: %s by HTTP, but %s by ingest" % (body.name, first, second))
    return by_http, stores


def exported(program, store):
    """The lines of `export`."""
    return subprocess.run([program, "--db", store, "export"], capture_output=True, check=True,
                          env=bare_environment()).stdout.splitlines()
