#!/usr/bin/env python3
"""P8: four processes write, four read, and checkpoints go on between them; then every acknowledged report must be there once.

Usage: p8_crowd.py JOBTALLY [--long | --seconds N]
Writers: a listener (its acknowledgements are its 2xx answers), two loops of `ingest`, one loop of `ingest` that updates what
it wrote and of `db prune` and `db verify --repack` (each ends with a checkpoint). Readers: `rates`, `export`, `db verify` and
`db backup`, whose every run must succeed and whose counts must not go back.
"""
import argparse
import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time


def report(id, number, updated=0):
    return json.dumps({"id": id, "type": "import", "status": "RUNNING" if updated == 0 else "SUCCESS",
                       "created_at": f"2026-11-{1 + number % 28:02}T{number // 28 % 24:02}:00:00Z",
                       "updated_at": f"2026-11-30T00:{updated // 60 % 60:02}:{updated % 60:02}Z", "total_operations": updated,
                       "total_succeeded": updated, "total_failed": 0, "definition_id": f"d{number % 11}",
                       "definition_name": f"name {number % 13}"})


class Crowd:
    def __init__(self, program, store, seconds):
        self.program, self.store, self.end = program, store, time.monotonic() + seconds
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("JOBTALLY_")}
        self.environment.update(TZ="UTC", LC_ALL="C.UTF-8", JOBTALLY_NOW="2026-12-01T00:00:00Z")
        self.acknowledged, self.spooled, self.expected_update, self.runs, self.wrong = set(), set(), {}, {}, []
        self.lock = threading.Lock()

    def going_on(self):
        return time.monotonic() < self.end and len(self.wrong) < 5

    def complain(self, text):
        with self.lock:
            self.wrong.append(text)

    def count(self, name):
        with self.lock:
            self.runs[name] = self.runs.get(name, 0) + 1

    def run(self, *words, text=""):
        """stdout, or None after a complaint."""
        done = subprocess.run([self.program, "--db", self.store, *words], env=self.environment, input=text, text=True,
                              capture_output=True, timeout=120)
        self.count(" ".join(words[:2]) if words[0] == "db" else words[0])
        if done.returncode != 0:
            self.complain(f"{' '.join(words)}: exit {done.returncode}: {done.stderr.strip()[:300]}")
            return None
        return done.stdout

    def ingest_loop(self, name):
        step = 0
        while self.going_on():
            ids = [f"{name}-{step}-{i}" for i in range(1 + step * 37 % 400)]
            if self.run("ingest", "-", text="\n".join(report(id, i) for i, id in enumerate(ids))) is not None:
                with self.lock:
                    self.acknowledged.update(ids)
            step += 1

    def update_loop(self):
        ids = [f"updated-{i}" for i in range(150)]
        step = 0
        while self.going_on():
            step += 1
            if self.run("ingest", "-", text="\n".join(report(id, i, step) for i, id in enumerate(ids))) is not None:
                with self.lock:
                    self.acknowledged.update(ids)
                    self.expected_update.update({id: step for id in ids})
            self.run("db", "prune", "--before", "2026-10-01") if step % 2 else self.run("db", "verify", "--repack")

    def post_loop(self, port, name):
        step, connection = 0, None
        while self.going_on():
            id = f"{name}-{step}"
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("POST", "/", report(id, step), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.complain(f"post: {error!r}")
                return
            if answer.status not in (200, 202):
                self.complain(f"post: {answer.status} {body[:200]!r}")
                return
            with self.lock:  # 202: held off for too long by the others, it comes into the store later
                (self.acknowledged if answer.status == 200 else self.spooled).add(id)
            self.count("post")
            step += 1

    def read_loop(self, what):
        most = 0
        while self.going_on():
            with self.lock:
                known = len(self.acknowledged)
            if what == "rates":
                text = self.run("rates", "-g", "reports")
                seen = int(text) if text else most
            elif what == "export":
                text = self.run("export")
                # A report that was replaced meanwhile may be there twice, its newer version later.
                seen = len({json.loads(line)["id"] for line in text.splitlines()}) if text is not None else most
            elif what == "verify":
                self.run("db", "verify")
                continue
            else:
                text = self.run("db", "backup", self.store + ".copy", "--json")
                seen = json.loads(text)["reports"] if text else most
            if text is not None and (seen < most or seen < known):
                self.complain(f"{what}: {seen} reports after {most}, {known} acknowledged")
            most = seen

    def judge(self):
        self.run("ingest", "-")  # what is still in the spool
        self.acknowledged |= self.spooled
        connection = sqlite3.connect(self.store)
        problems = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        rows = dict(connection.execute("SELECT id, coalesce(total_operations, 0) FROM report"))
        count = connection.execute("SELECT count(*) FROM report").fetchone()[0]
        connection.close()
        self.wrong += [f"integrity: {problem}" for problem in problems[:5]]
        lost = self.acknowledged - rows.keys()
        stale = [id for id, step in self.expected_update.items() if rows.get(id, -1) < step]
        if lost or stale:
            self.wrong.append(f"lost {len(lost)}, updates lost {len(stale)}: {sorted(lost)[:3]} {stale[:3]}")
        self.run("db", "verify")
        return count, len(lost) + len(stale), count - len(rows)


def main():
    parser = argparse.ArgumentParser(description="P8")
    parser.add_argument("program")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--seconds", type=int)
    options = parser.parse_args()
    seconds = options.seconds or (240 if options.long else 10)
    with tempfile.TemporaryDirectory(prefix="jobtally-p8-") as folder:
        crowd = Crowd(os.path.realpath(options.program), os.path.join(folder, "s.db"), seconds)
        crowd.run("ingest", "-", text=report("first", 1))
        listener = subprocess.Popen([crowd.program, "--db", crowd.store, "listen", "--bind", "127.0.0.1:0", "-q"],
                                    env=crowd.environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        ready = re.search(r":(\d+)/", listener.stderr.readline())
        threads = [threading.Thread(target=crowd.ingest_loop, args=(f"load{i}",)) for i in range(2)]
        threads.append(threading.Thread(target=crowd.update_loop))
        threads += [threading.Thread(target=crowd.post_loop, args=(int(ready[1]), f"post{i}")) for i in range(2)]
        threads += [threading.Thread(target=crowd.read_loop, args=(what,)) for what in ("rates", "export", "verify", "backup")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        listener.send_signal(signal.SIGTERM)
        rest = listener.stderr.read()
        if listener.wait(60) != 0:
            crowd.wrong.append(f"listener: {listener.returncode}: {rest[:300]}")
        rows, lost, duplicates = crowd.judge()
        for line in crowd.wrong[:20]:
            print("WRONG", line)
        acknowledged = len(crowd.acknowledged) + 1
        if rows != acknowledged:
            crowd.wrong.append("rows")
            print(f"WRONG {rows} rows, {acknowledged} acknowledged")
        runs = ", ".join(f"{name} {count}" for name, count in sorted(crowd.runs.items()))
        print(f"P8 seconds {seconds} ({runs}): acknowledged {acknowledged} ({len(crowd.spooled)} spooled), rows {rows}, lost {lost}, duplicates {duplicates}, "
              f"wrong {len(crowd.wrong)}")
        return 1 if crowd.wrong or lost or duplicates else 0


if __name__ == "__main__":
    sys.exit(main())
