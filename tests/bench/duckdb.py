"""DuckDB as a peer: what it is asked to do, and the process that does it and says how long it took inside."""

import json
import shutil
import subprocess
from pathlib import Path

from measuring import Run

COLUMNS = {"id": "VARCHAR", "type": "VARCHAR", "status": "VARCHAR", "created_at": "TIMESTAMP", "updated_at": "TIMESTAMP",
           "total_operations": "BIGINT", "total_succeeded": "BIGINT", "total_failed": "BIGINT",
           "definition_id": "VARCHAR", "definition_name": "VARCHAR"}


def source(reports):
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS.items())
    return f"read_json('{reports}', format = 'newline_delimited', columns = {{{columns}}})"


def load(reports):
    """Into a table without a key: nothing is deduplicated or indexed."""
    return [], f"CREATE TABLE report AS SELECT * FROM {source(reports)}"


def load_with_key(reports):
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    table = f"CREATE TABLE report ({columns.replace('id VARCHAR', 'id VARCHAR PRIMARY KEY', 1)})"
    return [table], f"INSERT OR IGNORE INTO report SELECT * FROM {source(reports)}"


def question(command, table="report"):
    """What rates, failures or durations answers of all definitions, exactly; a statement each."""
    return [], QUESTIONS[command].format(table=table)


QUESTIONS = {
    "rates": """
        SELECT definition_id, count(*), count(*) FILTER (status = 'SUCCESS'), count(*) FILTER (status = 'FAILURE'),
            count(*) FILTER (status = 'SUCCESS' AND total_failed > 0), sum(total_operations) FILTER (finished),
            sum(total_succeeded) FILTER (finished), sum(total_failed) FILTER (finished), max(created_at),
            arg_max(status, created_at), arg_max(definition_name, created_at), arg_max(type, created_at)
        FROM (SELECT *, status IN ('SUCCESS', 'FAILURE') AS finished FROM {table}) GROUP BY definition_id""",
    # Of the runs in order only failures and what ends them matter; a streak is known by the successes before it. That equal
    # times are ordered by id is spared it: it would take half as long again, and here changes nothing.
    "failures": """
        WITH ordered AS (
            SELECT definition_id, status, created_at, updated_at,
                lag(status) OVER (PARTITION BY definition_id ORDER BY created_at) AS before
            FROM {table} WHERE status IN ('SUCCESS', 'FAILURE')),
        turns AS (
            SELECT *, count(*) FILTER (status = 'SUCCESS')
                OVER (PARTITION BY definition_id ORDER BY created_at ROWS UNBOUNDED PRECEDING)
                - CASE status WHEN 'SUCCESS' THEN 1 ELSE 0 END AS streak
            FROM ordered WHERE status = 'FAILURE' OR before = 'FAILURE'),
        streaks AS (
            SELECT definition_id, count(*) FILTER (status = 'FAILURE') AS length, min(created_at) AS since,
                max(coalesce(updated_at, created_at)) FILTER (status = 'SUCCESS') AS ended
            FROM turns GROUP BY definition_id, streak),
        judged AS (
            SELECT definition_id, max(length) AS longest, count(ended) AS recoveries,
                avg(epoch_us(ended) - epoch_us(since)) AS mean_recovery,
                max(length) FILTER (ended IS NULL) AS current, max(since) FILTER (ended IS NULL) AS failing_since
            FROM streaks GROUP BY definition_id),
        counted AS (
            SELECT definition_id, count(*) AS finished, count(*) FILTER (status = 'FAILURE') AS failed,
                count(*) FILTER (status = 'SUCCESS' AND total_failed > 0) AS partial,
                count(*) FILTER (total_operations = 0) AS empty, sum(total_operations) AS operations,
                sum(total_failed) AS operations_failed, max(created_at) FILTER (status = 'FAILURE') AS last_failure_at,
                arg_max(id, created_at) FILTER (status = 'FAILURE') AS last_failure_id,
                max(created_at) FILTER (status = 'SUCCESS') AS last_success_at
            FROM {table} WHERE status IN ('SUCCESS', 'FAILURE') GROUP BY definition_id)
        SELECT definition_id, finished, failed, coalesce(longest, 0), coalesce(recoveries, 0), partial, empty, operations,
            operations_failed, coalesce(current, 0), failing_since, last_failure_at, last_failure_id, last_success_at,
            mean_recovery
        FROM counted LEFT JOIN judged USING (definition_id)""",
    "durations": """
        SELECT definition_id, count(*), min(duration), max(duration), quantile_disc(duration, [0.5, 0.9, 0.95, 0.99]),
            sum(duration), sum(total_operations), arg_max(definition_name, created_at), arg_max(type, created_at)
        FROM (SELECT *, epoch_us(updated_at) - epoch_us(created_at) AS duration FROM {table}
              WHERE status IN ('SUCCESS', 'FAILURE'))
        WHERE duration >= 0 GROUP BY definition_id"""}

COMPARED = {"rates": ("reports", "succeeded", "failed", "partial"),
            "failures": ("finished", "failed", "longest_streak", "recoveries"),
            "durations": ("count", "min_seconds", "max_seconds")}


def comparable_row(command, row):
    """The columns of DuckDB's answer that COMPARED names, as texts."""
    return tuple(map(str, row[:1 + len(COMPARED[command])]))


def comparable_group(command, group):
    """The same of a group of jobtally's, whose seconds are microseconds here."""
    values = [round(group[name] * 1e6) if name.endswith("_seconds") else group[name] for name in COMPARED[command]]
    return tuple(map(str, [group["definition_id"], *values]))


class DuckDB:
    """One process of its own, which sleeps while nothing is asked of it. packages is the folder with node_modules."""

    THREADS = 2

    def __init__(self, packages):
        script = Path(packages) / "duckdb.mjs"
        shutil.copyfile(Path(__file__).with_name("duckdb.mjs"), script)  # node looks for packages beside the script
        self.packages = packages
        self.process = subprocess.Popen(["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, database, statements):
        answer = self._ask(database, statements)
        return Run(answer["seconds"], answer["cpu_seconds"])

    def rows(self, database, statements):
        return self._ask(database, statements)["rows"]

    def version(self):
        return f"{self.rows(':memory:', ([], 'SELECT version()'))[0][0]}, {self.THREADS} threads"

    def let_go(self):
        """Closes the file of the database that was used last."""
        self.run(":memory:", ([], "SELECT 1"))

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def _ask(self, database, statements):
        untimed, timed = statements
        task = {"database": str(database), "threads": self.THREADS, "untimed": untimed, "timed": timed}
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("DuckDB's process ended")
        return json.loads(answer)


def start(packages):
    """None where node or the package is missing."""
    if not shutil.which("node") or not (Path(packages) / "node_modules/@duckdb/node-api").exists():
        return None
    return DuckDB(packages)
