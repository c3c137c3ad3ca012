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


def question(table="report"):
    """What rates and durations answer together; the percentiles are exact."""
    return [], f"""
        SELECT definition_id, count(*), count(*) FILTER (status = 'SUCCESS') / count(*), sum(total_operations),
            sum(total_succeeded), sum(total_failed), quantile_disc(duration, [0.5, 0.95, 0.99]), max(duration)
        FROM (SELECT *, epoch_us(updated_at) - epoch_us(created_at) AS duration FROM {table})
        GROUP BY definition_id"""


class DuckDB:
    """One process of its own, which sleeps while nothing is asked of it. packages is the folder with node_modules."""

    THREADS = 2

    def __init__(self, packages):
        script = Path(packages) / "duckdb.mjs"
        shutil.copyfile(Path(__file__).with_name("duckdb.mjs"), script)  # node looks for packages beside the script
        self._process = subprocess.Popen(["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, database, statements):
        answer = self._ask(database, statements)
        return Run(answer["seconds"], answer["cpu_seconds"])

    def rows(self, database, statements):
        return self._ask(database, statements)["rows"]

    def let_go(self):
        """Closes the file of the database that was used last."""
        self.run(":memory:", ([], "SELECT 1"))

    def close(self):
        self._process.stdin.close()
        self._process.wait()

    def _ask(self, database, statements):
        untimed, timed = statements
        task = {"database": str(database), "threads": self.THREADS, "untimed": untimed, "timed": timed}
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("DuckDB's process ended")
        return json.loads(answer)


def start(packages):
    """None where node or the package is missing."""
    if not shutil.which("node") or not (Path(packages) / "node_modules/@duckdb/node-api").exists():
        return None
    return DuckDB(packages)
