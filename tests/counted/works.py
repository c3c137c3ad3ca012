"""What is counted: a history that is the same bytes every time, and what the program does with it."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from messages import post, read_answer, report  # noqa: E402
from served import Served  # noqa: E402

BEGIN = datetime(2026, 8, 24, tzinfo=timezone.utc)
NOW = "2026-11-22T08:00:00Z"
REPORTS = 10_000
DEFINITIONS = 40
POSTS = 200
QUESTIONS = ("rates", "failures", "durations", "missed", "summary")


def time_text(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (time.microsecond // 1000)


def history():
    """REPORTS reports of 90 days: each definition at its own period, with lengths and volumes that differ a little, and a
    streak of failures now and then."""
    step = timedelta(days=90) / REPORTS
    for number in range(REPORTS):
        definition, run = number % DEFINITIONS, number // DEFINITIONS
        scatter = number * 2654435761 % 1000  # Knuth's multiplicative hash: looks random, is not
        created = BEGIN + number * step + timedelta(milliseconds=scatter)
        is_failed = (run + 3 * definition) % 50 < 2
        total = 1000 + 40 * definition + scatter
        failed = total if is_failed else scatter // 990
        yield report("AaAx%07dc6kfYMLeA" % number, status="FAILURE" if is_failed else "SUCCESS",
                     type=("import", "export")[definition % 2],
                     created_at=time_text(created),
                     updated_at=time_text(created + timedelta(milliseconds=5000 * (1 + definition) + 7 * scatter)),
                     total_operations=total, total_succeeded=total - failed, total_failed=failed,
                     definition_id="AZVg%02dMAXgwtcai0" % definition, definition_name="Definition %d" % definition)


class Works:
    """In a folder of its own. Each work takes a program, jobtally or what counts it, and runs that once."""

    def __init__(self, program, folder):
        self.folder = Path(folder)
        self.reports = self.folder / "history.ndjson"
        self.reports.write_bytes(b"".join(line + b"\n" for line in history()))
        self.store = self.folder / "store.db"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "UTC", "LC_ALL": "C.UTF-8",
                            "JOBTALLY_NOW": NOW, "JOBTALLY_THREADS": "1"}
        self._stores = 0
        self._run(program, self.store, "ingest", self.reports)

    def start(self, program):
        self._run(program, self.store, "--version")

    def ingest(self, program):
        self._run(program, self._new_store("ingest"), "ingest", self.reports)

    def ask(self, question):
        return lambda program: self._run(program, self.store, question)

    def listen(self, program):
        """POSTS reports by one connection, one after the other: so nothing depends on who comes first."""
        store = self._new_store("listen")
        with Served(str(program), str(store)) as listener, listener.connect(timeout=60) as connection:
            rest = b""
            for number in range(POSTS):
                connection.sendall(post(report("AaAx%07dc6kfYMLeA" % number)))
                answer, rest = read_answer(connection, rest)
                if answer.status != 200:
                    raise RuntimeError("answered %d: %r" % (answer.status, answer.body))

    def _new_store(self, name):
        self._stores += 1
        return self.folder / ("%s-%d.db" % (name, self._stores))

    def _run(self, program, store, *arguments):
        subprocess.run([program, "--db", store, *arguments], env=self.environment, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
